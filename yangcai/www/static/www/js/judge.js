// How does a member of the committee get through many bids by the keyboard, and why is nothing lost that it noted?
// J K: from clause to clause. [ ]: from bid to bid. /: to the search in all bids. Enter: into the points of the clause,
// Esc: out of them again. What is typed is kept by the page's own form, without being sent.

const PAUSE_MS = 800;
const notes = document.querySelector("[data-notes]");
const clauses = [...document.querySelectorAll("[data-clause]")];
const typing = (target) => target.matches("input, textarea, select, [contenteditable]");

function step(by) {
  const here = clauses.findIndex((one) => one.contains(document.activeElement) || one === document.activeElement);
  const next = clauses[Math.min(clauses.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
}

// Who comes by a hit of the search stands on its clause, and who turns to another bid on the one where one stood.
if (/^#(clause|criterion)-/.test(location.hash)) document.getElementById(location.hash.slice(1))?.focus();

const stands = () => document.activeElement.closest("[data-clause]");
function turn(way) {
  const link = document.querySelector(`a[data-turn="${way}"]`);
  if (link) link.hash = stands()?.id ?? "";
  link?.click();
}
const KEYS = { j: () => step(1), k: () => step(-1), "[": () => turn("before"), "]": () => turn("after"), "/": () => document.querySelector("[data-search]")?.select() };

document.addEventListener("keydown", (event) => {
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.closest("[data-clause]")?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.matches("[data-clause]")) {
    event.preventDefault();
    event.target.querySelector(".points-value")?.select();
    return;
  }
  const does = KEYS[event.key.toLowerCase()];
  if (does) {
    event.preventDefault();
    does();
  }
});

// --- keeping ------------------------------------------------------------------------------------------------------

let waiting = 0;
let dirty = false;
const left = notes?.querySelector("[data-left]");
const kept = notes?.querySelector("[data-kept]");

function show({ left: open, at, errors, cells }) {
  left.textContent = open ? left.dataset.words.replace("#", open) : left.dataset.none;
  const wrong = Object.keys(errors).length;
  kept.textContent = wrong ? kept.dataset.wrong.replace("#", wrong) : kept.dataset.words.replace("#", at);
  for (const place of document.querySelectorAll("[data-said]")) {
    const error = errors[place.dataset.said] ?? "";
    const field = document.getElementById(`value-${place.dataset.said}`);
    place.textContent = error;
    if (error) field.setAttribute("aria-invalid", "true"); // empty it would mean false
    else field.removeAttribute("aria-invalid");
    field.classList.toggle("bad", Boolean(error));
  }
  const row = document.querySelector(".progress .own");
  Object.values(cells).forEach((word, n) => {
    const tag = row?.cells[n + 1]?.querySelector(".tag");
    if (tag && tag.textContent !== word) {
      tag.textContent = word;
      tag.classList.replace("tone-warn", "tone-info");
    }
  });
}

// One after the other: an older state of the form that arrived last would take back what was noted since.
let pending = Promise.resolve();
let underWay = 0;

function keep() {
  clearTimeout(waiting);
  underWay += 1;
  pending = pending.then(send).finally(() => (underWay -= 1));
}

async function send() {
  if (!dirty) return;
  dirty = false;
  try {
    const answer = await fetch(notes.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(notes)),
      headers: { Accept: "application/json" },
      keepalive: true,
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(String(answer.status));
    show(await answer.json());
  } catch {
    dirty = true;
    kept.textContent = kept.dataset.fault;
  }
}

if (notes) {
  notes.addEventListener("submit", async (event) => {
    clearTimeout(waiting);
    dirty = false;
    notes.action = `${notes.action.split("#")[0]}${stands() ? `#${stands().id}` : ""}`;
    if (!underWay) return;
    event.preventDefault();
    await pending;
    notes.requestSubmit(event.submitter);
  });
  document.addEventListener("input", (event) => {
    if (event.target.form !== notes) return;
    dirty = true;
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE_MS);
  });
  document.addEventListener("change", (event) => event.target.form === notes && keep());
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}

// What does the browser add to pages that work without it? Countdowns, preferences without a reload, more table rows,
// and that drafts go with their author.

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
const URGENT = 5 * MINUTE;
// Times left, in seconds, that a screen reader is told; the ticking itself stays silent.
const MILESTONES = [10 * MINUTE, 5 * MINUTE, MINUTE, 30, 10, 0];
const SENDING_MS = 15_000;

const two = (number) => String(number).padStart(2, "0");

class CountDown extends HTMLElement {
  connectedCallback() {
    // The server's clock counts: remember how far the reader's is off.
    this.offset = Date.parse(this.dataset.now) - Date.now();
    this.due = Date.parse(this.dataset.due);
    this.units = this.dataset.units.split("|");
    this.left = this.querySelector(".countdown-left");
    this.said = this.querySelector("[role=status]");
    this.before = this.seconds();
    if (this.before > 0) this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  seconds() {
    return Math.max(0, Math.floor((this.due - Date.now() - this.offset) / 1000));
  }

  tick() {
    const seconds = this.seconds();
    const text = this.parts(seconds);
    this.left.replaceChildren(...text.flatMap(([number, unit]) => [mark("b", number), mark("small", unit)]));
    this.classList.toggle("urgent", seconds > 0 && seconds < URGENT);
    const passed = MILESTONES.find((at) => seconds <= at && this.before > at);
    this.before = seconds;
    if (passed !== undefined) this.said.textContent = seconds ? text.flat().join(" ") : this.dataset.over;
    if (seconds === 0) {
      clearInterval(this.timer);
      this.classList.add("over");
      this.left.replaceChildren(mark("b", this.dataset.over));
      this.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
    }
  }

  parts(seconds) {
    const [day, hour, minute, second] = this.units;
    const hours = Math.floor((seconds % DAY) / 3600);
    const minutes = Math.floor((seconds % 3600) / MINUTE);
    if (seconds >= DAY) return [[String(Math.floor(seconds / DAY)), day], [two(hours), hour], [two(minutes), minute]];
    const short = [[two(minutes), minute], [two(seconds % MINUTE), second]];
    return hours ? [[two(hours), hour], ...short] : short;
  }
}

function mark(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

// 大字版, 深色: the link does the same with a reload.
function prefer(link) {
  const [name, value] = link.dataset.prefer.split("=");
  document.documentElement.dataset[name] = value;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  link.parentElement.querySelector(`[data-prefer^="${name}="]:not([data-prefer="${link.dataset.prefer}"])`).focus();
}

// One more row in a table that is filled in; without JavaScript there are blank rows to fill and save.
function offerRows(box) {
  const template = box.querySelector("template");
  const body = box.querySelector("tbody");
  const button = mark("button", box.dataset.rows);
  button.type = "button";
  button.className = "button small";
  button.addEventListener("click", () => {
    const number = body.rows.length;
    body.insertAdjacentHTML(
      "beforeend",
      template.innerHTML.replaceAll("__n__", String(number)).replaceAll("__row__", String(number + 1)),
    );
    body.lastElementChild.querySelector("input, select, textarea")?.focus();
  });
  box.append(button);
}

// A number for a draw, made in this browser: its SHA-256 goes into the field, the number itself to whoever made it alone.
function offerNumber(input) {
  const button = mark("button", input.dataset.number);
  const shown = mark("output", "");
  button.type = "button";
  button.className = "button small";
  button.addEventListener("click", async () => {
    const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const number = hex(crypto.getRandomValues(new Uint8Array(32)));
    input.value = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(number)));
    shown.replaceChildren(input.dataset.keep, " ", mark("code", number));
  });
  input.after(button, shown);
}

function enhance(root) {
  root.querySelectorAll("[data-number]:not([data-ready])").forEach((input) => {
    input.dataset.ready = "";
    if (globalThis.crypto?.subtle) offerNumber(input);
  });
  root.querySelectorAll("[data-rows]:not([data-ready])").forEach((box) => {
    box.dataset.ready = "";
    offerRows(box);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-prefer]");
  if (link) {
    event.preventDefault();
    prefer(link);
  }
});

// A second press while the first is under way would only be answered with the first answer again: do not send it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once")) return;
  if (form.dataset.once === "sent") event.preventDefault();
  form.dataset.once = "sent";
  setTimeout(() => (form.dataset.once = ""), SENDING_MS);
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-once]").forEach((form) => (form.dataset.once = ""));
});

// What this browser keeps of forms half filled in (keep.js) is its author's: it goes at the sign-out, and where somebody
// else is signed in. In the demo one visitor is everybody.
const DRAFTS = "yangcai:draft:";

function forgetDrafts(but) {
  try {
    Object.keys(localStorage)
      .filter((key) => key.startsWith(DRAFTS) && !(but && key.startsWith(`${DRAFTS}${but}/`)))
      .forEach((key) => localStorage.removeItem(key));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

document.addEventListener("submit", (event) => event.target.hasAttribute("data-leaves") && forgetDrafts(""));
const leaves = document.querySelector("[data-person]");
if (leaves) forgetDrafts(leaves.dataset.person);

document.addEventListener("htmx:load", (event) => enhance(event.target));
customElements.define("count-down", CountDown);
enhance(document);
document.querySelector(".error-summary")?.focus();

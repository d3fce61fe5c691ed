// What becomes of a form half filled in when its page goes? It stays in this browser until it is handed in, and is never
// sent before: what is typed into a bid is nobody else's to read. Files have to be chosen again.

const PREFIX = "yangcai:draft:";
const ENVIRONMENT = "yangcai:environment";
const fields = (form) => [...form.elements].filter((one) => one.name && !["file", "hidden", "password"].includes(one.type));
const at = () => new Date().toLocaleString("sv").slice(0, 16);

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// A row of a table that the page does not have yet is asked for by the table's own button (app.js).
function named(form, name) {
  const found = () => fields(form).filter((one) => one.name === name);
  const [table, number, column] = name.split("-");
  const box = number && form.querySelector(`[name^="${table}-"][name$="-${column}"]`)?.closest("[data-rows]");
  for (let n = 0; box && !found().length && n <= number; n++) box.querySelector(":scope > button")?.click();
  return found();
}

function fill(form, values) {
  for (const [name, value, checked] of values) {
    for (const one of named(form, name)) {
      if (!["checkbox", "radio"].includes(one.type)) one.value = value;
      else if (one.value === value) one.checked = checked;
    }
  }
}

const form = document.querySelector("form[data-keep]");
if (form) {
  const key = PREFIX + form.dataset.keep;
  const said = document.querySelector("[data-kept]");
  const kept = read(key);
  // What came back from the server with its faults is newer than what was kept.
  if (kept && !document.querySelector(".error-summary")) {
    fill(form, kept.values);
    if (said) said.textContent = said.dataset.words.replace("#", kept.at);
  }
  form.addEventListener("input", () => {
    const now = at();
    const values = fields(form).map(({ name, value, checked }) => [name, value, checked]);
    if (write(key, { at: now, values }) && said) said.textContent = said.dataset.words.replace("#", now);
  });
}

// It was handed in: what was kept of it goes.
const done = document.querySelector("[data-drop]");
if (done) localStorage.removeItem(PREFIX + done.dataset.drop);

// The task list: what this browser alone knows.
function mark(place, word, tone, title) {
  const tag = document.createElement("span");
  tag.className = `tag tone-${tone}`;
  tag.textContent = word;
  tag.title = title;
  place.replaceChildren(tag);
}

for (const place of document.querySelectorAll("[data-local]")) {
  const [kind, key] = place.dataset.local.split(":");
  const found = read(kind === "draft" ? PREFIX + key : ENVIRONMENT);
  if (found && kind === "draft") mark(place, found.at, "info", "");
  if (found && kind === "environment") {
    mark(place, `${found.word} ${found.at}`, { good: "ok", poor: "warn", bad: "bad" }[found.state], "");
  }
}

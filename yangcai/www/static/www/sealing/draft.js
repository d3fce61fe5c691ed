// What becomes of a form half filled in when its page goes? It stays in this browser until there is a receipt, and is
// never sent: before it is sealed, what is typed is nobody else's to read. Files have to be chosen again.

import { forget, read, write } from "./store.js";

const MOST = 500; // rows
const row = (key) => `draft/${key}`;
const fields = (form) => [...form.elements].filter((one) => one.name && !["file", "hidden"].includes(one.type));

// The fields of this name; a table that had more rows of such fields gets them, by its own button (js/app.js).
function named(form, name) {
  const found = () => fields(form).filter((one) => one.name === name);
  const [table, number, column] = name.split("-");
  const box = number && form.querySelector(`[name^="${table}-"][name$="-${column}"]`)?.closest("[data-rows]");
  for (let n = 0; box && !found().length && n <= number && n < MOST; n++) box.querySelector(":scope > button")?.click();
  return found();
}

// Fills in what was typed before, and from now on keeps what is typed.
export async function keep(form, key) {
  for (const [name, value, checked] of (await read("bids", row(key))) ?? []) {
    for (const one of named(form, name)) {
      if (!["checkbox", "radio"].includes(one.type)) one.value = value;
      else if (one.value === value) one.checked = checked;
    }
  }
  const typed = () => fields(form).map(({ name, value, checked }) => [name, value, checked]);
  form.addEventListener("input", () => write("bids", row(key), typed()));
}

export const drop = (key) => forget("bids", row(key));

// What did the bidder write into the form, as values that two languages write alike? Money in fen, decimals as text.
// The form is the declared input of `bid.submit`; back into it leads yangcai/tendering/sealed_offer.py.

import { jcs } from "./encoding.js";

// Yuan as they are typed to whole fen; null where nothing stands. Never through a float.
export function fen(text) {
  if (text === "") return null;
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replaceAll(",", ""));
  if (!found) throw new TypeError(`no amount: ${text}`);
  return Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

const typed = { money: fen, flag: (text) => text !== "", text: (text) => text };

// The started rows of a table: cells are named `lines-0-item`. A row in which nothing was written is no row.
function rows(data, name, columns) {
  const numbers = new Set();
  for (const key of data.keys()) {
    const found = new RegExp(`^${name}-(\\d+)-`).exec(key);
    if (found && data.get(key) !== "") numbers.add(Number(found[1]));
  }
  return [...numbers].sort((a, b) => a - b).map((n) => ({ n, cells: cells(data, columns, `${name}-${n}-`) }));
}

function cells(data, kinds, prefix = "") {
  const found = {};
  for (const [name, { kind, columns }] of Object.entries(kinds)) {
    found[name] =
      kind === "rows" ? rows(data, name, columns).map((row) => row.cells) : typed[kind](data.get(prefix + name) ?? "");
  }
  return found;
}

export const read = (form, kinds) => cells(new FormData(form), kinds);

// What is read out, and published with the salt: the header commits to it alone. The rest of the form goes along as one
// more file of the envelope. In Python: yangcai/sealing/schedule.py.
const READ_OUT = ["price", "price_in_words", "delivery"];
const REST = { name: "yangcai-offer.json", type: "application/vnd.yangcai.offer+json" };

export function split(offer) {
  const of = (keep) => Object.fromEntries(Object.entries(offer).filter(([name]) => READ_OUT.includes(name) === keep));
  const [price, rest] = [of(true), of(false)];
  if (!Object.keys(price).length) return { price: offer, rest: [] };
  return { price, rest: [new File([jcs(rest)], REST.name, { type: REST.type })] };
}

// A started row has to be finished: the browser itself then says which cell is missing.
export function demand(form, kinds) {
  const data = new FormData(form);
  for (const [name, { kind, columns }] of Object.entries(kinds)) {
    if (kind !== "rows") continue;
    const started = new Set(rows(data, name, columns).map((row) => String(row.n)));
    for (const input of form.querySelectorAll(`[name^="${name}-"]`)) {
      const [number, column] = input.name.slice(name.length + 1).split("-");
      if (columns[column]) input.required = columns[column].required && started.has(number);
    }
  }
}

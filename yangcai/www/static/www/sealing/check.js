// What does the page say of what was typed, before it is sealed, and of what came out of it? Nobody else sees either.

const made = (tag, textContent = "", more = {}) => Object.assign(document.createElement(tag), { textContent, ...more });

export function size(bytes) {
  for (const [unit, of] of [["GB", 2 ** 30], ["MB", 2 ** 20], ["KB", 2 ** 10]]) {
    if (bytes >= of) return `${(bytes / of).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

const yuan = (fen) => `${Math.trunc(fen / 100).toLocaleString("en")}.${String(fen % 100).padStart(2, "0")}`; // of fen
const row = (...inside) => inside.reduce((one, part) => (one.append(part), one), made("li"));
export const rows = (files) => [...files].map((file) => row(made("span", file.name), made("small", size(file.size))));

// Of these fields those that are missing or wrong: marked, and each a link under the name that stands beside it.
export function wrong(fields) {
  const isShort = (one) => one.value?.normalize("NFKC").trim().length < one.minLength; // browsers mind typing alone
  fields.forEach((one) => one.setCustomValidity(isShort(one) ? "short" : ""));
  const found = fields.filter((one) => (one.ariaInvalid = one.validity.valid ? null : "true"));
  return found.map((one) => row(made("a", one.labels[0]?.textContent.trim() ?? one.name, { href: `#${one.id}` })));
}

// Texts, or rows of them, where the page has places for them: what an envelope holds, what a receipt says in Beijing.
export function say(page, told) {
  for (const [name, what] of Object.entries(told)) {
    page.querySelector(`[data-shown=${name}]`).replaceChildren(...[what].flat());
  }
}

export const inside = ({ price: { price, price_in_words: words = "" }, files }) =>
  ({ price: price >= 0 ? yuan(price) : "—", words, inside: rows(files) });

export function said(receipt) {
  const [, seq = "—", at] = /^submission \S+ seq (\d+)\nreceived (\S+)$/m.exec(receipt) ?? [];
  return { receipt, seq, received: at ? new Date(at).toLocaleString("sv", { timeZone: "Asia/Shanghai" }) : "—" };
}

// What may be handed in and would cost the bid, in fen; what a form does not ask for is no number, and raises none.
export function doubts({ price, lines = [] }, limit) {
  const sum = lines.reduce((all, line) => all + line.amount, 0);
  const isOff = ({ quantity, unit_price, amount }) => Math.abs(quantity * unit_price - amount) >= 1;
  const differs = lines.length > 0 && Math.abs(price - sum) > 0;
  return { limit: price > limit, sum: differs && yuan(sum), line: lines.findIndex(isOff) + 1 };
}

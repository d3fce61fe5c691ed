// Was everybody drawn as the published record says? Recomputed here, in the reader's browser, by VRD/1: this page and the
// file are all that comes from the platform. The same check offline: `yangcai draw verify FILE`.

const PARTIES = ["buyer", "agent", "supervisor", "platform", "public"];
const OUTCOMES = new Set(["seated", "refused", "replaced", "passed"]);
const PARTS = ["case", "commit", "lines", "leaf", "numbers", "head", "seed", "order", "calls", "opened", "is_final"];
const utf8 = new TextEncoder();

// JSON with sorted keys and no spaces (RFC 8785 for what a record contains).
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const pairs = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(",")}}`;
}

function bytesOf(hex) {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new TypeError("no hexadecimal text");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const joined = async (...parts) => new Uint8Array(await new Blob(parts).arrayBuffer());

const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", await joined(...parts)));

// SHA-256(label ‖ 0x00 ‖ for each part: its length as u32 ‖ part)
function h2(label, ...parts) {
  const framed = parts.flatMap((part) => {
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, part.length);
    return [length.buffer, part];
  });
  return sha256(utf8.encode(`${label}\0`), ...framed);
}

// Fisher-Yates from the last place to the first; each place is a 64-bit word of the stream, rejected where a remainder
// would make somebody likelier.
async function shuffled(lines, seed) {
  const order = [...lines].sort();
  let block = [];
  let counter = 0n;
  const below = async (bound) => {
    const limit = 2n ** 64n - (2n ** 64n % bound);
    for (;;) {
      if (!block.length) {
        const at = new DataView(new ArrayBuffer(8));
        at.setBigUint64(0, counter++);
        const view = new DataView((await h2("vrd/1 stream", seed, new Uint8Array(at.buffer))).buffer);
        block = [0, 8, 16, 24].map((offset) => view.getBigUint64(offset));
      }
      const word = block.shift();
      if (word < limit) return Number(word % bound);
    }
  };
  for (let last = order.length - 1; last > 0; last--) {
    const other = await below(BigInt(last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

// The codes of all differences; none when all comes out.
export async function faults(record) {
  for (const part of PARTS) if (record[part] === undefined) throw new TypeError(`no ${part}`);
  const { commit, lines, calls } = record;
  const found = new Set();
  const hold = (code, holds) => holds || found.add(code);
  if (record.v !== "vrd/1" || commit.v !== "vrd/1 draw-commit") return ["version"];
  hold("case", record.case.number === commit.case);
  const sorted = [...new Set(lines)].sort();
  const pool = hexOf(await h2("vrd/1 pool", ...sorted.map(bytesOf)));
  hold("pool", canonical(sorted) === canonical(lines) && lines.length === commit.count && pool === commit.pool);
  const leaf = hexOf(await sha256(new Uint8Array([0]), utf8.encode(`sbp1c ${canonical(commit)}\n`)));
  hold("leaf", leaf === record.leaf);
  const promised = Object.keys(commit.promises).sort();
  const parties = PARTIES.filter((party) => promised.includes(party));
  hold("parties", parties.length === promised.length && parties.length > 0);
  hold("parties", canonical(Object.keys(record.numbers).sort()) === canonical(promised));
  if (found.has("parties")) return [...found];
  for (const party of parties) {
    const digest = hexOf(await sha256(utf8.encode(record.numbers[party])));
    hold("promise", digest === commit.promises[party]);
  }
  const numbers = parties.map((party) => utf8.encode(record.numbers[party]));
  const seed = await h2("sbp/1 draw", bytesOf(record.leaf), ...numbers, bytesOf(record.head.hash));
  hold("seed", hexOf(seed) === record.seed);
  const order = await shuffled(lines, seed);
  hold("order", canonical(order) === canonical(record.order));
  const opened = new Map(record.opened.map((one) => [one.line, one]));
  if (calls.length > order.length) throw new RangeError("more calls than lines");
  calls.forEach((call, n) => {
    hold("call", call.position === n + 1 && call.line === order[n]);
    hold("outcome", OUTCOMES.has(call.outcome));
    hold("reason", call.outcome === "seated" || !OUTCOMES.has(call.outcome) || call.reason);
    hold("unopened", call.outcome !== "seated" || opened.has(call.line));
  });
  hold("places", !record.is_final || calls.filter((call) => call.outcome === "seated").length >= commit.places);
  for (const [line, one] of opened) {
    const digest = hexOf(await h2("vrd/1 line", bytesOf(one.salt), utf8.encode(canonical(one.facts))));
    hold("opening", order.includes(line) && digest === line);
  }
  return [...found];
}

// <draw-check data-url>: what stands in it says how to check without a script, until the check has run.
class DrawCheck extends HTMLElement {
  async connectedCallback() {
    // Outside a secure context there is no SHA-256, and without an answer nothing to check: it stays unchecked.
    if (!globalThis.crypto?.subtle) return;
    const answer = await fetch(this.dataset.url);
    if (!answer.ok) return;
    let codes;
    try {
      const { draws } = await answer.json();
      codes = (await Promise.all(draws.map(faults))).flat();
    } catch {
      codes = ["unreadable"];
    }
    for (const item of this.querySelectorAll("[data-code]")) item.hidden = !codes.includes(item.dataset.code);
    this.querySelector("[data-state=unchecked]").hidden = true;
    this.querySelector(`[data-state=${codes.length ? "bad" : "ok"}]`).hidden = false;
  }
}

if (globalThis.customElements) customElements.define("draw-check", DrawCheck);

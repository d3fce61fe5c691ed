// Were the bids closed where everybody can see it, at their time? Asked before a share leaves this device (SBP/1 §2.8).
// The proof is a C2SP tlog-proof of the closing line; whose signatures it must bear stands in the opening policy, which
// the bidder sealed under. The same in Python: yangcai/kernel/verifying/close.py.

import { concat, digest, equal, parseJcs, u8, unbase64, utf8 } from "./encoding.js";

const COSIGNATURE = 4; // the other kind of key, 1, signs the text as it is
const CLOCKS = 60_000; // milliseconds that a witness may be behind
const CLEAR = "sbp1c ";
const text = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

export class Unproven extends Error {}

function demand(holds, what) {
  if (!holds) throw new Unproven(what);
}

// name+id+base64(kind ‖ key), as C2SP signed-note writes a public key.
function keyOf(vkey) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey ?? "");
  demand(found, "no key in the trust policy");
  const bytes = unbase64(found[3]);
  return { name: found[1], kind: bytes[0], raw: bytes.slice(1) };
}

// Logs, witnesses, groups and the quorum of a C2SP tlog-policy.
export function trusted(policy) {
  const found = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined };
  for (const line of policy.split("\n")) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (!word || word.startsWith("#")) continue;
    else if (word === "log") found.logs.push(keyOf(rest[0]));
    else if (word === "witness") found.witnesses.set(rest[0], keyOf(rest[1]));
    else if (word === "group") found.groups.set(rest[0], { needed: rest[1], members: rest.slice(2) });
    else if (word === "quorum") found.quorum = rest[0];
    else demand(false, `not understood: ${line}`);
  }
  demand(found.logs.length && found.quorum, "a trust policy without a log or a quorum");
  const keys = [...found.witnesses.values()].map(({ raw }) => String(raw));
  const members = [...found.groups.values()].flatMap((group) => group.members);
  const twice = (all) => new Set(all).size < all.length; // under two names, or in two groups, a witness is one
  demand(!twice(keys) && !twice(members), "a witness that counts twice");
  return found;
}

// Whether these witnesses are the quorum, or enough of it.
function met({ witnesses, groups }, name, seen) {
  if (name === "none" || (witnesses.has(name) && seen.has(name))) return true;
  const group = groups.get(name);
  if (!group) return false;
  const needed = { any: 1, all: group.members.length }[group.needed] ?? Number(group.needed);
  return needed > 0 && group.members.filter((member) => met({ witnesses, groups }, member, seen)).length >= needed;
}

// The lines of this key under a note: each verified, or the note is refused. Returns the times that they state.
async function signaturesOf({ name, kind, raw }, note) {
  const id = (await digest(concat(utf8(`${name}\n`), u8(kind), raw))).slice(0, 4);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const times = [];
  for (const { of, bytes } of note.signatures) {
    if (of !== name || !equal(bytes.slice(0, 4), id)) continue;
    const stamped = kind === COSIGNATURE ? 8 : 0;
    const at = stamped ? Number(new DataView(bytes.buffer, bytes.byteOffset + 4, 8).getBigUint64(0)) : 0;
    const said = stamped ? `cosignature/v1\ntime ${at}\n${note.text}` : note.text;
    const good = await crypto.subtle.verify("Ed25519", key, bytes.slice(4 + stamped), utf8(said));
    demand(good, `the signature of ${name} is wrong`);
    times.push(at * 1000);
  }
  return times;
}

function noteOf(content) {
  const gap = content.lastIndexOf("\n\n");
  demand(gap >= 0 && content.endsWith("\n"), "no signed note");
  const signatures = content.slice(gap + 2, -1).split("\n").map((line) => {
    const found = /^\u2014 ([^+\s]+) (\S+)$/.exec(line);
    demand(found, "no signature line");
    return { of: found[1], bytes: unbase64(found[2]) };
  });
  return { text: content.slice(0, gap + 1), signatures };
}

// The root of the tree to which this path leads (RFC 9162 §2.1.3.2); in halves, as sizes pass 32 bits.
async function rootOf(leaf, index, size, path) {
  let [at, last, node] = [index, size - 1, leaf];
  for (const step of path) {
    demand(last > 0, "the path is too long");
    if (at % 2 || at === last) {
      node = await digest(concat(u8(1), step, node));
      while (at && at % 2 === 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else {
      node = await digest(concat(u8(1), node, step));
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  demand(last === 0, "the path is too short");
  return node;
}

// The proof as it is written: the line, its place, the path, the signed checkpoint.
function proofOf(content) {
  const gap = content.indexOf("\n\n");
  const [head, extra, index, ...path] = content.slice(0, Math.max(gap, 0)).split("\n");
  demand(head === "c2sp.org/tlog-proof@v1" && extra?.startsWith("extra "), "no proof of a line in clear");
  demand(/^index (0|[1-9][0-9]{0,15})$/.test(index ?? ""), "a proof without an index");
  const note = noteOf(content.slice(gap + 2));
  const [origin, size, root] = note.text.split("\n");
  demand(/^[1-9][0-9]{0,15}$/.test(size ?? ""), "a checkpoint without a size");
  const line = unbase64(extra.slice("extra ".length));
  const [place, count] = [Number(index.slice("index ".length)), Number(size)];
  return { line, place, count, path: path.map(unbase64), note, origin, root: unbase64(root) };
}

// {close_leaf, close_set}, or Unproven. `of`: tender, lot, cover and round as the envelope has them, deadline and
// open_at as the policy in force has them.
export async function closed(content, { trust, open_at, ...of }) {
  const policy = trusted(trust);
  const { line, place, count, path, note, origin, root } = proofOf(content);
  const logs = policy.logs.filter(({ name }) => name === origin);
  const signed = await Promise.all(logs.map((log) => signaturesOf(log, note)));
  demand(signed.some((times) => times.length), `${origin} did not sign this checkpoint`);
  const seen = new Set();
  for (const [name, witness] of policy.witnesses) {
    if (policy.logs.some(({ raw }) => equal(raw, witness.raw))) continue; // a log is no witness of itself
    const times = await signaturesOf(witness, note);
    if (times.some((at) => at + CLOCKS >= Date.parse(open_at))) seen.add(name);
  }
  demand(met(policy, policy.quorum, seen), "too few witnesses saw the close, or before the opening time");
  demand(place < count, "the line lies outside the tree");
  demand(equal(await rootOf(await digest(concat(u8(0), line)), place, count, path), root), "not in the log");
  const written = text(line);
  demand(written.startsWith(CLEAR) && written.endsWith("\n"), "no line in clear");
  const body = parseJcs(utf8(written.slice(CLEAR.length, -1)));
  const differs = Object.entries({ t: "close", ...of }).find(([name, value]) => body[name] !== value);
  demand(!differs, `the close of something else: ${differs?.[0]}`);
  return { close_leaf: place, close_set: body.close_set };
}

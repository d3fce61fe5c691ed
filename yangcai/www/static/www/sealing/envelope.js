// What is in a sealed bid, in which order, and does it come out again as it was put in?
// Manifest, core, header and the envelope file .sbe (SBP/1 §2.4 steps 1 to 9). In Python: yangcai/sealing/envelope.py.

import { base64, concat, digest, digestByParts, equal, h2, hex, jcs, PART, parseJcs, readU32 } from "./encoding.js";
import { u32, u8, unbase64, unhex, utf8 } from "./encoding.js";
import * as hpke from "./hpke.js";
import { contextOf, decrypt, encrypt, reader, sealedSize } from "./payload.js";
import { policyDigest, unsafe } from "./policy.js";
import { commitments, deal, pointsOf } from "./shares.js";

const SUITE = "I1";
const MAGIC = utf8("SBE1");
const HEADER_LIMIT = 16 * 1024;
const MOST_FILES = 200;
const MOST_BYTES = 2 ** 31;

// Names that some system cannot write, or that deceive the eye.
const BAD_NAME = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]|^ |[. ]$|^$/u;

function checkNames(files) {
  const folded = files.map((file) => file.name.normalize("NFC").toLowerCase());
  const twice = folded.find((name, n) => folded.indexOf(name) < n);
  const bad = files.find((file) => BAD_NAME.test(file.name) || utf8(file.name).length > 255);
  if (files.length > MOST_FILES || twice || bad) throw Object.assign(new Error(twice ?? bad?.name), { code: "names" });
}

// The one source of chance. A known answer puts fixed bytes in its place, in the same order.
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

// Padmé: the next length that tells only the magnitude (§2.4 step 4).
export function padded(length) {
  const exponent = 31 - Math.clz32(length);
  const unit = 2 ** Math.max(0, exponent - (32 - Math.clz32(exponent)));
  return Math.ceil(length / unit) * unit;
}

export const priceCommit = (salt, price) => h2("sbp/1 price", salt, jcs(price));

// What a trustee's share is bound to: this core, and this trustee (§2.4 step 6).
export const shareInfo = (hash, x) => concat(utf8("sbp/1 share\0"), hash, u8(x));

// A sealed bid before its bytes are made: the header, how long the envelope will be, the shares, and the stream.
export async function seal({ policy, round, supplier, recovery, price, files, chance = random, tell = () => {} }) {
  const faults = unsafe(policy);
  if (faults.length) throw new Error(`unsafe policy: ${faults.join("; ")}`);
  checkNames(files);
  const [dek, seed] = [chance(32), chance(32)];
  const [priceSalt, nonce, salt] = [chance(32), chance(16), chance(24)];
  const shares = await deal(dek, { seed, theta: policy.theta, points: pointsOf(policy) });
  const listed = [];
  let before = 0;
  for (const file of files) {
    const sha256 = hex(await digestByParts(file, (done) => tell(before + done)));
    before += file.size;
    const name = file.name.normalize("NFC");
    listed.push({ name, size: file.size, sha256, type: file.type || "application/octet-stream" });
  }
  const secrets = { deal_seed: hex(seed), price_salt: hex(priceSalt) };
  const manifest = jcs({ v: "sbp/1 manifest", ...secrets, price, files: listed });
  const inside = new Blob([u32(manifest.length), manifest, ...files]);
  const length = padded(inside.size);
  if (8 + HEADER_LIMIT + sealedSize(length) > MOST_BYTES) throw new RangeError("too many bytes");
  const { tender, rev, lot, cover } = policy;
  const of = { v: "sbp/1", suite: SUITE, tender, rev, lot, cover, round, supplier, recovery };
  const policy_sha256 = await policyDigest(policy);
  const share_commit = await commitments(tender, shares);
  const price_commit = hex(await priceCommit(priceSalt, price));
  const core = { ...of, policy_sha256, nonce: hex(nonce), padded_len: length, share_commit, price_commit };
  const hash = await digest(jcs(core));
  const wraps = [];
  for (const { x, hpke: key } of policy.trustees) {
    const ephemeral = chance(32);
    const ct = await hpke.seal({ to: unbase64(key), info: shareInfo(hash, x), plain: shares.get(x), ephemeral });
    wraps.push({ x, ct: base64(ct) });
  }
  const header = jcs({ core, wraps });
  if (header.length > HEADER_LIMIT) throw new RangeError("the header is too long");
  async function* stream() {
    yield concat(MAGIC, u32(header.length), header);
    const plain = new Blob([inside, new Uint8Array(length - inside.size)]);
    yield* encrypt(plain, { dek, salt, context: contextOf(hash) });
  }
  return { core, header, shares, stream, size: MAGIC.length + 4 + header.length + sealedSize(length) };
}

// The parts of an envelope of 8 MiB, as they are uploaded, each with its digest; a part holds until the next is taken.
export async function* parts({ stream, size }) {
  const take = reader(stream());
  const room = new Uint8Array(Math.min(PART, size));
  for (let at = 0; at < size; at += PART) {
    const part = await take(Math.min(PART, size - at), room);
    yield { number: at / PART, part, digest: await digest(part) };
  }
}

// The header of an envelope file, and where its payload begins.
export async function opened(envelope) {
  const front = new Uint8Array(await envelope.slice(0, 8).arrayBuffer());
  if (front.length < 8 || !equal(front.slice(0, 4), MAGIC)) throw new Error("no sealed bid");
  const length = readU32(front.slice(4));
  if (length > HEADER_LIMIT) throw new Error("the header is too long");
  const header = new Uint8Array(await envelope.slice(8, 8 + length).arrayBuffer());
  const { core, wraps } = parseJcs(header);
  return { core, wraps, header, payload: envelope.slice(8 + length) };
}

// Everything that an opening checks (§2.8, combine): the key fits, every file is whole, the padding is zero, the price
// is the one committed to, and the dealing comes out again. Answers the manifest; throws with the first fault.
export async function check(envelope, { dek, policy, keep = () => {} }) {
  const { core, payload } = await opened(envelope);
  if (core.policy_sha256 !== await policyDigest(policy)) throw new Error("sealed under another policy");
  const context = contextOf(await digest(jcs(core)));
  if (payload.size !== sealedSize(core.padded_len)) throw new Error("the envelope has another length");
  const take = reader(decrypt(payload, { dek, context }));
  const length = readU32(await take(4));
  if (length > core.padded_len - 4) throw new Error("the manifest is longer than the payload");
  const manifest = parseJcs(await take(length));
  let left = core.padded_len - 4 - length;
  const room = new Uint8Array(Math.min(PART, left));
  for (const file of manifest.files) {
    const digests = [];
    for (let missing = file.size; missing > 0; ) {
      const piece = await take(Math.min(PART, missing), room);
      digests.push(await digest(piece));
      await keep(file, piece);
      missing -= piece.length;
    }
    if (hex(await digest(concat(...digests))) !== file.sha256) throw new Error(`damaged: ${file.name}`);
    left -= file.size;
  }
  for (; left > 0; left -= Math.min(PART, left)) {
    if ((await take(Math.min(PART, left), room)).some((byte) => byte)) throw new Error("padding that is not zero");
  }
  const price = hex(await priceCommit(unhex(manifest.price_salt), manifest.price));
  if (price !== core.price_commit) throw new Error("another price than the one committed to");
  const again = await deal(dek, { seed: unhex(manifest.deal_seed), theta: policy.theta, points: pointsOf(policy) });
  const committed = await commitments(core.tender, again);
  if (!equal(jcs(committed), jcs(core.share_commit))) throw new Error("shares that were not dealt from this key");
  return manifest;
}

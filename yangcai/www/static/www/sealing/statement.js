// How does a supplier say, provably, "this envelope is our bid"? A statement, signed with a key of this device alone.
// SBP/1 §2.4 step 11, §2.8. In Python: yangcai/sealing/statement.py.

import { base64, concat, digest, hex, jcs, utf8 } from "./encoding.js";
import { read, write } from "./store.js";

export const CLIENT = { name: "yangcai-web", ver: "1" };

// The key of this post on this device: made when first asked for; no script can read its private half.
export async function signingKey(post) {
  let pair = await read("keys", post);
  if (!pair) {
    pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    await write("keys", post, pair);
  }
  return pair;
}

export const publicKey = async (pair) => base64(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));

// `kind` is statement, release, withdraw or reconfirm: a signature for one is none for another.
export async function sign(kind, value, pair) {
  const signed = concat(utf8(`sbp/1 ${kind}\n`), jcs(value));
  return base64(new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, signed)));
}

// Whether a receipt (§2.6) is for what was signed; whether the platform signed it, the page for files tells.
export function isReceiptOf(note, { tender, rev, lot, cover, round, supplier, header_sha256, env_digest, env_len }) {
  const lines = note.split("\n\n")[0].split("\n");
  const said = [
    "sbp-receipt/v1",
    `tender ${tender} rev ${rev} lot ${lot} cover ${cover} round ${round}`,
    `supplier ${supplier}`,
    `header sha256:${header_sha256}`,
    `envelope sha256:${env_digest} ${env_len}`,
  ];
  return said.every((line) => lines.includes(line));
}

export async function submission({ core, header, env_digest, env_len, idem, bundle_sha256 }) {
  const { tender, rev, lot, cover, round, supplier } = core;
  const header_sha256 = hex(await digest(header));
  const client = { ...CLIENT, bundle_sha256 };
  return { t: "submit", tender, rev, lot, cover, round, supplier, header_sha256, env_digest, env_len, idem, client };
}

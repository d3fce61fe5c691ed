// How are 500 MB enciphered in constant memory, so that no piece can be altered, moved, cut off or swapped?
// Cobblestone-256, C2SP chunked-encryption (SBP/1 §2.4 step 8). In Python: yangcai/sealing/chunked.py.

import { concat, equal, expand, free, utf8 } from "./encoding.js";

const CHUNK = 16 * 1024;
const TAG = 16;
const BATCH = 64; // chunks under way at once: 1 MiB in memory
const SALT = 24;
const HEAD = SALT + 32;

export const sealedSize = (plain) => HEAD + plain + TAG * (Math.floor(plain / CHUNK) + 1);

// What binds a payload to its header: `hash` is that of the core.
export const contextOf = (hash) => concat(utf8("sbp/1 payload\0"), hash);

// key ‖ base_nonce ‖ commitment: who finds the commitment as it should be holds the one key that was used.
async function schedule(dek, salt, context) {
  const info = concat(utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"), salt, context);
  const out = await expand("SHA-512", dek, info, 32 + 12 + 32);
  const key = await crypto.subtle.importKey("raw", out.slice(0, 32), "AES-GCM", false, ["encrypt", "decrypt"]);
  return { key, nonce: out.slice(32, 44), commitment: out.slice(44) };
}

// The base nonce with the chunk's number, big-endian, XORed into its end.
function nonceOf(base, number) {
  const iv = base.slice();
  const end = new DataView(iv.buffer, 4);
  end.setBigUint64(0, end.getBigUint64(0) ^ BigInt(number));
  return iv;
}

// Each chunk of `size` bytes through one cipher call; the last one is always shorter, and is there even when empty.
async function* chunks(blob, size, count, work) {
  for (let first = 0; first < count; first += BATCH) {
    const last = Math.min(first + BATCH, count);
    const bytes = new Uint8Array(await blob.slice(first * size, last * size).arrayBuffer());
    const under = [];
    for (let n = first; n < last; n++) under.push(work(n, bytes.subarray((n - first) * size, (n - first + 1) * size)));
    const done = await Promise.all(under);
    free(bytes.buffer);
    for (const chunk of done) yield new Uint8Array(chunk);
  }
}

export async function* encrypt(plain, { dek, salt, context }) {
  const { key, nonce, commitment } = await schedule(dek, salt, context);
  yield concat(salt, commitment);
  const count = Math.floor(plain.size / CHUNK) + 1;
  yield* chunks(plain, CHUNK, count, (n, chunk) =>
    crypto.subtle.encrypt({ name: "AES-GCM", iv: nonceOf(nonce, n) }, key, chunk),
  );
}

// Throws where the key is another, or where anything was altered.
export async function* decrypt(sealed, { dek, context }) {
  const head = new Uint8Array(await sealed.slice(0, HEAD).arrayBuffer());
  const { key, nonce, commitment } = await schedule(dek, head.slice(0, SALT), context);
  if (head.length !== HEAD || !equal(commitment, head.slice(SALT))) throw new Error("another key, or another payload");
  const body = sealed.slice(HEAD);
  const count = Math.floor(body.size / (CHUNK + TAG)) + 1;
  if (body.size - (count - 1) * (CHUNK + TAG) < TAG) throw new Error("the payload is cut off");
  yield* chunks(body, CHUNK + TAG, count, (n, chunk) =>
    crypto.subtle.decrypt({ name: "AES-GCM", iv: nonceOf(nonce, n) }, key, chunk),
  );
}

// Bytes by the piece in which they are wanted, from a stream that yields them as it likes and leaves them to us. Into
// `room`, where the caller is done with one piece before it takes the next.
export function reader(stream) {
  const source = stream[Symbol.asyncIterator]();
  let rest = new Uint8Array(0);
  return async (size, room = new Uint8Array(size)) => {
    for (let at = 0; ; ) {
      const piece = rest.subarray(0, size - at);
      room.set(piece, at);
      rest = rest.subarray(piece.length);
      at += piece.length;
      if (at === size) return room.subarray(0, size);
      free(rest.buffer);
      const { value, done } = await source.next();
      if (done) throw new Error("the stream is too short");
      rest = value;
    }
  };
}

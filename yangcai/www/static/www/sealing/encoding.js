// How is a value written down so that this browser and the platform's Python get the same bytes, and the same digest?
// SBP/1 §2.2. The same in Python: yangcai/kernel/encoding.py.

const text = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const DEPTH = 8;
export const PART = 8 * 1024 * 1024; // an upload part, and the piece by which a file is digested (Amendment 1)

export const utf8 = (string) => text.encode(string);

export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

// What is thrown away stays in memory until the browser happens to look for it; so what is large is given back at once.
export const free = (buffer) => buffer.transfer?.(0);

export const u8 = (number) => Uint8Array.of(number);

export const u32 = (number) => Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number);

export const readU32 = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(string) {
  if (!/^(?:[0-9a-f]{2})*$/.test(string)) throw new TypeError("not lower-case hexadecimal text");
  return Uint8Array.from(string.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

// Canonical only: padded, no blanks, unused bits zero.
export function unbase64(string) {
  const bytes = Uint8Array.from(atob(string), (letter) => letter.charCodeAt(0));
  if (base64(bytes) !== string) throw new TypeError("base64 that is not canonical");
  return bytes;
}

export const equal = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

// RFC 8785 (JCS), held to what every language writes alike: ASCII keys, whole text, integers below 2^53, no floats.
export const jcs = (value) => utf8(canonical(value, DEPTH));

function canonical(value, depth) {
  if (depth < 0) throw new TypeError("nested too deeply");
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new TypeError("half of a surrogate pair");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new TypeError("a number that is no integer below 2^53");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((entry) => canonical(entry, depth - 1)).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`${typeof value} has no place here`);
  const keys = Object.keys(value).sort();
  if (keys.some((key) => /[^\x00-\x7f]/.test(key))) throw new TypeError("a key that is no ASCII text");
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key], depth - 1)}`).join(",")}}`;
}

// The value of canonical bytes; anything that `jcs` would write otherwise (floats, double keys, blanks) is refused.
export function parseJcs(bytes) {
  const value = JSON.parse(strict.decode(bytes));
  if (!equal(jcs(value), bytes)) throw new TypeError("not in canonical form");
  return value;
}

// H(x)
export const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

// H2(label, parts): no part can run into the next.
export const h2 = (label, ...parts) =>
  digest(concat(utf8(`${label}\0`), ...parts.flatMap((part) => [u32(part.length), part])));

// HMAC is all of HKDF that WebCrypto does not take apart (RFC 5869 §2.2, §2.3).
export async function hmac(hash, key, message) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
}

// HKDF-Expand: WebCrypto's own HKDF always extracts first.
export async function expand(hash, key, info, length) {
  let [block, out] = [new Uint8Array(0), new Uint8Array(0)];
  for (let count = 1; out.length < length; count++) {
    block = await hmac(hash, key, concat(block, info, u8(count)));
    out = concat(out, block);
  }
  return out.slice(0, length);
}

// Extract and expand, SHA-256, no salt.
export async function hkdf(key, info, length) {
  const imported = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(how, imported, length * 8));
}

// The digest of a file or an envelope by parts (Amendment 1): SHA-256 of the SHA-256 of each 8 MiB in order.
export async function digestByParts(blob, tell = () => {}) {
  const digests = [];
  for (let at = 0; at < blob.size; at += PART) {
    const part = await blob.slice(at, at + PART).arrayBuffer();
    digests.push(await digest(part));
    free(part);
    tell(Math.min(at + PART, blob.size));
  }
  return digest(concat(...digests));
}

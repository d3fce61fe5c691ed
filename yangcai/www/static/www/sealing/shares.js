// How is a key cut into shares of which any θ give it back and fewer tell nothing?
// Shamir over GF(2^8) with the polynomial 0x11b, byte by byte (SBP/1 §2.4 steps 2 and 3).
// In Python: yangcai/sealing/shares.py.

import { h2, hex, hkdf, u8, utf8 } from "./encoding.js";

export const SUPPLIER = 201; // x of the supplier's first share; trustees have 1..n

// Products by tables of logarithms to the generator 3.
const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value ^= (value << 1) ^ (value & 0x80 ? 0x11b : 0);
}

const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);
const over = (a, b) => (a ? EXP[LOG[a] + 255 - LOG[b]] : 0);

// Every x of a policy: its trustees', then the supplier's.
export const pointsOf = ({ trustees, ws }) =>
  trustees.map(({ x }) => x).concat(Array.from({ length: ws }, (_, n) => SUPPLIER + n));

// The shares of `secret` at each x: a map from x to bytes. The seed lets the opening deal again and compare (§2.8).
export async function deal(secret, { seed, theta, points }) {
  const size = secret.length;
  const drawn = await hkdf(seed, utf8("sbp/1 shamir"), size * (theta - 1));
  const shares = new Map();
  for (const x of points) {
    // Horner, from the highest coefficient down to the secret; coefficient d of byte j is drawn[(d-1)·size + j].
    const share = secret.map((byte, j) => {
      let value = 0;
      for (let d = theta - 1; d >= 1; d--) value = times(value ^ drawn[(d - 1) * size + j], x);
      return value ^ byte;
    });
    shares.set(x, share);
  }
  return shares;
}

// The secret of θ shares, by Lagrange at 0. Wrong shares give a wrong secret: check them by their commitments first.
export function combine(shares) {
  const points = [...shares.keys()];
  const secret = new Uint8Array(shares.get(points[0]).length);
  for (const x of points) {
    const weight = points.filter((other) => other !== x).reduce((w, other) => times(w, over(other, other ^ x)), 1);
    shares.get(x).forEach((byte, j) => (secret[j] ^= times(byte, weight)));
  }
  return secret;
}

// What the header says of a share before anybody sees it.
export const commitment = (tender, x, share) => h2("sbp/1 share commit", utf8(tender), u8(x), share);

export async function commitments(tender, shares) {
  const all = [...shares].map(async ([x, share]) => [String(x), hex(await commitment(tender, x, share))]);
  return Object.fromEntries(await Promise.all(all));
}

// The x of all shares that are not what the header committed to.
export async function strangers(core, shares) {
  const found = await commitments(core.tender, shares);
  return Object.keys(found).filter((x) => found[x] !== core.share_commit[x]);
}

// How does a trustee keep its private keys so that neither the platform nor a thief of the file can use them?
// In a file under a passphrase, the public keys beside it; the command line takes the same file.
// In Python: yangcai/sealing/key_file.py.

import { base64, equal, jcs, parseJcs, unbase64 } from "./encoding.js";
import { ED25519, keyPair } from "./hpke.js";
import { byPassphrase, cipher, ROUNDS } from "./opening_file.js";

// SM2, of suite G1, is in no browser: those keys are made and used by the command line.
const KIND = { v: "sbp/1 key", holder: "trustee", suite: "I1" };

// The public keys of these private ones, raw.
async function shownOf({ sig, wrap }) {
  return { sig: (await keyPair(sig, ED25519)).shown, wrap: (await keyPair(wrap)).shown };
}

const texts = ({ sig, wrap }) => ({ sig: base64(sig), wrap: base64(wrap) });

// New keys: the file, and the public ones as they are registered.
export async function created({ passphrase, chance }) {
  const keys = { sig: chance(32), wrap: chance(32) };
  const shown = texts(await shownOf(keys));
  const about = { ...KIND, public: shown };
  const [nonce, salt] = [chance(12), chance(16)];
  const how = { kind: "passphrase", kdf: "PBKDF2-HMAC-SHA256", iterations: ROUNDS };
  const terms = { ...how, salt: base64(salt), nonce: base64(nonce) };
  const key = await byPassphrase(passphrase, salt, ROUNDS);
  const ct = await cipher("encrypt", key, { about, terms, bytes: jcs(texts(keys)) });
  return { file: jcs({ ...about, lock: { ...terms, ct: base64(ct) } }), shown };
}

// The key for signatures, the bytes of the one for shares, and both public ones. Throws where the passphrase is
// another, where anything was altered, or where the public keys are not those of the private ones.
export async function opened(file, passphrase) {
  const { lock, ...about } = parseJcs(file);
  const { public: shown, ...kind } = about;
  if (!equal(jcs(kind), jcs(KIND))) throw new Error(`no key file of a trustee in suite ${KIND.suite}`);
  const { ct, ...terms } = lock;
  const key = await byPassphrase(passphrase, unbase64(terms.salt), terms.iterations);
  const inside = parseJcs(await cipher("decrypt", key, { about, terms, bytes: unbase64(ct) }));
  const keys = { sig: unbase64(inside.sig), wrap: unbase64(inside.wrap) };
  if (!equal(jcs(texts(await shownOf(keys))), jcs(shown))) throw new Error("public keys of other private ones");
  const { secret } = await keyPair(keys.sig, ED25519);
  return { shown, wrap: keys.wrap, pair: { privateKey: secret } };
}

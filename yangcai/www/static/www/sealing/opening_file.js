// How does a supplier keep its own shares so that neither the platform nor a thief of the file can read them?
// The opening file .sbo, locked by a passphrase, by a passkey, or by both (SBP/1 §2.4 step 10).
// In Python: yangcai/sealing/opening_file.py.

import { base64, hkdf, jcs, parseJcs, unbase64, utf8 } from "./encoding.js";

const VERSION = "sbp/1 opening";
export const ROUNDS = 600_000;
const WORDS = 6;
const [CONSONANTS, VOWELS] = ["bdfghjklmnprstvz", "aiou"];

// Six proquints (arXiv:0901.4016), 96 bits: easy to write down and to read over the telephone, in no list of words.
export function newPassphrase(chance) {
  const drawn = new DataView(chance(2 * WORDS).buffer);
  const word = (bits) =>
    CONSONANTS[bits >> 12] +
    VOWELS[(bits >> 10) & 3] +
    CONSONANTS[(bits >> 6) & 15] +
    VOWELS[(bits >> 4) & 3] +
    CONSONANTS[bits & 15];
  return Array.from({ length: WORDS }, (_, n) => word(drawn.getUint16(2 * n))).join("-");
}

// The key of a passphrase, however it is typed (full-width letters, blanks); by no lock that is made to be slow.
export async function byPassphrase(passphrase, salt, iterations) {
  if (!(iterations >= ROUNDS && iterations <= 10 * ROUNDS)) throw new Error("a lock that is too weak, or too slow");
  const bytes = utf8(passphrase.normalize("NFKC").trim());
  const typed = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, typed, 256));
}

const byPasskey = (prf) => hkdf(prf, utf8("sbp/1 opening key"), 32);

// AES-256-GCM; what the lock is about and its own terms are authenticated with it.
export async function cipher(what, key, { about, terms, bytes }) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, [what]);
  const how = { name: "AES-GCM", iv: unbase64(terms.nonce), additionalData: jcs({ about, lock: terms }) };
  return new Uint8Array(await crypto.subtle[what](how, imported, bytes));
}

// The file: whose bid it opens stands in the clear, the supplier's shares under each lock.
export async function lock({ tender, header_sha256, shares, passphrase, passkey, chance }) {
  const about = { v: VERSION, tender, header_sha256 };
  const inside = Object.fromEntries([...shares].map(([x, share]) => [String(x), base64(share)]));
  const bytes = jcs({ ...about, shares: inside });
  const locks = [];
  if (passphrase) {
    const [nonce, salt] = [chance(12), chance(16)];
    const how = { kind: "passphrase", kdf: "PBKDF2-HMAC-SHA256", iterations: ROUNDS };
    const terms = { ...how, salt: base64(salt), nonce: base64(nonce) };
    const ct = await cipher("encrypt", await byPassphrase(passphrase, salt, ROUNDS), { about, terms, bytes });
    locks.push({ ...terms, ct: base64(ct) });
  }
  if (passkey) {
    const [nonce, credential] = [base64(chance(12)), base64(passkey.credential)];
    const terms = { kind: "passkey", kdf: "HKDF-SHA256", credential, nonce };
    const ct = await cipher("encrypt", await byPasskey(passkey.prf), { about, terms, bytes });
    locks.push({ ...terms, ct: base64(ct) });
  }
  if (!locks.length) throw new Error("an opening file needs a lock");
  return jcs({ ...about, locks });
}

// The shares, by whichever lock is tried. Throws where the passphrase or the passkey is another.
export async function unlock(file, { passphrase, passkey }) {
  const { locks, ...about } = parseJcs(file);
  if (about.v !== VERSION) throw new Error("no opening file");
  const found = locks.find((one) => one.kind === (passkey ? "passkey" : "passphrase"));
  if (!found) throw new Error("this opening file has no such lock");
  const { ct, ...terms } = found;
  const key = passkey
    ? await byPasskey(passkey.prf)
    : await byPassphrase(passphrase, unbase64(terms.salt), terms.iterations);
  const inside = parseJcs(await cipher("decrypt", key, { about, terms, bytes: unbase64(ct) }));
  const shares = new Map(Object.entries(inside.shares).map(([x, share]) => [Number(x), unbase64(share)]));
  return { tender: inside.tender, header_sha256: inside.header_sha256, shares };
}

const prfInput = (tender) => ({ prf: { eval: { first: utf8(`sbp/1 opening key ${tender}`) } } });

// What a passkey answers for this tender: the same 32 bytes each time, on every device where the passkey is.
async function answer(credential) {
  const found = credential.getClientExtensionResults().prf?.results?.first;
  return found && { prf: new Uint8Array(found), credential: new Uint8Array(credential.rawId) };
}

// A passkey made for opening files. Null where the device cannot do it: then the passphrase alone locks.
export async function newPasskey({ tender, name, chance }) {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name: "Yangcai" },
      user: { id: chance(16), name, displayName: name },
      challenge: chance(32),
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      extensions: prfInput(tender),
    },
  });
  const { enabled } = made.getClientExtensionResults().prf ?? {};
  if (!enabled) return null;
  return (await answer(made)) ?? usePasskey({ tender, credential: new Uint8Array(made.rawId), chance });
}

export async function usePasskey({ tender, credential, chance }) {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: chance(32),
      allowCredentials: [{ type: "public-key", id: credential }],
      userVerification: "required",
      extensions: prfInput(tender),
    },
  });
  const found = await answer(got);
  if (!found) throw new Error("this passkey gives no key");
  return found;
}

// Which passkey opens the file; undefined where none does.
export function credentialOf(bytes) {
  const lock = parseJcs(bytes).locks.find((one) => one.kind === "passkey");
  return lock && unbase64(lock.credential);
}

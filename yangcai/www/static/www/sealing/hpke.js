// How is a share enciphered so that one trustee alone can read it?
// HPKE (RFC 9180) in base mode over WebCrypto: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (SBP/1 §2.2; §2.4
// step 6). In Python: yangcai/sealing/suites/i1.py.

import { concat, expand, hmac, utf8 } from "./encoding.js";

const NOTHING = new Uint8Array(0);
const ZEROS = new Uint8Array(32); // HKDF's salt where there is none (RFC 5869 §2.2); WebCrypto takes no empty key
const KEM = utf8("KEM\x00\x20"); // suite_id of DHKEM(X25519, HKDF-SHA256), RFC 9180 §4.1
export const AES_256_GCM = 2;
const KEY_SIZE = { 1: 16, 2: 32 }; // 1, AES-128-GCM, is that of RFC 9180's vector A.1
const X25519 = { name: "X25519", oid: 0x6e, use: "deriveBits" };
export const ED25519 = { name: "Ed25519", oid: 0x70, use: "sign" };
// A private key as PKCS #8 (RFC 8410) is this and its 32 bytes: the only form in which WebCrypto takes the bare bytes.
const pkcs8 = ({ oid }) => Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, oid, 4, 0x22, 4, 0x20);

const extract = (suite, salt, label, ikm) => hmac("SHA-256", salt, concat(utf8("HPKE-v1"), suite, utf8(label), ikm));
const labelled = (suite, key, label, info, size) =>
  expand("SHA-256", key, concat(Uint8Array.of(size >> 8, size & 255), utf8("HPKE-v1"), suite, utf8(label), info), size);

// A private key from its 32 bytes, with its public key.
export async function keyPair(bytes, kind = X25519) {
  const secret = await crypto.subtle.importKey("pkcs8", concat(pkcs8(kind), bytes), kind, true, [kind.use]);
  const { x } = await crypto.subtle.exportKey("jwk", secret);
  const raw = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return { secret, shown: Uint8Array.from(raw, (letter) => letter.charCodeAt(0)) };
}

// §4.1 Encap and Decap: the secret shared by a private and a public key. WebCrypto itself refuses an all-zero result.
async function agreed(secret, other, enc, recipient) {
  const shown = await crypto.subtle.importKey("raw", other, X25519, true, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ ...X25519, public: shown }, secret, 256));
  const prk = await extract(KEM, ZEROS, "eae_prk", dh);
  return labelled(KEM, prk, "shared_secret", concat(enc, recipient), 32);
}

// §5.1 KeySchedule in base mode, for the first message only: the sequence number is 0, so the nonce is the base nonce.
async function schedule(shared, info, aead) {
  const suite = concat(utf8("HPKE"), Uint8Array.of(0, 0x20, 0, 1, 0, aead));
  const context = concat(
    Uint8Array.of(0),
    await extract(suite, ZEROS, "psk_id_hash", NOTHING),
    await extract(suite, ZEROS, "info_hash", info),
  );
  const secret = await extract(suite, shared, "secret", NOTHING);
  const key = await labelled(suite, secret, "key", context, KEY_SIZE[aead]);
  const iv = await labelled(suite, secret, "base_nonce", context, 12);
  return { key: await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]), iv };
}

// enc ‖ ciphertext. `ephemeral`: the 32 bytes of the sender's one-time private key.
export async function seal({ to, info, plain, ephemeral, aad = NOTHING, aead = AES_256_GCM }) {
  const { secret, shown } = await keyPair(ephemeral);
  const { key, iv } = await schedule(await agreed(secret, to, shown, to), info, aead);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, plain);
  return concat(shown, new Uint8Array(sealed));
}

// What was sealed to the private key of these 32 bytes; WebCrypto's OperationError where it was not, or was altered.
export async function open({ with: bytes, info, sealed, aad = NOTHING, aead = AES_256_GCM }) {
  const { secret, shown } = await keyPair(bytes);
  const enc = sealed.slice(0, 32);
  const { key, iv } = await schedule(await agreed(secret, enc, enc, shown), info, aead);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: aad }, key, sealed.slice(32));
  return new Uint8Array(plain);
}

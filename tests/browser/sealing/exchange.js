// The page seals for Python by chance, and looks at what Python sealed, whole and damaged.

import * as encoding from "./encoding.js";
import * as envelope from "./envelope.js";
import * as opening_file from "./opening_file.js";
import * as statement from "./statement.js";

const code = async (work) => {
  try {
    await work();
    return "ok";
  } catch (error) {
    return error.message || error.name;
  }
};

export async function seal(given) {
  const file = new File([given.content], "投标文件.txt", { type: "text/plain" });
  const { policy: under, supplier, price } = given;
  const sealed = await envelope.seal({ policy: under, round: 1, supplier, recovery: "consent", price, files: [file] });
  const pieces = [];
  for await (const { part } of envelope.parts(sealed)) pieces.push(part.slice());
  const whole = new Blob(pieces);
  const header_sha256 = encoding.hex(await encoding.digest(sealed.header));
  const own = new Map([...sealed.shares].filter(([x]) => x > 200));
  const passphrase = opening_file.newPassphrase(envelope.random);
  const locked = { tender: under.tender, header_sha256, shares: own, passphrase, chance: envelope.random };
  const env_digest = encoding.hex(await encoding.digestByParts(whole));
  const of = { core: sealed.core, header: sealed.header, env_digest, env_len: whole.size };
  const st = await statement.submission({ ...of, idem: "00".repeat(16), bundle_sha256: "11".repeat(32) });
  const pair = await statement.signingKey("a post");
  return {
    passphrase,
    envelope: encoding.base64(new Uint8Array(await whole.arrayBuffer())),
    sbo: encoding.base64(await opening_file.lock(locked)),
    st: encoding.base64(encoding.jcs(st)),
    sig: await statement.sign("statement", st, pair),
    key: await statement.publicKey(await statement.signingKey("a post")),
    extractable: pair.privateKey.extractable,
  };
}

export async function unlocked({ files, passphrase }) {
  const unlock = (file) => opening_file.unlock(encoding.unbase64(file), { passphrase });
  const found = {};
  for (const [name, file] of Object.entries(files)) found[name] = await code(() => unlock(file));
  return found;
}

export async function damage(given) {
  const [whole, dek, under] = [encoding.unbase64(given.envelope), encoding.unhex(given.key), given.policy];
  const { core, header } = await envelope.opened(new Blob([whole]));
  const flipped = (at) => {
    const copy = whole.slice();
    copy.set([copy[at] ^ 1], at);
    return copy;
  };
  const [payload, chunk] = [8 + header.length, 16400];
  const swapped = () => {
    const [copy, at] = [whole.slice(), payload + 56];
    copy.set(whole.subarray(at, at + chunk), at + chunk);
    copy.set(whole.subarray(at + chunk, at + 2 * chunk), at);
    return copy;
  };
  const files = (...names) => names.map((name) => new File([], name));
  const terms = { policy: under, round: 0, supplier: core.supplier, recovery: "auto", price: {}, files: [] };
  const seal = (changed) => () => envelope.seal({ ...terms, ...changed });
  const check = (bytes, changed = {}) => () => envelope.check(new Blob([bytes]), { dek, policy: under, ...changed });
  const attempts = {
    whole: check(whole),
    "last byte": check(flipped(whole.length - 1)),
    commitment: check(flipped(payload + 30)),
    salt: check(flipped(payload)),
    chunk: check(flipped(payload + 60)),
    header: check(flipped(40)),
    "cut off": check(whole.slice(0, -1)),
    "cut at a chunk": check(whole.slice(0, payload + 56 + chunk)),
    longer: check(encoding.concat(whole, new Uint8Array(1))),
    swapped: check(swapped()),
    misdealt: check(encoding.unbase64(given.misdealt)),
    "another price": check(encoding.unbase64(given.price)),
    "another key": check(whole, { dek: dek.map((byte) => byte ^ 1) }),
    "another policy": check(whole, { policy: { ...under, window_s: 1 } }),
    "an unsafe policy": seal({ policy: { ...under, theta: 3 } }),
    "two of a name": seal({ files: files("A.pdf", "a.pdf") }),
    "a name with a path": seal({ files: files("a:b") }),
    "a name that turns around": seal({ files: files("a\u202efdp.exe") }),
  };
  const codes = {};
  for (const [name, work] of Object.entries(attempts)) codes[name] = await code(work);
  return codes;
}

// What the page answers to each vector, beside what Python wrote: tests/browser/sealing/test_known.py compares.

import * as encoding from "./encoding.js";
import * as envelope from "./envelope.js";
import * as hpke from "./hpke.js";
import * as opening_file from "./opening_file.js";
import * as payload from "./payload.js";
import * as policy from "./policy.js";
import * as release from "./release.js";
import * as shares from "./shares.js";
import * as statement from "./statement.js";

export async function answers(given) {
  const { hex, unhex, jcs, utf8, base64, unbase64, parseJcs, digest, digestByParts, h2 } = encoding;
  const found = {};
  const same = (name, mine, theirs) => {
    if (name in found) throw new Error(`twice: ${name}`);
    found[name] = [mine, theirs];
  };
  const pattern = (n) => {
    const bytes = new Uint8Array(n);
    for (let i = 0; i < n; i++) bytes[i] = (7 * i + 3) % 251;
    return bytes;
  };
  const all = async (stream) => {
    const pieces = [];
    for await (const one of stream) pieces.push(one);
    return encoding.concat(...pieces);
  };
  const asHex = (shares) => Object.fromEntries([...shares].map(([x, share]) => [x, hex(share)]));

  given.jcs.forEach(({ value, bytes }, n) => {
    same(`jcs ${n}`, hex(jcs(value)), bytes);
    same(`jcs ${n} read`, hex(jcs(parseJcs(unhex(bytes)))), bytes);
  });
  for (const { label, parts, out } of given.h2)
    same(`h2 ${parts.join()}|${parts.length}`, hex(await h2(label, ...parts.map(unhex))), out);
  for (const [length, padded] of given.padme) same(`padme ${length}`, envelope.padded(length), padded);
  for (const { pattern: n, out } of given.digest_by_parts)
    same(`digest ${n}`, hex(await digestByParts(new Blob([pattern(n)]))), out);

  for (const [n, one] of given.shamir.entries()) {
    const points = Object.keys(one.shares).map(Number);
    const dealt = await shares.deal(unhex(one.key), { seed: unhex(one.deal_seed), theta: one.theta, points });
    same(`shares ${n}`, asHex(dealt), one.shares);
    same(`commitments ${n}`, await shares.commitments(one.tender, dealt), one.share_commit);
    same(`combined ${n}`, hex(shares.combine(new Map([...dealt].slice(-one.theta)))), one.key);
  }

  for (const { key, salt, context, pattern: n, length, sha256 } of given.chunked) {
    const how = { dek: unhex(key), salt: unhex(salt), context: unhex(context) };
    const sealed = await all(payload.encrypt(new Blob([pattern(n)]), how));
    same(`chunked ${n} length`, [sealed.length, payload.sealedSize(n)], [length, length]);
    same(`chunked ${n}`, hex(await digest(sealed)), sha256);
    const opened = await all(payload.decrypt(new Blob([sealed]), how));
    same(`chunked ${n} opened`, hex(await digest(opened)), hex(await digest(pattern(n))));
  }

  {
    const { core, x, info, share, out, ...key } = given.hpke;
    const bound = envelope.shareInfo(await digest(unhex(core)), x);
    same("hpke info", hex(bound), info);
    const to = unhex(key.public), ephemeral = unhex(key.ephemeral_private);
    same("hpke", hex(await hpke.seal({ to, info: bound, plain: unhex(share), ephemeral })), out);
    same("hpke opened", hex(await hpke.open({ with: unhex(key.private), info: bound, sealed: unhex(out) })), share);
  }

  for (const { drawn, passphrase } of given.passphrase.generated)
    same(`passphrase ${drawn}`, opening_file.newPassphrase(() => unhex(drawn)), passphrase);

  const bid = given.bid;
  const { dek, deal_seed, price_salt, nonce, payload_salt, ephemeral_private } = bid.drawn;
  const drawn = [dek, deal_seed, price_salt, nonce, payload_salt, ...Object.values(ephemeral_private)].map(unhex);
  const files = bid.files.map(({ name, type, content }) => new File([unhex(content)], name, { type }));
  const policyRead = parseJcs(utf8(bid.policy));
  const { round, supplier, recovery } = bid.terms;
  const terms = { policy: policyRead, round, supplier, recovery };
  const sealed = await envelope.seal({ ...terms, price: bid.price, files, chance: () => drawn.shift() });
  const whole = new Blob([await all(sealed.stream())]);
  same("policy", await policy.policyDigest(policyRead), bid.policy_sha256);
  same("core", new TextDecoder().decode(jcs(sealed.core)), bid.core);
  same("header", new TextDecoder().decode(sealed.header), bid.header);
  same("envelope", base64(new Uint8Array(await whole.arrayBuffer())), bid.envelope_b64);
  same("env_digest", hex(await digestByParts(whole)), bid.env_digest);
  same("size", sealed.size, bid.envelope_length);
  const theirs = new Blob([unbase64(bid.envelope_b64)]);
  const manifest = await envelope.check(theirs, { dek: unhex(dek), policy: policyRead });
  same("manifest", new TextDecoder().decode(jcs(manifest)), bid.manifest);

  const kept = bid.opening_file;
  const own = new Map([...sealed.shares].filter(([x]) => x > 200));
  const locks = [kept.passphrase_nonce, kept.passphrase_salt, kept.passkey_nonce].map(unhex);
  const passkey = { prf: unhex(kept.prf), credential: unhex(kept.credential) };
  const [{ header_sha256 }, { core }, { passphrase }] = [bid, sealed, kept];
  const about = { tender: core.tender, header_sha256 };
  const sbo = await opening_file.lock({ ...about, shares: own, passphrase, passkey, chance: () => locks.shift() });
  same("opening file", new TextDecoder().decode(sbo), kept.content);
  for (const by of [{ passphrase: ` ${passphrase}\t` }, { passkey }]) {
    const opened = await release.unlocked(utf8(kept.content), { core, header_sha256, ...by });
    same(`opened by ${Object.keys(by)}`, asHex(opened), asHex(own));
  }

  const pkcs8 = encoding.concat(unhex("302e020100300506032b657004220420"), unhex(bid.supplier_private));
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  for (const { message } of bid.messages) {
    const { st, sig } = JSON.parse(message);
    const kind = st.t === "submit" ? "statement" : st.t;
    same(`signature of ${st.t}`, await statement.sign(kind, st, { privateKey }), sig);
  }
  return found;
}

export async function rfc9180(given) {
  const { unhex, hex, concat } = encoding;
  const v = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, unhex(text)]));
  const common = { info: v.info, aad: v.aad, aead: 1 };
  const opened = await hpke.open({ with: v.skRm, sealed: concat(v.pkEm, v.ct), ...common });
  const sealed = await hpke.seal({ to: v.pkRm, ephemeral: v.skEm, plain: v.pt, ...common });
  return [hex(opened), hex(sealed)];
}

export async function byChance(given) {
  const { unhex, hex, utf8 } = encoding;
  const info = utf8("sbp/1 share");
  const ephemeral = envelope.random(32);
  const sealed = await hpke.seal({ to: unhex(given.key), info, plain: utf8("a share"), ephemeral });
  const opened = await hpke.open({ with: unhex(given.private), info, sealed: unhex(given.sealed) });
  return [hex(sealed), hex(opened)];
}

export async function refused(given) {
  const throws = (work) => {
    try {
      work();
      return false;
    } catch {
      return true;
    }
  };
  const bad = [1.5, NaN, 2 ** 53, "\ud800", { "名": 1 }, undefined, [[[[[[[[[1]]]]]]]]], () => 1];
  return [
    given.map((bytes) => throws(() => encoding.parseJcs(encoding.unhex(bytes)))),
    bad.map((value) => throws(() => encoding.jcs(value))),
    ["QQ==", "QR==", "QQ", "QQ==\n", "+/8="].map((text) => throws(() => encoding.unbase64(text))),
  ];
}

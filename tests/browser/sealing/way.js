// A supplier's way through the page's own functions: seal to a file, try it, send it.

import { said } from "./check.js";
import * as envelope from "./envelope.js";
import * as opening_file from "./opening_file.js";
import * as seal from "./seal.js";
import * as statement from "./statement.js";
import * as store from "./store.js";
import * as upload from "./upload.js";

const code = async (work) => {
  try {
    await work();
    return "ok";
  } catch (error) {
    return error.message || error.name;
  }
};

const PASSPHRASE = "babab-babab";

// A bid of more than one part.
function sealed({ policy, supplier, price, round = 1 }, { tell = () => {}, ...locks } = {}) {
  const files = [new File([new Uint8Array(9 * 2 ** 20)], "大文件.bin"), new File(["x"], "小文件.txt")];
  const terms = { policy, round, supplier, recovery: "auto", price, files, bundle_sha256: "11".repeat(32), tell };
  return seal.seal({ ...terms, locks: { passphrase: PASSPHRASE, ...locks } });
}

export async function rehearsal(given) {
  const tells = [];
  const { record, trustees } = await sealed(given, { tell: (done) => tells.push(done) });
  const of = { record, policy: given.policy, trustees, passphrase: PASSPHRASE };
  const others = new Map([...trustees].map(([x, share]) => [x, share.map((byte) => byte ^ 1)]));
  const found = {
    right: await code(() => seal.rehearse(of)),
    later: await code(() => seal.rehearse({ ...of, trustees: undefined })),
    mistyped: await code(() => seal.rehearse({ ...of, passphrase: "babab-babad" })),
    "a trustee's share": await code(() => seal.rehearse({ ...of, trustees: others })),
  };
  const name = `${record.idem}.sbe`;
  const bytes = new Uint8Array(await (await store.readFile(name)).arrayBuffer());
  bytes[bytes.length - 1] ^= 1;
  await store.writeFile(
    name,
    (async function* () {
      yield bytes;
    })(),
  );
  found["a flipped bit"] = await code(() => seal.rehearse(of));
  await store.removeFile(name);
  found["no envelope"] = await code(() => seal.rehearse(of));
  return { found, told: tells.length > 2 && tells.at(-1) > tells[0] };
}

export async function passkey(given) {
  const [{ tender }, chance] = [given.policy, envelope.random];
  const passkey = await opening_file.newPasskey({ tender, name: "单位", chance });
  const { record, trustees } = await sealed(given, { passkey });
  const credential = opening_file.credentialOf(record.sbo);
  const again = await opening_file.usePasskey({ tender, credential, chance });
  const other = await opening_file.usePasskey({ tender: "another tender", credential, chance });
  const of = { record, policy: given.policy, trustees };
  return {
    passkey: await code(() => seal.rehearse({ ...of, passkey: again })),
    passphrase: await code(() => seal.rehearse({ ...of, passphrase: PASSPHRASE })),
    "of another tender": await code(() => seal.rehearse({ ...of, passkey: other })),
  };
}

export async function badLine(given) {
  const { record } = await sealed(given);
  const pair = await statement.signingKey("a post");
  const how = { tender: given.policy.tender, pair, csrf: "a token", tell: () => {} };
  const { stage, receipt } = await seal.submit({ record, ...how });
  return { stage, receipt, st: record.st };
}

export async function receipts({ notes, st }) {
  return Object.fromEntries(Object.entries(notes).map(([name, note]) => [name, statement.isReceiptOf(note, st)]));
}

export const told = (notes) => notes.map(said);

export async function late(given) {
  const { record } = await sealed(given);
  const pair = await statement.signingKey("a post");
  const how = { tender: given.policy.tender, pair, csrf: "a token", tell: () => {} };
  try {
    await seal.submit({ record, ...how });
  } catch (error) {
    return [error.status, error.code, error.message, record.stage];
  }
  return [];
}

// What is asked of a platform that is broken for good; nobody waits for it here.
export async function broken() {
  const [pauses, wait] = [[], globalThis.setTimeout];
  globalThis.setTimeout = (work, pause) => {
    if (pauses.push(pause) > 20) throw new Error("without end");
    return wait(work, 0);
  };
  try {
    const last = await upload.ask("/broken", { csrf: "a token" }).catch((error) => error);
    return [last.status, pauses];
  } finally {
    globalThis.setTimeout = wait;
  }
}

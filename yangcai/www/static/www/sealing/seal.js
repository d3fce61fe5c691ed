// How does a supplier get from a form and files to a receipt, and know before the deadline that the bid will open?
// The page's controller: what it says stands in the page (work/seal.html); here is what happens, in this order.

import { doubts, inside, rows, said, say, size, wrong } from "./check.js";
import { concat, digest, digestByParts, equal, hex, PART, unhex } from "./encoding.js";
import { drop, keep } from "./draft.js";
import * as envelope from "./envelope.js";
import { demand, read, split } from "./form.js";
import { credentialOf, lock, newPassphrase, newPasskey, usePasskey } from "./opening_file.js";
import { unlocked } from "./release.js";
import { combine, SUPPLIER } from "./shares.js";
import { isReceiptOf, publicKey, sign, signingKey, submission } from "./statement.js";
import { forget, read as readRow, readFile, removeFile, write, writeFile } from "./store.js";
import * as platform from "./upload.js";

// Seals to a private file on this device. The record is all that is needed to go on later; the trustees' shares are not
// in it: they live until the rehearsal, in memory alone.
export async function seal({ policy, round, supplier, recovery, price, files, locks, bundle_sha256, tell }) {
  const chance = envelope.random;
  const idem = hex(chance(16));
  const sealed = await envelope.seal({ policy, round, supplier, recovery, price, files, tell });
  const digests = [];
  async function* pieces() {
    for await (const { part, digest: one } of envelope.parts(sealed)) {
      digests.push(one);
      yield part;
      tell(digests.length * PART);
    }
  }
  await writeFile(`${idem}.sbe`, pieces());
  const env_digest = hex(await digest(concat(...digests)));
  const { core, header } = sealed;
  const st = await submission({ core, header, env_digest, env_len: sealed.size, idem, bundle_sha256 });
  const own = new Map([...sealed.shares].filter(([x]) => x >= SUPPLIER));
  const sbo = await lock({ tender: policy.tender, header_sha256: st.header_sha256, shares: own, ...locks, chance });
  const trustees = new Map([...sealed.shares].filter(([x]) => x < SUPPLIER));
  return { record: { idem, header, st, sbo, stage: "sealed" }, trustees };
}

// Will it open? With the opening file as it will be used: its shares are those of the header, the envelope on this
// device is whole; and, as long as the trustees' shares are at hand, all is deciphered and checked as at the opening.
export async function rehearse({ record, policy, trustees, ...by }) {
  const file = await readFile(`${record.idem}.sbe`);
  const { core, header } = await envelope.opened(file);
  const { header_sha256, env_digest, env_len } = record.st;
  const shares = await unlocked(record.sbo, { core, header_sha256, ...by });
  if (!equal(header, record.header) || file.size !== env_len) throw new Error("another envelope");
  if (!equal(await digestByParts(file), unhex(env_digest))) throw new Error("the envelope was altered");
  if (!trustees) return null;
  const dek = combine(new Map([...shares, ...trustees].slice(0, policy.theta)));
  return envelope.check(file, { dek, policy });
}

// Parts, then the one request that counts. Whatever breaks off, the same idem goes on from there; so does what is owed.
export async function submit({ record, tender, pair, ...how }) {
  const file = await readFile(`${record.idem}.sbe`);
  const { header, st } = record;
  const { sid, owed } = await platform.upload(file, { tender, st, header, ...how });
  const sig = await sign("statement", st, pair);
  const receipt = await platform.finalise(sid, { st, sig, ...how });
  return { ...record, sid, receipt, owed, stage: "submitted" };
}

// What this browser has to be able to do; anything missing is said before anything is typed.
export async function isAble() {
  try {
    await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
    await crypto.subtle.generateKey("Ed25519", false, ["sign"]);
    return Boolean(await navigator.storage.getDirectory()) && Boolean(String.prototype.isWellFormed);
  } catch {
    return false;
  }
}

const STEPS = ["seal", "rehearse", "save", "submit"];
const DONE = { none: 0, sealed: 1, rehearsed: 2, saved: 3, submitted: 4 };

class SealDesk extends HTMLElement {
  async connectedCallback() {
    if (!(await isAble())) return this.show("[data-state=unready] [data-code]", ["unable"], "code");
    this.given = JSON.parse(document.getElementById("sealing-data").textContent);
    const { tender, lot, cover } = this.given.policy;
    this.key = [tender, lot, cover, this.given.round, this.given.post].join("/");
    this.csrf = this.querySelector("[name=csrfmiddlewaretoken]").value;
    this.record = await readRow("bids", this.key);
    await keep(this.querySelector("form[method=dialog]"), this.key);
    this.ask("passphrase").value = newPassphrase(envelope.random);
    this.ask("files").addEventListener("change", () => say(this, { files: rows(this.ask("files").files) }));
    this.querySelectorAll("[data-do]").forEach((button) => {
      button.addEventListener("click", () => this.act(button.dataset.do));
    });
    addEventListener("beforeunload", (event) => this.busy && event.preventDefault());
    this.querySelector("[data-state=unready]").hidden = true;
    this.querySelector("[data-state=ready]").hidden = false;
    await this.draw();
  }

  ask(name) {
    return this.querySelector(`[data-ask=${name}]`);
  }

  // Of these elements those whose data-`of` is among the names.
  show(selector, names, of) {
    this.querySelectorAll(selector).forEach((one) => (one.hidden = !names.includes(one.dataset[of])));
  }

  async draw() {
    const stage = this.record?.stage ?? "none";
    STEPS.forEach((step, n) => {
      const state = this.busy === step ? "running" : n < DONE[stage] ? "done" : n === DONE[stage] ? "next" : "todo";
      this.show(`[data-step=${step}] [data-is]`, [state], "is");
    });
    this.show("[data-stage]", [stage, DONE[stage] > 0 && "kept", DONE[stage] > 1 && "tried"], "stage");
    this.querySelectorAll("[data-do]").forEach((button) => {
      button.disabled = Boolean(this.busy) || "closed" in button.dataset;
    });
    this.querySelector("[data-progress]").hidden = !this.busy;
    if (stage !== "none") {
      this.offer("sbo", new Blob([this.record.sbo]), `${this.record.idem}.sbo`);
      this.offer("sbe", (await readFile(`${this.record.idem}.sbe`)) ?? new Blob(), `${this.record.idem}.sbe`);
      say(this, { digest: this.record.st.env_digest, size: size(this.record.st.env_len) });
    }
    this.show("[data-owed]", [this.record?.owed ? "yes" : "no"], "owed");
    if (stage === "submitted") {
      this.offer("receipt", new Blob([this.record.receipt]), `${this.record.idem}.sbr`);
      say(this, said(this.record.receipt));
    }
  }

  offer(name, blob, as) {
    this.querySelectorAll(`[data-file=${name}]`).forEach((link) => {
      URL.revokeObjectURL(link.href);
      Object.assign(link, { href: URL.createObjectURL(blob), download: as });
    });
  }

  tell(done, all) {
    const bar = this.querySelector("progress");
    Object.assign(bar, { max: all, value: done });
    say(this, { progress: `${size(done)} / ${size(all)}` });
  }

  async act(what) {
    this.show("[data-fault]", [], "fault");
    this.show("[data-told]", [], "told");
    this.busy = what;
    await this.draw();
    try {
      await this[`do_${what}`]();
    } catch (error) {
      this.fail(error);
    } finally {
      this.busy = "";
      await this.draw();
    }
  }

  fail(error) {
    const known = [...this.querySelectorAll("[data-fault]")].some((one) => one.dataset.fault === error.code);
    this.show("[data-fault]", [known ? error.code : this.busy, "any"], "fault");
    say(this, { fault: error.message });
    this.querySelector("[data-fault=any]").focus();
  }

  // Said once, before anything is sealed: who presses again means it.
  doubt(offer) {
    const found = doubts(offer, this.given.limit);
    found.files = this.given.wants_files && !this.ask("files").files.length;
    const names = Object.keys(found).filter((name) => found[name]);
    this.show("[data-doubt]", names, "doubt");
    say(this, { sum: found.sum, line: found.line });
    const all = JSON.stringify([offer, names]);
    if (!names.length || all === this.doubted) return;
    this.doubted = all;
    throw Object.assign(new Error(), { code: "doubt" });
  }

  async do_seal() {
    const form = this.querySelector("form[method=dialog]");
    const { policy, kinds, post_name, round, supplier, bundle_sha256 } = this.given;
    demand(form, kinds);
    const passphrase = this.ask("passphrase");
    say(this, { wrong: wrong([...form.elements, passphrase]) });
    if (this.querySelector("[data-shown=wrong] a")) throw Object.assign(new Error(), { code: "form" });
    const offer = read(form, kinds);
    this.doubt(offer);
    const { price, rest } = split(offer);
    const files = [...this.ask("files").files, ...rest];
    const locks = { passphrase: passphrase.value };
    if (this.ask("passkey").checked) {
      locks.passkey = await newPasskey({ tender: policy.tender, name: post_name, chance: envelope.random });
      if (!locks.passkey) throw Object.assign(new Error("no PRF"), { code: "passkey" });
    }
    const recovery = this.querySelector("[name=recovery]:checked").value;
    const all = files.reduce((sum, file) => sum + file.size, 1);
    const tell = (done) => this.tell(Math.min(done, all), all);
    const sealing = { policy, round, supplier, recovery, price, files, locks, bundle_sha256, tell };
    const { record, trustees } = await seal(sealing);
    [this.record, this.trustees] = [record, trustees];
    await write("openings", record.st.header_sha256, record.sbo);
    await write("bids", this.key, record);
  }

  async do_rehearse() {
    const { policy } = this.given;
    const typed = this.ask("again").value;
    const credential = !typed && credentialOf(this.record.sbo);
    const by = credential
      ? { passkey: await usePasskey({ tender: policy.tender, credential, chance: envelope.random }) }
      : { passphrase: typed };
    const opened = await rehearse({ record: this.record, policy, trustees: this.trustees, ...by });
    if (opened) say(this, inside(opened));
    this.trustees = undefined; // from here on nobody has them but the trustees
    this.ask("again").value = "";
    this.ask("passphrase").value = newPassphrase(envelope.random); // for another bid: this one is on paper now
    const partly = this.record.stage === "sealed" && "partly";
    this.show("[data-told]", opened ? ["whole"] : ["later", partly], "told");
    await this.reach("rehearsed");
  }

  do_save() {
    return this.reach("saved");
  }

  async do_submit() {
    const { policy, post, known_keys, register_at } = this.given;
    const pair = await signingKey(post);
    const how = { csrf: this.csrf, tell: (done) => this.tell(done, this.record.st.env_len) };
    await platform.enrol(register_at, { public_key: await publicKey(pair), known_keys, ...how });
    this.record = await submit({ record: this.record, tender: policy.tender, pair, ...how });
    await write("bids", this.key, this.record);
    await drop(this.key);
    // It is kept whatever it says, and shown; but nobody takes a receipt for another bid as one for this.
    if (!isReceiptOf(this.record.receipt, this.record.st)) throw Object.assign(new Error(), { code: "receipt" });
    this.show("[data-earlier]", [], "earlier"); // it speaks of the one before
    if (!this.ask("copy").checked) return;
    const keeping = platform.keep(this.record.sid, { sbo: this.record.sbo, ...how });
    const told = await keeping.then(() => "copied", () => "not copied"); // the bid is in, whatever becomes of the copy
    this.show("[data-told]", [told], "told");
  }

  // What is confirmed is what the platform holds, whichever device sealed it; a key of this device signs.
  async do_reconfirm() {
    const { reconfirm, post, known_keys, register_at } = this.given;
    const pair = await signingKey(post);
    const st = { ...reconfirm, idem: hex(envelope.random(16)) };
    const how = { csrf: this.csrf };
    await platform.enrol(register_at, { public_key: await publicKey(pair), known_keys, ...how });
    await platform.reconfirm(st.submission, { st, sig: await sign("reconfirm", st, pair), ...how });
    this.show("[data-reconfirm]", ["done"], "reconfirm");
    this.querySelector("[data-reconfirm=done]").focus();
  }

  do_drop() {
    this.querySelector("form[method=dialog]").reset();
    return drop(this.key);
  }

  // What was submitted stays: a bid that is to be replaced counts until its replacement is in.
  async do_again() {
    if (this.record.stage !== "submitted") await removeFile(`${this.record.idem}.sbe`);
    await forget("bids", this.key);
    this.record = this.trustees = undefined;
  }

  async reach(stage) {
    if (DONE[stage] > DONE[this.record.stage]) this.record.stage = stage;
    await write("bids", this.key, this.record);
  }
}

customElements.define("seal-desk", SealDesk);

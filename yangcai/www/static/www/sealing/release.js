// How does a supplier open its own bid on the day, from any device? Its shares, out of the opening file, to the hall.
// SBP/1 §2.8 phase A: with two shares of four nobody can read yet; the prices appear together, after the barrier.

import { closed } from "./close.js";
import { base64, digest, hex, jcs, parseJcs, utf8 } from "./encoding.js";
import { random } from "./envelope.js";
import { credentialOf, unlock, usePasskey } from "./opening_file.js";
import { strangers, SUPPLIER } from "./shares.js";
import { publicKey, sign, signingKey } from "./statement.js";
import { read } from "./store.js";
import * as platform from "./upload.js";

// The shares of the opening file, held to the header: a wrong file is found out before the window, not in it.
export async function unlocked(file, { core, header_sha256, ...by }) {
  const found = await unlock(file, by);
  const own = Object.keys(core.share_commit).filter((x) => Number(x) >= SUPPLIER);
  if (found.tender !== core.tender || found.header_sha256 !== header_sha256) throw new Error("the file of another bid");
  if (found.shares.size !== own.length) throw new Error("not all shares of this bid");
  if ((await strangers(core, found.shares)).length) throw new Error("shares that the header does not know");
  return found.shares;
}

// The message of §2.8, signed.
export async function message({ core, header_sha256, shares, close_leaf, ts, pair }) {
  const released = [...shares].map(([x, share]) => ({ header_sha256, x, share: base64(share) }));
  const { tender, cover } = core;
  const st = { t: "release", tender, cover, by: "supplier", close_leaf, shares: released, ts };
  return { st, sig: await sign("release", st, pair) };
}

const LATER = ["deadline", "open_at", "window_s"];
const follows = ({ policy }, n, all) =>
  n === 0 || (policy.rev > all[n - 1].policy.rev && LATER.every((name) => policy[name] >= all[n - 1].policy[name]));

// The revision in force out of those that the platform published: held to the one that was sealed under, of which a
// later one may change nothing but the times, and those to later ones alone.
export async function inForce(policies, core) {
  const read = policies.map((one) => ({ policy: parseJcs(utf8(one)), bytes: utf8(one) }));
  if (!read.every(follows)) throw new Error("a later policy that takes time back");
  const digests = await Promise.all(read.map(async ({ bytes }) => hex(await digest(bytes))));
  const own = read[digests.indexOf(core.policy_sha256)]?.policy;
  const { policy } = read[read.length - 1];
  if (!own) throw new Error("the policy that was sealed under was never published");
  const { rev: _rev, deadline: _deadline, open_at: _open_at, window_s: _window_s, ...same } = own;
  const differs = Object.entries(same).find(([name, value]) => hexed(policy[name]) !== hexed(value));
  if (differs) throw new Error(`another policy than was sealed under: ${differs[0]}`);
  return policy;
}

const hexed = (value) => hex(jcs(value ?? null));

// Waits until the log has the close: within a minute, says the receipt.
export async function proven(core, policy, { pause, ...how }) {
  const { lot, cover, round } = core;
  for (let tries = 0; tries < 30; tries++) {
    const { close_proof } = await platform.state(core.tender, { lot, cover, round, ...how });
    const { tender, deadline, open_at, witness_policy } = policy;
    // A policy of before says nothing: then the platform's own word is the best there is.
    const trust = witness_policy || (close_proof && (await platform.logPolicy(how)));
    if (close_proof) return closed(close_proof, { trust, tender, lot, cover, round, deadline, open_at });
    await pause();
  }
  throw new Error("the close is not in the public log");
}

// The page's part: choose the file, type the passphrase (or leave it empty for the passkey), release.
export class ReleaseDesk extends HTMLElement {
  connectedCallback() {
    if (!this.ask("release")) return; // the page says why not
    this.given = JSON.parse(document.getElementById("sealing-data").textContent);
    this.began = performance.now();
    this.ask("release").addEventListener("click", () => this.act());
    this.show("ready");
  }

  ask(name) {
    return this.querySelector(`[data-ask=${name}], [data-do=${name}]`);
  }

  show(state) {
    this.querySelectorAll("[data-is]").forEach((one) => (one.hidden = !one.dataset.is.split(" ").includes(state)));
    this.ask("release").disabled = state === "running";
  }

  async act() {
    this.show("running");
    try {
      await this.release();
      this.show("released");
    } catch (error) {
      this.querySelector("[data-shown=fault]").textContent = error.message || error.name;
      const why = typeof error.code === "string" ? error.code : "key"; // of the browser's own errors it is a number
      this.querySelectorAll("[data-why]").forEach((one) => (one.hidden = one.dataset.why !== why));
      this.show(error instanceof platform.Refused ? "refused" : this.step);
    }
  }

  async release() {
    const { header, policies, sid, post, known_keys, register_at, now } = this.given;
    const how = { csrf: this.querySelector("[name=csrfmiddlewaretoken]").value };
    this.step = "locked";
    const { core } = parseJcs(utf8(header));
    const header_sha256 = hex(await digest(utf8(header)));
    const [chosen] = this.ask("sbo").files;
    const here = chosen ? new Uint8Array(await chosen.arrayBuffer()) : await read("openings", header_sha256);
    const file = here ?? (await platform.kept(sid, how).catch(() => null));
    if (!file) throw Object.assign(new Error("no opening file here or on the platform"), { code: "none" });
    const of = /"header_sha256":"(\w+)"/.exec(new TextDecoder().decode(file))?.[1]; // it stands in the clear
    if (of !== header_sha256) throw Object.assign(new Error("another file"), { code: of ? "other" : "unreadable" });
    const passphrase = this.ask("key").value;
    const credential = !passphrase && credentialOf(file);
    const passkey = credential && (await usePasskey({ tender: core.tender, credential, chance: random }));
    const shares = await unlocked(file, { core, header_sha256, passphrase, passkey });
    this.step = "unproven";
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2000));
    const { close_leaf } = await proven(core, await inForce(policies, core), { pause, ...how });
    const pair = await signingKey(post);
    await platform.enrol(register_at, { public_key: await publicKey(pair), known_keys, ...how });
    // The time of the server, not of this device.
    const at = new Date(Date.parse(now) + performance.now() - this.began);
    const ts = at.toISOString().replace("Z", "000Z");
    const said = await message({ core, header_sha256, shares, close_leaf, ts, pair });
    await platform.release(core.tender, { ...said, ...how });
  }
}

customElements.define("release-desk", ReleaseDesk);

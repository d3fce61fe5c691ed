// How does a trustee give out its shares in a browser: of every bid of a proven close, and of no other?
// SBP/1 §2.8 phase B, §2.9; and in a drill. The command line does the same: yangcai/cli/sealed/releasing.py, duty.py.

import { base64, digest, h2, hex, jcs, parseJcs, unbase64, unhex, utf8 } from "./encoding.js";
import { shareInfo } from "./envelope.js";
import * as hpke from "./hpke.js";
import { opened } from "./key_file.js";
import { inForce, proven, ReleaseDesk } from "./release.js";
import { commitment } from "./shares.js";
import { sign } from "./statement.js";
import { read } from "./store.js";
import * as platform from "./upload.js";

const SUITE = "I1";
const NOBODY = "00000000000000000X"; // a code that no organisation has: so a bid says that it is made up for a drill
// Only a trustee says so, never the platform: it would switch off the look at this device's clock.
const SIMULATED = {
  zh: "这是演示环境，时钟是模拟的：不核对本机时间",
  en: "This is a demonstration with a simulated clock: do not check the time of this device",
};

function demand(holds, what) {
  if (!holds) throw new Error(what);
}

// The share of the trustee at x, held against its commitment; or the fault for which there is none.
export async function shareOf(text, { x, wrap }) {
  const header_sha256 = hex(await digest(utf8(text)));
  const { core, wraps } = parseJcs(utf8(text));
  const info = shareInfo(await digest(jcs(core)), x);
  const of = { with: wrap, info, sealed: unbase64(wraps[x - 1].ct) };
  const share = await hpke.open(of).catch(() => null);
  if (!share) return { header_sha256, fault: "wrap_unreadable" };
  const committed = hex(await commitment(core.tender, x, share)) === core.share_commit[x];
  return committed ? { header_sha256, x, share: base64(share) } : { header_sha256, fault: "share_inconsistent" };
}

// Of each header one of the two, and no bid left out in silence; signed.
export async function message(texts, { policy, held, close_leaf, ts }) {
  const { tender, cover, trustees } = policy;
  const seat = trustees.find((one) => one.hpke === held.shown.wrap && one.sig === held.shown.sig);
  demand(seat, "the policy names no trustee with this key");
  const found = await Promise.all(texts.map((text) => shareOf(text, { x: seat.x, wrap: held.wrap })));
  const [shares, failed] = [found.filter((one) => !one.fault), found.filter((one) => one.fault)];
  const st = { t: "release", tender, cover, by: "trustee", close_leaf, shares, ts, ...(failed.length && { failed }) };
  return { st, sig: await sign("release", st, held.pair) };
}

const coreOf = (text) => parseJcs(utf8(text)).core;

// The policy in force. Throws unless each bid was sealed under a revision of it, and none takes back what one before
// it granted (`inForce`): the platform cannot hand over bids of another tender, or of this one before its time.
export async function checked(texts, { policies, round, at }) {
  const policy = parseJcs(utf8(policies[policies.length - 1]));
  demand(texts.length, "nothing to open");
  for (const core of texts.map(coreOf)) {
    await inForce(policies, core);
    const other = ["tender", "lot", "cover"].find((name) => core[name] !== policy[name]);
    demand(!other && core.round === round, "a bid of something else");
  }
  demand(at >= Date.parse(policy.open_at), "by the clock of this device it is too early");
  return policy;
}

// The digest of a close set, as the log has it.
export async function closeSet(texts) {
  const digests = await Promise.all(texts.map(async (text) => hex(await digest(utf8(text)))));
  return hex(await h2("sbp/1 closeset", ...digests.sort().map(unhex)));
}

// Made-up bids, and theirs alone: under the name of a drill nobody gets the share of a real one.
export async function madeUp(texts, policy) {
  const under = hex(await digest(utf8(policy)));
  const real = texts.map(coreOf).find((core) => core.supplier !== NOBODY || core.policy_sha256 !== under);
  demand(!real && texts.length, "no bid of a drill");
  return parseJcs(utf8(policy));
}

// The page's part: choose the key file, type the passphrase, release.
class TrusteeDesk extends ReleaseDesk {
  connectedCallback() {
    super.connectedCallback();
    if (!this.given?.is_sandbox) return;
    // Made here, so that no page can tick it beforehand or call it by another name.
    this.simulated = Object.assign(document.createElement("input"), { type: "checkbox", id: "simulated-clock" });
    const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";
    const label = Object.assign(document.createElement("label"), { htmlFor: "simulated-clock" });
    label.append(SIMULATED[lang]);
    const choice = Object.assign(document.createElement("div"), { className: "choice" });
    choice.append(this.simulated, label);
    this.ask("release").parentElement.before(choice);
  }

  async release() {
    const how = { csrf: this.querySelector("[name=csrfmiddlewaretoken]").value };
    this.step = "locked";
    const [chosen] = this.ask("key-file").files;
    const file = chosen ? new Uint8Array(await chosen.arrayBuffer()) : await read("openings", this.given.hpke);
    demand(file, "no key file on this device");
    const held = await opened(file, this.ask("key").value);
    this.step = "unproven";
    // The time of the server: of the demo's clock too. Whether it is time at all, this device says (`checked`).
    const at = new Date(Date.parse(this.given.now) + performance.now() - this.began);
    const ts = at.toISOString().replace("Z", "000Z");
    await (this.given.is_drill ? this.drill({ held, ts, ...how }) : this.open({ held, ts, ...how }));
    this.ask("key").value = "";
  }

  async open({ held, ts, ...how }) {
    const { policies, round, now } = this.given;
    const { tender, lot, cover } = parseJcs(utf8(policies[policies.length - 1]));
    const of = { tender, lot, cover, round };
    const { headers } = await platform.state(tender, { ...of, ...how });
    const texts = headers.map((one) => one.header);
    const at = this.simulated?.checked ? Date.parse(now) : Date.now();
    const policy = await checked(texts, { policies, round, at });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 2000));
    const { close_leaf, close_set } = await proven(of, policy, { pause, ...how });
    demand(close_set === (await closeSet(texts)), "these bids are not those of the close");
    const ours = texts.filter((text) => coreOf(text).suite === SUITE);
    const said = await message(ours, { policy, held, close_leaf, ts });
    await platform.release(tender, { ...said, ...how });
    this.tell(said);
  }

  async drill({ held, ts, ...how }) {
    const { drill, policy: text, headers } = await platform.json("/drill", how);
    const said = await message(headers, { policy: await madeUp(headers, text), held, close_leaf: 0, ts });
    await platform.ask(`/drill/${drill}/release`, { ...how, method: "POST", body: said });
    this.tell(said);
  }

  tell({ st }) {
    this.querySelector("[data-shown=shares]").textContent = st.shares.length;
    this.querySelector("[data-shown=failed]").textContent = st.failed?.length ?? 0;
  }
}

customElements.define("trustee-desk", TrusteeDesk);

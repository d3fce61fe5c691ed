// Is this device ready to bid? Each check says what it found; the result is kept in this browser for the task list.

const given = JSON.parse(document.getElementById("environment-given").textContent);
const KEEP = "yangcai:environment";
const MOST_SECONDS = 600; // an ordinary bid that takes longer to go up is told

const fail = (text) => ({ state: "bad", text });
const fine = (text = "") => ({ state: "good", text });
const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const same = (one, other) => one.length === other.length && one.every((byte, n) => byte === other[n]);

const checks = {
  secure: () => (isSecureContext ? fine() : fail(location.protocol)),

  async crypto() {
    const subtle = globalThis.crypto?.subtle;
    if (!subtle) return fail("crypto.subtle");
    const wanted = [
      ["Ed25519", () => subtle.generateKey("Ed25519", false, ["sign", "verify"])],
      ["X25519", () => subtle.generateKey("X25519", false, ["deriveBits"])],
      ["AES-GCM", () => subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])],
      ["SHA-256", () => subtle.digest("SHA-256", random(8))],
    ];
    const missing = [];
    for (const [name, ask] of wanted) await ask().catch(() => missing.push(name));
    return missing.length ? fail(missing.join(", ")) : fine(wanted.map(([name]) => name).join(", "));
  },

  async streams() {
    if (!globalThis.ReadableStream || !Blob.prototype.stream) return fail("ReadableStream");
    const text = await new Response(new Blob(["1", "2"]).slice(1).stream()).text();
    return text === "2" ? fine() : fail(text);
  },

  async storage() {
    const name = "yangcai-environment";
    const works = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => (asked.result.close(), indexedDB.deleteDatabase(name), done(true));
      asked.onerror = () => done(false);
    }).catch(() => false);
    if (!works) return fail("IndexedDB");
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const free = Math.floor((quota - usage) / 2 ** 20);
    return quota && free * 2 ** 20 < 4 * given.ordinary ? { state: "poor", text: `${free} MB` } : fine(`${free} MB`);
  },

  // Half of the way there and back is taken for the way of the answer.
  async clock(desk) {
    const sent = Date.now();
    const { now } = await desk.probe(new Uint8Array(1));
    const skew = (Date.now() + sent) / 2 - Date.parse(now);
    const seconds = Math.round(Math.abs(skew) / 1000);
    if (desk.sandbox) return fine(desk.dataset.sandbox);
    return seconds <= given.skew ? fine(`± ${seconds} s`) : { state: "poor", text: `${seconds} s` };
  },

  async upload(desk, row) {
    const bytes = new Uint8Array(given.size);
    for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
    const began = performance.now();
    const { bytes: came } = await desk.probe(bytes);
    const perSecond = came / ((performance.now() - began) / 1000);
    const seconds = given.ordinary / perSecond;
    const { words, seconds: few, minutes: many } = row.querySelector("[data-result]").dataset;
    const time = seconds < 90 ? few.replace("#", Math.ceil(seconds)) : many.replace("#", Math.ceil(seconds / 60));
    const text = words.replace("#speed", (perSecond / 2 ** 20).toFixed(1)).replace("#time", time);
    return { state: came !== given.size ? "bad" : seconds > MOST_SECONDS ? "poor" : "good", text };
  },

  // By the very modules that seal a bid: a key is cut into three shares of which two open it again.
  async seal() {
    const [hpke, shares, encoding] = await Promise.all(
      ["hpke", "shares", "encoding"].map((name) => import(given.modules[name])),
    );
    const began = performance.now();
    const secret = random(32);
    const to = await hpke.keyPair(random(32));
    const trustee = random(32);
    const { shown } = await hpke.keyPair(trustee);
    const cut = await shares.deal(secret, { seed: random(32), theta: 2, points: [1, 2, 201] });
    const info = encoding.utf8("yangcai environment");
    const sealed = await hpke.seal({ to: shown, info, plain: cut.get(1), ephemeral: random(32) });
    const opened = new Uint8Array(await hpke.open({ with: trustee, info, sealed }));
    if (!same(opened, cut.get(1))) return fail("HPKE");
    const joined = await shares.combine(new Map([[1, opened], [201, cut.get(201)]]));
    if (!same(new Uint8Array(joined), secret)) return fail("Shamir");
    const key = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    const signature = await crypto.subtle.sign("Ed25519", key.privateKey, sealed);
    const holds = await crypto.subtle.verify("Ed25519", key.publicKey, signature, sealed);
    if (!holds || !to.shown.length) return fail("Ed25519");
    return fine(`${Math.round(performance.now() - began)} ms`);
  },
};

class EnvironmentCheck extends HTMLElement {
  connectedCallback() {
    this.sandbox = Boolean(document.querySelector(".sandbox"));
    document.querySelectorAll("[data-run], [data-print]").forEach((button) => (button.hidden = false));
    document.querySelector("[data-run]").addEventListener("click", () => this.run());
    document.querySelector("[data-print]").addEventListener("click", () => print());
    this.run();
  }

  async probe(body) {
    const headers = { "X-CSRFToken": this.dataset.csrf, "Content-Type": "application/octet-stream" };
    const answer = await fetch(given.probe, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async run() {
    const found = [];
    this.querySelectorAll("[data-check]").forEach((row) => this.show(row, { state: "", text: this.dataset.waits }));
    for (const row of this.querySelectorAll("[data-check]")) {
      this.show(row, { state: "", text: this.dataset.runs });
      const said = await Promise.resolve()
        .then(() => checks[row.dataset.check](this, row))
        .catch((error) => fail(error.message));
      found.push(said.state);
      this.show(row, said);
    }
    const state = found.includes("bad") ? "bad" : found.includes("poor") ? "poor" : "good";
    const sum = this.querySelector("[data-sum]");
    sum.textContent = sum.dataset[{ good: "allGood", poor: "somePoor", bad: "someBad" }[state]];
    const at = new Date().toLocaleString("sv").slice(0, 16);
    this.querySelector("[data-when]").textContent = at;
    this.querySelector("[data-agent]").textContent = navigator.userAgent;
    try {
      localStorage.setItem(KEEP, JSON.stringify({ state, at, word: this.dataset[state] }));
    } catch {
      // A browser that keeps nothing: the check of its storage has said so.
    }
  }

  show(row, { state, text }) {
    const cell = row.querySelector("[data-result]");
    const parts = [];
    if (state) parts.push(document.getElementById(`mark-${state}`).content.firstElementChild.cloneNode(true), " ");
    cell.replaceChildren(...parts, text);
  }
}

customElements.define("environment-check", EnvironmentCheck);

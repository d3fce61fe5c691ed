// How does a trustee come to its keys in a browser? Made here and locked, saved, tried once, and only then registered:
// a key in office whose private half was lost would cost a bid. The command line's way: `yangcai trustee setup`.

import { random } from "./envelope.js";
import { ED25519, keyPair } from "./hpke.js";
import { created, opened } from "./key_file.js";
import { newPassphrase } from "./opening_file.js";
import { write } from "./store.js";
import * as platform from "./upload.js";

class KeyDesk extends HTMLElement {
  async connectedCallback() {
    try {
      await Promise.all([keyPair(random(32)), keyPair(random(32), ED25519)]);
    } catch {
      return this.show("unable");
    }
    this.ask("passphrase").value = newPassphrase(random);
    this.ask("save").addEventListener("click", () => (this.saved = true));
    for (const what of ["make", "register"]) this.ask(what).addEventListener("click", () => this.act(what));
    addEventListener("beforeunload", (event) => this.state === "made" && event.preventDefault());
    this.show("ready");
  }

  ask(name) {
    return this.querySelector(`[data-ask=${name}], [data-do=${name}]`);
  }

  // `fault`: why it stands where it stands.
  show(state, fault = "") {
    this.state = state;
    this.querySelectorAll("[data-is]").forEach((one) => (one.hidden = !one.dataset.is.split(" ").includes(state)));
    this.querySelectorAll("[data-fault]").forEach((one) => (one.hidden = one.dataset.fault !== fault));
  }

  async act(what) {
    const before = this.state;
    this.show("running");
    try {
      await this[what]();
    } catch (error) {
      this.querySelector("[data-shown=fault]").textContent = error.message || error.name;
      this.show(before, error instanceof platform.Refused ? "refused" : this.step);
    }
  }

  async make() {
    this.step = "weak";
    const passphrase = this.ask("passphrase");
    if (!passphrase.reportValidity()) throw new Error("passphrase");
    this.made = await created({ passphrase: passphrase.value, chance: random });
    Object.assign(this.ask("save"), { href: URL.createObjectURL(new Blob([this.made.file])), download: "trustee.key" });
    for (const name of ["wrap", "sig"]) this.querySelector(`[data-shown=${name}]`).textContent = this.made.shown[name];
    passphrase.value = ""; // it is on paper by now: the next step asks for it
    this.show("made");
  }

  async register() {
    this.step = "unsaved";
    if (!this.saved) throw new Error("trustee.key");
    this.step = "mistyped";
    const { shown } = await opened(this.made.file, this.ask("again").value);
    const csrf = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const [role, reason] = ["role", "reason"].map((name) => this.ask(name)?.value ?? "");
    const body = { role, reason, hpke: shown.wrap, sig: shown.sig };
    await platform.ask("/trustees", { method: "POST", body, csrf });
    await write("openings", shown.wrap, this.made.file).catch(() => {}); // the file is saved: this spares choosing it
    this.show("registered");
  }
}

customElements.define("key-desk", KeyDesk);

// How does a trustee come to its keys in a browser? Made here and locked, saved, the saved file tried, and only then
// registered: a key in office whose private half was lost would cost a bid. By command line: `yangcai trustee setup`.

import { equal } from "./encoding.js";
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
    const [chosen] = this.ask("kept").files;
    if (!chosen) throw new Error("trustee.key");
    this.step = "another";
    const kept = new Uint8Array(await chosen.arrayBuffer()); // as it lies on the disk, not as it is remembered here
    if (!equal(kept, this.made.file)) throw new Error("another file");
    this.step = "mistyped";
    const { shown } = await opened(kept, this.ask("again").value);
    const csrf = this.querySelector("[name=csrfmiddlewaretoken]").value;
    const [role, reason] = ["role", "reason"].map((name) => this.ask(name)?.value ?? "");
    const body = { role, reason, hpke: shown.wrap, sig: shown.sig };
    await platform.ask("/trustees", { method: "POST", body, csrf });
    await write("openings", shown.wrap, this.made.file).catch(() => {}); // the file is saved: this spares choosing it
    this.show("registered");
  }
}

customElements.define("key-desk", KeyDesk);

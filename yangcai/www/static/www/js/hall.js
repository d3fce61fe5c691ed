// What does the browser add to the page of a hall? New parts as they come; while the stream is away, a look now and then.

import { refuse, sent } from "./here.js";

const LOOK_MS = 10_000;
const AGAIN_MS = 20_000;

class HallRoom extends HTMLElement {
  connectedCallback() {
    // The server's clock counts: a part may be as old as the last change when it comes.
    this.offset = Date.parse(this.dataset.now) - Date.now();
    this.badge = this.querySelector(".live");
    if ("over" in this.dataset) return;
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.addEventListener("submit", (event) => this.send(event));
    // While somebody writes, the card stays as it is; it comes up to date when they leave the field.
    this.addEventListener("focusout", () => this.late && setTimeout(() => this.renew()));
    // One connection per visible tab: a browser has six for a site.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    if (!document.hidden) this.open();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.close();
  }

  open() {
    if (!this.dataset.live || this.source) return;
    this.source = new EventSource(this.dataset.live);
    this.source.onopen = () => this.say("on");
    this.source.onmessage = (event) => this.show(event.data);
    this.source.onerror = () => {
      this.say("off");
      // A lost connection comes back by itself; a refused one wants a new page, and not from all at the same moment.
      if (this.source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), AGAIN_MS * (1 + Math.random()));
    };
  }

  close() {
    this.source?.close();
    this.source = undefined;
  }

  say(word) {
    this.badge.className = `live ${word}`;
    if (this.badge.textContent !== this.badge.dataset[word]) this.badge.textContent = this.badge.dataset[word];
  }

  async look() {
    if (document.hidden || this.source?.readyState === EventSource.OPEN) return;
    const answer = await fetch(this.dataset.board).catch(() => undefined);
    if (answer?.ok) this.show(await answer.text());
  }

  // Each element of what came takes the place of the one with its id, or is added to the list that it names. Rows come
  // in a table: beside other elements a browser drops them.
  show(html, { asked = false } = {}) {
    const box = document.createElement("template");
    box.innerHTML = html;
    let changed = false;
    const parts = [...box.content.children].flatMap((part) => (part.matches("[data-rows]") ? [...part.rows] : part));
    for (const part of parts) {
      const old = document.getElementById(part.id);
      for (const clock of part.querySelectorAll("count-down")) this.correct(clock);
      if (!old) {
        const list = document.getElementById(part.dataset.into);
        if (list) this.add(list, part);
      } else if (part.id !== "hall-clock" && old.isEqualNode(part)) {
        continue;
      } else {
        part.classList.toggle("flash", part.tagName === "TR");
        old.replaceWith(part);
        if (part.id === "hall-clock") continue;
      }
      changed = true;
    }
    if (changed && !asked) this.renew();
  }

  correct(clock) {
    clock.dataset.now = new Date(Date.now() + this.offset).toISOString();
  }

  add(list, part) {
    const box = list.parentElement;
    const wasAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 8;
    list.append(part);
    if (wasAtEnd) box.scrollTop = box.scrollHeight;
  }

  // What this reader may do now is nobody else's: it is asked for, not sent to all.
  async renew() {
    const answer = await fetch(this.dataset.mine).catch(() => undefined);
    if (!answer?.ok) return;
    const box = document.createElement("template");
    box.innerHTML = await answer.text();
    this.place(box.content);
  }

  // The new card in the place of the old one, with what was opened and typed there.
  place(content, { sent } = {}) {
    const [old, part] = [document.getElementById("hall-mine"), content.querySelector("#hall-mine")];
    if (!part) return;
    const here = document.activeElement;
    const forms = [...part.querySelectorAll("[data-act]")].map((form) => [form, this.before(old, form)]);
    const writing = !sent && old.contains(here) && here.matches("textarea, select, input");
    this.late = writing;
    for (const [form, before] of forms) if (before && before !== sent) this.carry(before, form, { writing });
    if (writing) return;
    const focused = old.contains(here) && here.id;
    old.replaceWith(part);
    if (focused) document.getElementById(focused)?.focus();
  }

  before(old, form) {
    const action = form.getAttribute("action");
    return [...old.querySelectorAll("[data-act]")].find((one) => one.getAttribute("action") === action);
  }

  // Of a form that is being written the hidden facts alone are renewed: of which state of the case it was filled in.
  carry(before, form, { writing }) {
    for (const field of before.elements) {
      const now = field.name && form.elements.namedItem(field.name);
      if (!now || now instanceof RadioNodeList) continue;
      if (field.type === "hidden") {
        if (writing && field.name === "version") field.value = now.value;
      } else if (!writing) {
        now.value = field.value;
        if ("checked" in field) now.checked = field.checked;
      }
    }
    const box = form.closest("details");
    if (box && !writing) box.open = Boolean(before.closest("details")?.open);
  }

  // Nobody leaves the hall to act in it: the form is sent from here, and what came of it takes its place. A device's own
  // work and whatever is more than this page can show are left to the ordinary way.
  async send(event) {
    const form = event.target;
    if (!form.matches("[data-act]")) return;
    event.preventDefault();
    try {
      const answer = await sent(form);
      if (!answer) return;
      if (answer.refused) refuse(answer.page, form);
      else if (answer.page.querySelector("hall-room")) this.arrive(answer, form);
      else location.assign(answer.url);
    } catch {
      this.say("off");
    }
  }

  arrive({ page, said }, form) {
    this.place(page, { sent: form });
    this.querySelector("[data-done]").textContent = said;
    const fresh = page.querySelectorAll("#hall-clock, #hall-head, [id^=lot-]:is(section), #hall-messages > li");
    this.show([...fresh].map((part) => part.outerHTML).join(""), { asked: true });
  }
}

customElements.define("hall-room", HallRoom);

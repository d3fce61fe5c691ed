// What does the browser add to the page of a hall? New parts as they come; while the stream is away, a look now and then.

const LOOK_MS = 10_000;
const AGAIN_MS = 20_000;

class HallRoom extends HTMLElement {
  connectedCallback() {
    // The server's clock counts: a part may be as old as the last change when it comes.
    this.offset = Date.parse(this.dataset.now) - Date.now();
    this.badge = this.querySelector(".live");
    if ("over" in this.dataset) return;
    this.timer = setInterval(() => this.look(), LOOK_MS);
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

  // Each element of what came takes the place of the one with its id, or is added to the list that it names.
  show(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    let changed = false;
    for (const part of [...box.content.children]) {
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
    if (changed) this.renew();
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
    const [old, part] = [document.getElementById("hall-mine"), box.content.querySelector("#hall-mine")];
    if (part && !old.isEqualNode(part)) old.replaceWith(part);
  }
}

customElements.define("hall-room", HallRoom);

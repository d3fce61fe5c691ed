// The three things that are timed in the browser: sealing to a private file, the trial opening, and the cipher alone.

import * as seal from "./seal.js";
import * as store from "./store.js";

const PASSPHRASE = "babab-babab";
const PIECE = 2 ** 20;
let sealed;

// Runs a work, and looks at the heap of this page's scripts while it runs.
async function watched(work) {
  let heap = 0;
  const look = () => (heap = Math.max(heap, performance.memory.usedJSHeapSize));
  const timer = setInterval(look, 100);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  look();
  return { seconds, heap };
}

export const works = {
  async seal({ policy, supplier }) {
    const { files } = document.querySelector("input");
    const terms = { policy, round: 0, supplier, recovery: "auto", price: {}, files: [...files] };
    const how = { locks: { passphrase: PASSPHRASE }, bundle_sha256: "00".repeat(32), tell: () => {} };
    sealed = await seal.seal({ ...terms, ...how });
  },
  rehearse: ({ policy }) => seal.rehearse({ ...sealed, policy, passphrase: PASSPHRASE }),
  async encrypt() {
    const [file] = document.querySelector("input").files;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    for (let at = 0; at < file.size; at += PIECE) {
      const bytes = await file.slice(at, at + PIECE).arrayBuffer();
      await crypto.subtle.encrypt({ name: "AES-GCM", iv: crypto.getRandomValues(new Uint8Array(12)) }, key, bytes);
    }
  },
  clean: () => store.removeFile(`${sealed.record.idem}.sbe`),
};

export const run = (name, given) => watched(() => works[name](given));

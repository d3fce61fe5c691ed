// What the page answers to proofs of a close, good and bad: tests/browser/sealing/test_close.py compares.

import { closed } from "./close.js";
import { inForce } from "./release.js";

export async function answers({ proofs, of }) {
  const found = {};
  for (const [name, [content, trust]] of Object.entries(proofs)) {
    found[name] = await closed(content, { trust, ...of }).catch((error) => error.message);
  }
  return found;
}

export async function policies({ chains, core }) {
  const found = {};
  for (const [name, chain] of Object.entries(chains)) {
    found[name] = await inForce(chain, core).then((policy) => policy.rev, (error) => error.message);
  }
  return found;
}

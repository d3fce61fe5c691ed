// Would this opening policy let somebody open a bid who should not? Then nothing is sealed under it.
// SBP/1 §2.1 (rules of a policy), §2.3. In Python: yangcai/sealing/policy.py.

import { digest, hex, jcs, unbase64 } from "./encoding.js";

const OPERATOR = "platform"; // the trustee whom the platform's operator controls
const KEY = 32;

// Everything that is wrong with it, in English for engineers; empty when nothing is.
export function unsafe(policy) {
  const { trustees, theta, ws } = policy;
  const found = [];
  const hold = (holds, fault) => holds || found.push(fault);
  const operators = trustees.filter((trustee) => trustee.role === OPERATOR);
  const organisations = new Set(trustees.map((trustee) => trustee.org));
  hold(policy.v === "sbp/1 policy", "another version");
  hold(policy.suites.includes("I1"), "no suite that a browser has");
  hold(1 + ws < theta, "the supplier's shares and the operator's would open");
  hold(theta <= trustees.length, "the trustees alone could not recover a bid");
  hold(operators.length === 1, "the operator has exactly one share");
  const operator = trustees.filter((trustee) => operators.some((one) => one.org === trustee.org));
  hold(operator.length === operators.length, "the operator's organisation holds a second share");
  hold(organisations.size >= Math.min(4, trustees.length), "too few organisations");
  hold(trustees.every((trustee, n) => trustee.x === n + 1), "trustees stand at 1 to n in order");
  const apart = (name) => new Set(trustees.map((trustee) => trustee[name])).size === trustees.length;
  hold(apart("hpke") && apart("sig"), "two trustees have one key");
  hold(trustees.every((trustee) => unbase64(trustee.hpke).length === KEY), "a key of another length");
  hold(policy.deadline <= policy.open_at, "opening before the deadline");
  return found;
}

// By which headers name the policy.
export const policyDigest = async (policy) => hex(await digest(jcs(policy)));

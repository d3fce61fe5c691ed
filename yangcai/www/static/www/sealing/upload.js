// How does an envelope reach the platform over a bad line, once and whole?
// In parts of 8 MiB, each repeated until it is confirmed, then one small request that counts (SBP/1 §2.5).

import { base64, digest, hex, jcs, PART } from "./encoding.js";

const BASE = "/sbp/v1";
const PAUSES = [500, 1000, 2000, 5000, 10_000]; // milliseconds; the last one is repeated, but not for a 500
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);
// The platform takes no files, or has no room: after so many tries the digest is handed in, the bytes follow.
const STORE = new Set(["store", "no-room"]);
const TRIES = 3;

// What the platform answered when it refused: status, sentence, and the code, the end of the type (RFC 9457).
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title ?? `HTTP ${status}`);
    Object.assign(this, { status, code: String(problem.type).split("/").pop() });
  }
}

// One request, repeated after every failure of the line or of the platform: each of them may safely come twice.
export async function ask(path, { method = "GET", body, headers = {}, csrf, signal, wait = () => {} }) {
  const given = { "X-CSRFToken": csrf, "Accept-Language": document.documentElement.lang, ...headers };
  if (body && !(body instanceof Blob)) {
    body = jcs(body); // the platform takes statements in their canonical bytes alone
    given["Content-Type"] = "application/json";
  }
  for (let tries = 0; ; tries++) {
    const pause = PAUSES[Math.min(tries, PAUSES.length - 1)];
    try {
      const answer = await fetch(`${BASE}${path}`, { method, body, headers: given, signal, cache: "no-store" });
      if (answer.ok) return answer;
      const refused = new Refused(answer.status, await answer.json().catch(() => ({})));
      const most = STORE.has(refused.code) ? TRIES : answer.status === 500 ? PAUSES.length : Infinity;
      if (!AGAIN.has(answer.status) || tries >= most) throw refused;
    } catch (error) {
      if (error instanceof Refused || signal?.aborted) throw error;
    }
    wait(pause);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

export const json = async (path, how) => (await ask(path, how)).json();

// Opens the session of this idem, or finds it again, and sends what is still missing; `owed` when the store takes no
// files and only header, digest and length could be bound (they are what the statement signs).
export async function upload(envelope, { tender, st, header, tell, ...how }) {
  const { idem, lot, cover, round, env_digest, env_len } = st;
  const begun = { ...how, method: "POST", body: { idem, lot, cover, round } };
  const { sid, part_size: size } = await json(`/tenders/${tender}/submissions`, begun);
  if (size !== PART) throw new Error("the platform wants parts of another size");
  const header_b64 = base64(header);
  try {
    await send(envelope, sid, { tell, ...how });
    await ask(`/submissions/${sid}/check`, { ...how, method: "POST", body: { header_b64 } });
    return { sid, owed: false };
  } catch (error) {
    if (!STORE.has(error.code)) throw error;
    await ask(`/submissions/${sid}/promise`, { ...how, method: "POST", body: { header_b64, env_digest, env_len } });
    return { sid, owed: true };
  }
}

async function send(envelope, sid, { tell = () => {}, ...how }) {
  const there = new Set(await json(`/submissions/${sid}/parts`, how));
  const count = Math.ceil(envelope.size / PART);
  for (let n = 1; n <= count; n++) {
    if (!there.has(n)) {
      const part = envelope.slice((n - 1) * PART, n * PART);
      const headers = { "Content-SHA256": hex(await digest(await part.arrayBuffer())) };
      await ask(`/submissions/${sid}/parts/${n}`, { ...how, method: "PUT", body: part, headers });
    }
    tell(Math.min(n * PART, envelope.size));
  }
}

// The request that races the deadline; the answer is the receipt, a signed note. The same statement gets the same
// receipt, also after the deadline (§2.5).
export const finalise = async (sid, { st, sig, ...how }) =>
  (await ask(`/submissions/${sid}/finalise`, { ...how, method: "POST", body: { st, sig } })).text();

// After a correction: the bid stands as it is. The same statement is answered alike.
export const reconfirm = (sid, { st, sig, ...how }) =>
  ask(`/submissions/${sid}/reconfirm`, { ...how, method: "POST", body: { st, sig } });

// The opening file, locked as it is, for the bidder's other devices (§2.4, 10): to be left there, and fetched again.
export const keep = (sid, { sbo, ...how }) =>
  ask(`/submissions/${sid}/opening-file`, { ...how, method: "PUT", body: new Blob([sbo]) });

export const kept = async (sid, how) =>
  new Uint8Array(await (await ask(`/submissions/${sid}/opening-file`, how)).arrayBuffer());

// Of the opening of this cover and round of a lot what everybody may know; with the proof of its close, once the log
// has it.
export async function state(tender, { lot, cover, round, ...how }) {
  const { lots } = await json(`/opening/${tender}/state`, how);
  return lots.find((one) => one.lot === lot && one.cover === cover && one.round === round);
}

// Whom the public log says to trust.
export async function logPolicy({ signal }) {
  const answer = await fetch("/log/policy", { signal, cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, {});
  return answer.text();
}

export const release = (tender, { st, sig, ...how }) =>
  ask(`/opening/${tender}/${st.by}-release`, { ...how, method: "POST", body: { st, sig } });

// The public half of the key that signs, by the site's own form for it: bound to the post that acts, once.
export async function enrol(at, { public_key, known_keys, csrf }) {
  if (known_keys.includes(public_key)) return;
  const body = new URLSearchParams({ public_key, key: public_key, csrfmiddlewaretoken: csrf });
  const answer = await fetch(at, { method: "POST", body });
  if (!answer.ok) throw new Refused(answer.status, {});
}

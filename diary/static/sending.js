// Sends what waits, oldest first. Sending an entry twice is once, so whoever is in doubt sends it again.

import { all, codeOf, keep, keepCode } from "./queue.js";

const PATIENCE_MS = 20_000;
const LATER = [408, 425, 429];

// How many still wait, and for how long the server wants to be left alone [ms].
export async function send() {
  const waiting = (await all()).filter((record) => record.state === "waiting");
  const shut = new Set();
  let pause = 0;
  for (const record of waiting) {
    if (shut.has(record.lane)) continue;
    const known = await codeOf(record.lane);
    const answer = known && !known.isWrong ? await post(record, known.code) : { kind: "no code" };
    if (answer.kind === "stored" || answer.kind === "refused") {
      await keep({ ...record, state: answer.kind === "stored" ? "sent" : "refused", ...answer.why });
    } else {
      shut.add(record.lane);
      pause = Math.max(pause, answer.pause ?? 0);
      if (answer.kind === "wrong code" && (await codeOf(record.lane))?.code === known.code) {
        await keepCode(record.lane, known.code, true);
      }
    }
  }
  const left = (await all()).filter((record) => record.state === "waiting");
  return { left: left.length, pause };
}

async function post(record, code) {
  let answer, said;
  try {
    answer = await fetch(`/entries/${record.lane}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...record.document, code }),
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    said = await answer.json();
  } catch {
    return { kind: "away" };
  }
  if (answer.ok) return { kind: said.entry === record.document.entry ? "stored" : "away" }; // a hotspot's page says yes to all
  if (answer.status === 403) return { kind: "wrong code" };
  if (answer.status >= 500 || LATER.includes(answer.status)) {
    return { kind: "away", pause: 1000 * Number(answer.headers.get("Retry-After") ?? 0) };
  }
  return { kind: "refused", why: { status: answer.status, said: said.error ?? "" } };
}

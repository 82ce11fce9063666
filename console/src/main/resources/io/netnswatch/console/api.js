// Questions to the detector that this page came from.

const TOKEN = "netnswatch-token";
const PATIENCE_MS = 20_000;
const MOST_KNOWN = 16;

/** Answers by path, each with its tag: what has not changed is not sent again. */
const known = new Map();

/** A question that was not answered: with a status, or with 0 where nobody was there. */
export class Unanswered extends Error {
  constructor(status, why) {
    super(why);
    this.status = status;
  }
}

/** The answer, the very same object for as long as it does not change. */
export async function ask(path) {
  const before = known.get(path);
  const token = sessionStorage.getItem(TOKEN);
  const headers = {
    ...(token && { Authorization: "Bearer " + token }),
    ...(before && { "If-None-Match": before.tag }),
  };
  const response = await reach(path, headers);
  if (response.status === 304) return before.value;
  const value = await response.json().catch(() => ({ error: `status ${response.status}, and no JSON` }));
  if (!response.ok) throw new Unanswered(response.status, value.error);
  known.delete(path);
  known.set(path, { tag: response.headers.get("ETag"), value });
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value);
  return value;
}

/** Why the detector does not detect now; empty if it does. */
export async function notReadyBecause() {
  const response = await reach("/ready", {});
  return response.ok ? "" : (await response.text()).trim();
}

/** Kept until the tab is closed. */
export function present(token) {
  sessionStorage.setItem(TOKEN, token);
}

async function reach(path, headers) {
  try {
    return await fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (e) {
    throw new Unanswered(0, e.name === "TimeoutError" ? "no answer within 20 s" : "it can't be reached");
  }
}

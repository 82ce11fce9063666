import { ask, notReadyBecause, present, Unanswered } from "./api.js";
import { ago, el, hostKey, link, plural, show } from "./dom.js";
import { fleetView } from "./fleet.js";
import { command, hostView, incidentPage, recordPage } from "./host.js";

// The live console: asks the detector every few seconds and shows what the address names.

const EVERY_MS = 5_000;
const REST = 10; // of what an answer takes the detector is left in peace so many times as long
const FLEET_BESIDE_MS = 30_000; // how old the fleet may be while something else is shown

const [place, pulse, notes, view, news] = ["place", "pulse", "notes", "view", "news"].map((it) => document.getElementById(it));
const fleetPage = fleetView();
const marks = new Map(); // scroll position by address

let about = null;
let fleet = null;
let fleetAt = 0;
let answeredAt = null;
let shown = null;
let timer = 0;
let turn = 0;
let openBefore = null;

addEventListener("hashchange", () => go(true));
addEventListener("scroll", () => shown && marks.set(shown.address, scrollY), { passive: true });
document.addEventListener("visibilitychange", () => document.hidden || begin());
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName) && shown?.page === fleetPage) {
    fleetPage.input.focus();
    event.preventDefault();
  }
});
setInterval(showPulse, 1000);
go(false);

/** Shows the page that the address names, empty until it has been answered. */
function go(byReader) {
  const address = location.hash.slice(1);
  if (address === "view") return;
  shown = { address, ...routed(decoded(address)), filled: false };
  show(place, shown.crumb && [" / ", shown.crumb]);
  show(view, el("p", { class: "wait dim" }, "Asking the detector \u2026"));
  shown.focus = byReader;
  begin();
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** What an address stands for: the fleet, host/NAME, record/TOPIC/PARTITION/OFFSET, or an incident's key. */
function routed(name) {
  if (!name) return { page: fleetPage };
  if (name.startsWith("host/")) return { host: name.slice(5), kind: "host", crumb: name.slice(5) };
  const record = /^record\/([^/]+)\/(\d+)\/(\d+)$/.exec(name);
  if (record) return { record: record.slice(1), kind: "record", crumb: "record" };
  const host = /^[^/]+\/(.*)\/[^/]+$/.exec(name)?.[1] ?? "";
  return { host, incident: name, kind: "incident", crumb: el("a", { href: link(hostKey(host)) }, host) };
}

function begin() {
  clearTimeout(timer);
  look(++turn);
}

async function look(mine) {
  if (document.hidden && shown.filled) return;
  const began = performance.now();
  try {
    about ??= await ask("/api/console/about");
    await fill(mine);
    if (mine !== turn) return;
    answeredAt = Date.now();
    showNotes(null);
  } catch (problem) {
    if (mine !== turn) return;
    if (!(problem instanceof Unanswered)) throw problem;
    await explain(problem);
  } finally {
    if (mine === turn) {
      showPulse();
      timer = setTimeout(begin, Math.max(EVERY_MS, REST * (performance.now() - began)));
    }
  }
}

async function fill(mine) {
  if (shown.page === fleetPage || Date.now() - fleetAt > FLEET_BESIDE_MS) {
    const answer = await ask("/api/console/fleet");
    fleetAt = Date.now();
    if (mine === turn) take(answer);
  }
  if (mine !== turn) return;
  if (shown.page === fleetPage) {
    if (!fleet.hosts.length) reveal({ element: nothingYet(), heading: null }, () => {});
    else reveal(fleetPage, () => fleetPage.update(fleet));
  } else if (shown.kind === "record") {
    if (shown.filled) return;
    const record = await ask("/api/records/" + shown.record.map(encodeURIComponent).join("/"));
    if (mine === turn) reveal({ element: recordPage(shown.record, record, about) }, () => {});
  } else {
    const found = await ask("/api/console/host?name=" + encodeURIComponent(shown.host));
    const latest = { ...(shown.incident ? {} : await newest(found.latest)), actions: await actionsOn(shown.host) };
    if (mine !== turn) return;
    shown.page ??= shown.incident ? incidentPage(shown.incident) : hostView(shown.host, about);
    reveal(shown.page, () => shown.page.update(found, latest));
  }
}

/** Puts a page in its place, once, and brings it up to date. */
function reveal(page, update) {
  if (shown.filled && page === fleetPage && !page.element.isConnected) shown.filled = false;
  if (!shown.filled) show(view, page.element);
  update();
  if (shown.filled) return;
  shown.filled = true;
  scrollTo(0, marks.get(shown.address) ?? 0);
  if (shown.focus) (page.heading ?? view.querySelector("h1, h2") ?? view).focus({ preventScroll: true });
}

/** The newest sample and snapshot; what Kafka has no more is left out. */
async function newest({ perf_sample: perf, proc_snapshot: proc }) {
  const [sample, snapshot] = await Promise.all([perf, proc].map((it) => (it ? recordAt(it) : null)));
  return { sample, snapshot };
}

/** What was done to a host; null where the detector may not or can't read it now. */
async function actionsOn(host) {
  try {
    return (await ask(`/api/hosts/${encodeURIComponent(host)}/actions`)).actions;
  } catch (problem) {
    if (problem instanceof Unanswered && problem.status !== 401) return null;
    throw problem;
  }
}

async function recordAt({ topic, partition, offset }) {
  try {
    return await ask(`/api/records/${encodeURIComponent(topic)}/${partition}/${offset}`);
  } catch (problem) {
    if (problem instanceof Unanswered && problem.status !== 401) return undefined;
    throw problem;
  }
}

/** Takes the fleet in, and says what is new of its incidents. */
function take(answer) {
  fleet = answer;
  const open = new Map(answer.incidents.filter((it) => it.status !== "RESOLVED").map((it) => [it.incident_key, it]));
  document.title = (open.size ? `(${open.size}) ` : "") + "netnswatch";
  if (openBefore) {
    const begun = [...open.values()].filter((it) => !openBefore.has(it.incident_key));
    const over = [...openBefore.keys()].filter((it) => !open.has(it)).length;
    const said = [
      ...(begun.length > 3 ? [plural(begun.length, "new incident")] : begun.map((it) => `New incident: ${it.title}`)),
      ...(over ? [`${plural(over, "incident")} over`] : []),
    ];
    if (said.length) show(news, said.join(". "));
  }
  openBefore = open;
}

async function explain(problem) {
  if (problem.status === 401) return askForToken();
  let reason = problem.message;
  if (problem.status === 503) {
    reason = await notReadyBecause().catch(() => "");
    reason ||= problem.message;
    reason = reason[0].toUpperCase() + reason.slice(1) + ".";
  } else if (problem.status === 0) {
    reason = `The detector does not answer: ${problem.message}.`;
  } else {
    reason = `The detector answers: ${problem.message}.`;
  }
  showNotes(reason);
}

/** What is to be known of the answers: why there are none, or whose are missing. */
function showNotes(problem) {
  const missing = fleet?.missing_instances ?? [];
  const lines = [];
  if (problem) {
    lines.push(
      `${problem} ${answeredAt && shown.filled ? `Shown is what was known at ${new Date(answeredAt).toISOString().slice(11, 19)}Z.` : ""} Asking again every few seconds.`,
    );
    if (!shown.filled) show(view, el("p", { class: "wait dim" }, "Nothing to show yet."));
  } else if (missing.length) {
    lines.push(
      `${plural(missing.length, "instance")} of the detector did not answer: hosts of ${missing.length === 1 ? "its" : "their"} partitions are missing here. ` +
        missing.map((it) => `${it.address}: ${it.problem}`).join("; "),
    );
  }
  const text = lines.join(" ");
  notes.hidden = !text;
  if (notes.textContent !== text) show(notes, text);
}

function showPulse() {
  const age = answeredAt && Date.now() - answeredAt;
  const late = age == null || age > 3 * EVERY_MS;
  pulse.className = late ? "late" : "live";
  show(pulse, answeredAt ? (late ? `last answer ${ago(new Date(answeredAt).toISOString())}` : "live") : "connecting");
}

function nothingYet() {
  const cluster = `--bootstrap-servers=${about.bootstrap_servers} --schema-registry-url=${about.schema_registry_url}`;
  return el(
    "article",
    { class: "nothing" },
    el("h1", { tabindex: "-1" }, "No telemetry yet"),
    el("p", {}, "The detector is running and no host has been heard of. Start the collector on each host that is to be watched:"),
    command("As root, from a checkout:", `./netnswatch collect ${cluster}`),
    command(
      "Or from the Debian package, with these two lines in /etc/netnswatch/collector.conf:",
      `--bootstrap-servers=${about.bootstrap_servers}\n--schema-registry-url=${about.schema_registry_url}`,
    ),
    el("p", { class: "dim" }, "A host appears here some seconds after its collector's first event."),
  );
}

function askForToken() {
  notes.hidden = true;
  if (view.querySelector("form")) return;
  const input = el("input", { type: "password", id: "token", autocomplete: "off", required: "" });
  show(
    view,
    el(
      "form",
      {
        class: "token",
        submit: (event) => {
          event.preventDefault();
          present(input.value.trim());
          go(true);
        },
      },
      el("h1", {}, "A token is needed"),
      el("p", {}, "The first line of the file that the detector was given as --http-token-file. It is forgotten when this tab is closed."),
      el("label", { for: "token" }, "Token"),
      input,
      el("button", { type: "submit" }, "Show the console"),
    ),
  );
  shown.filled = false;
  input.focus();
}

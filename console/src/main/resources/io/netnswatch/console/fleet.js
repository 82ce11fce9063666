import { ago, el, hostKey, link, moment, number, plural, show, shortUtc, table } from "./dom.js";
import { causeOf, severity, state } from "./incident.js";
import { inOrder } from "./lists.js";
import { longTable } from "./rows.js";

// The fleet: what is wrong first, then every host.

const STATES = ["INCIDENT", "SILENT", "SUSPICIOUS", "HEALTHY"];
const VERDICTS = ["AFFECTED", "UNKNOWN", "NOT_AFFECTED"];
const SEVERITIES = ["CRITICAL", "ERROR", "WARNING", "INFO"];
const MOST_OPEN = 50;

export const STATE_WORDS = { INCIDENT: "incident", SILENT: "silent", SUSPICIOUS: "suspicious", HEALTHY: "healthy" };
export const VERDICT_WORDS = { AFFECTED: "affected", UNKNOWN: "not known", NOT_AFFECTED: "not affected" };

/** A coloured word for the state of a host. */
export function hostState(status) {
  return el("span", { class: "hoststate " + status.toLowerCase() }, STATE_WORDS[status]);
}

/** Whether a kernel has the worst of the known bugs, in a word. */
export function kernelWord(verdict) {
  return el("span", { class: "kernel " + verdict.toLowerCase().replace("_", "-") }, VERDICT_WORDS[verdict]);
}

/** The page of the fleet; it keeps filters and scroll position while it is updated. */
export function fleetView() {
  const heading = el("h1", { tabindex: "-1" });
  const incidents = el("section", { class: "open" });
  const shares = el("section", { class: "shares" });
  const resolved = el("section", { class: "resolved" });
  const input = el("input", {
    type: "search",
    placeholder: "host, kernel or kind of incident",
    "aria-label": "Filter hosts by name, kernel or kind of incident",
    autocomplete: "off",
    spellcheck: "false",
    input: () => filter(),
    keydown: (event) => {
      if (event.key === "ArrowDown") {
        hosts.enter();
        event.preventDefault();
      }
    },
  });
  const count = el("p", { class: "count dim", "aria-live": "polite" });
  const hosts = longTable("Hosts", ["host", "state", "open incidents", "kernel", "bug in it", "last heard"], cells, (it) => it.host);
  const chips = new Map();
  const chip = (kind, value, words) => {
    const amount = el("b", {});
    const button = el("button", { type: "button", class: "chip", "aria-pressed": "false", click: () => toggle(kind, value) }, words, amount);
    chips.set(kind + value, { button, amount });
    return button;
  };
  const bar = el("div", { class: "bar", role: "img" });
  const groups = el(
    "div",
    { class: "groups" },
    el(
      "div",
      { class: "group", role: "group", "aria-label": "Hosts by state" },
      el("span", { class: "dim" }, "state"),
      STATES.map((it) => chip("status", it, hostState(it))),
    ),
    el(
      "div",
      { class: "group", role: "group", "aria-label": "Hosts by kernel" },
      el("span", { class: "dim" }, "bug in the kernel"),
      VERDICTS.map((it) => chip("kernel_verdict", it, kernelWord(it))),
    ),
  );
  const chosen = { status: null, kernel_verdict: null };
  let sorted = [];
  let before = null;

  function toggle(kind, value) {
    chosen[kind] = chosen[kind] === value ? null : value;
    for (const it of kind === "status" ? STATES : VERDICTS) {
      chips.get(kind + it).button.setAttribute("aria-pressed", String(chosen[kind] === it));
    }
    filter();
  }
  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = sorted.filter(
      ({ host, words: own }) =>
        (!chosen.status || host.status === chosen.status) &&
        (!chosen.kernel_verdict || host.kernel_verdict === chosen.kernel_verdict) &&
        words.every((it) => own.includes(it)),
    );
    hosts.set(matching.map((it) => it.host));
    show(count, matching.length === sorted.length ? plural(sorted.length, "host") : `${number(matching.length)} of ${plural(sorted.length, "host")}`);
  }
  function cells(host) {
    return [
      el("a", { href: link(hostKey(host.host)), tabindex: "-1" }, host.host),
      hostState(host.status),
      host.open_incidents.join(", "),
      host.kernel_release ?? "not known",
      kernelWord(host.kernel_verdict),
      moment(host.latest_event_at, () => ago(host.latest_event_at)),
    ];
  }

  return {
    element: el(
      "div",
      { class: "fleet" },
      heading,
      bar,
      groups,
      incidents,
      shares,
      el("section", {}, el("h2", {}, "Hosts"), el("div", { class: "filter" }, input, count), hosts.element),
      resolved,
    ),
    heading,
    input,
    update(fleet) {
      if (fleet === before) {
        hosts.draw();
        return;
      }
      before = fleet;
      const open = fleet.incidents.filter((it) => it.status !== "RESOLVED");
      const byHost = new Map();
      for (const it of open) byHost.set(it.host, Math.min(byHost.get(it.host) ?? 9, SEVERITIES.indexOf(it.severity)));
      const counts = countsOf(fleet.hosts);
      show(heading, headline(fleet.hosts, open));
      drawBar(bar, counts, fleet.hosts.length);
      chips.forEach((it, key) => show(it.amount, number(counts.get(key) ?? 0)));
      showOpen(incidents, open);
      showShares(shares, fleet.hosts, open);
      showResolved(
        resolved,
        fleet.incidents.filter((it) => it.status === "RESOLVED"),
        fleet.incidents_omitted,
      );
      sorted = fleet.hosts
        .map((host) => ({
          host,
          rank:
            STATES.indexOf(host.status) * 100 + (byHost.get(host.host) ?? 9) * 10 + VERDICTS.indexOf(host.kernel_verdict),
          words: [host.host, host.kernel_release, ...host.open_incidents].join(" ").toLowerCase(),
        }))
        .sort((a, b) => a.rank - b.rank || inNumericOrder.compare(a.host.host, b.host.host));
      filter();
    },
  };
}

const inNumericOrder = new Intl.Collator("en", { numeric: true });

function countsOf(hosts) {
  const counts = new Map();
  const add = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const it of hosts) {
    add("status" + it.status);
    add("kernel_verdict" + it.kernel_verdict);
  }
  return counts;
}

function headline(hosts, open) {
  if (open.length) {
    const on = new Set(open.map((it) => it.host)).size;
    return `${plural(open.length, "open incident")} on ${plural(on, "host")}`;
  }
  return `No open incidents on ${plural(hosts.length, "host")}`;
}

/** The share of each state, for the eye alone: the numbers stand below. */
function drawBar(bar, counts, all) {
  const parts = STATES.map((it) => [it, counts.get("status" + it) ?? 0]).filter(([, amount]) => amount);
  bar.setAttribute("aria-label", parts.map(([it, amount]) => `${number(amount)} ${STATE_WORDS[it]}`).join(", "));
  show(
    bar,
    parts.map(([it, amount]) => {
      const part = el("span", { class: "part " + it.toLowerCase() });
      part.style.flexGrow = String(amount / all);
      return part;
    }),
  );
}

function showOpen(section, open) {
  section.hidden = !open.length;
  const worstFirst = inOrder(open).sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  show(
    section,
    el("h2", {}, "Open incidents"),
    list(worstFirst.slice(0, MOST_OPEN)),
    open.length > MOST_OPEN &&
      el("p", { class: "dim" }, `${number(open.length - MOST_OPEN)} more: choose the state incident below, and look at each host.`),
  );
}

/** How the fleet divides by kernel, and its open incidents by cause: the largest part first. */
function showShares(section, hosts, open) {
  const affected = new Map(hosts.map((it) => [it.host, it.kernel_release ?? "not known"]));
  const kernels = counted(hosts, (it) => it.kernel_release ?? "not known");
  const incidents = counted(open, (it) => affected.get(it.host) ?? "not known");
  const verdicts = new Map(hosts.map((it) => [it.kernel_release ?? "not known", it.kernel_verdict]));
  const causes = counted(open, (it) => causeOf(it) ?? "not known");
  show(
    section,
    el(
      "details",
      section.querySelector("details")?.open ? { open: "" } : {},
      el("summary", {}, `${plural(kernels.length, "kernel")}, ${plural(causes.length, "cause")} of open incidents`),
      table(
        "Hosts by kernel",
        ["kernel", "bug in it", "hosts", "open incidents"],
        kernels.map(([release, amount]) => [
          release,
          kernelWord(verdicts.get(release)),
          number(amount),
          number(incidents.find(([it]) => it === release)?.[1] ?? 0),
        ]),
      ),
      causes.length > 0 &&
        table(
          "Open incidents by cause",
          ["cause", "open incidents"],
          causes.map(([cause, amount]) => [cause, number(amount)]),
        ),
    ),
  );
}

function counted(items, nameOf) {
  const counts = new Map();
  for (const it of items) counts.set(nameOf(it), (counts.get(nameOf(it)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function showResolved(section, over, omitted) {
  section.hidden = !over.length;
  const unfolded = section.querySelector("details")?.open;
  show(
    section,
    el(
      "details",
      unfolded ? { open: "" } : {},
      el("summary", {}, `${plural(over.length + omitted, "incident")} resolved`),
      list(inOrder(over)),
      omitted > 0 && el("p", { class: "dim" }, `${plural(omitted, "older one")} not listed here.`),
    ),
  );
}

function list(incidents) {
  return el(
    "ul",
    { class: "cases" },
    incidents.map((it) =>
      el(
        "li",
        {},
        el(
          "a",
          { href: link(it.incident_key) },
          severity(it),
          el("b", {}, it.host),
          el("span", { class: "what" }, it.kind),
          el("span", { class: "how" }, `${state(it)}, ${it.confidence.toLowerCase()}`),
          el("span", { class: "since" }, moment(it.started_at, shortUtc), " ", el("span", { class: "dim" }, ago(it.started_at))),
          el("span", { class: "title" }, it.title, causeOf(it) && el("span", { class: "dim" }, ` \u2013 ${causeOf(it)}`)),
        ),
      ),
    ),
  );
}

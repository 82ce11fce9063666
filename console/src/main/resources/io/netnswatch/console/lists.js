import { cpus, duration, el, hostKey, link, moment, number, plural, shortUtc, show } from "./dom.js";
import { causeOf, severity, state } from "./incident.js";

// Lists of incidents and hosts, filtered by words.

const SEVERITIES = ["CRITICAL", "ERROR", "WARNING", "INFO"];

/** Open ones first, then the newest. */
export function inOrder(incidents) {
  const over = (it) => (it.status === "RESOLVED" ? 1 : 0);
  return [...incidents].sort(
    (a, b) => over(a) - over(b) || Date.parse(b.started_at) - Date.parse(a.started_at) || (a.incident_key < b.incident_key ? -1 : 1),
  );
}

export function incidentRow(incident) {
  return row(
    link(incident.incident_key),
    [
      incident.host,
      incident.kind,
      incident.title,
      causeOf(incident),
      incident.kernel_release,
      incident.severity,
      state(incident),
      incident.confidence,
      incident.status === "RESOLVED" ? "" : "open",
    ],
    el("span", { class: "first" }, severity(incident), el("b", {}, incident.host), el("span", { class: "state" }, state(incident))),
    el("span", { class: "title" }, incident.title),
    el("span", { class: "second" }, el("span", {}, causeOf(incident) ?? incident.kind), moment(incident.started_at, shortUtc)),
  );
}

/** A host, the most that its timeline shows, and how many incidents it has. */
export function hostRow(timeline, incidents) {
  const open = incidents.filter((it) => it.status !== "RESOLVED").length;
  const most = (values, words) => {
    const known = values.filter((it) => it != null);
    return known.length ? words(known.reduce((a, b) => Math.max(a, b))) : "\u2013";
  };
  return row(
    link(hostKey(timeline.host)),
    [timeline.host, timeline.kernel_release, open ? "open" : "", ...incidents.map((it) => it.kind)],
    el(
      "span",
      { class: "first" },
      el("b", {}, timeline.host),
      el("span", { class: "state" }, incidents.length ? plural(incidents.length, "incident") + (open ? `, ${open} open` : "") : ""),
    ),
    el(
      "span",
      { class: "second" },
      el("span", {}, timeline.kernel_release ?? "kernel not known"),
      el("span", {}, `hot ${most(timeline.hot_cpus, cpus)}, creation ${most(timeline.creation_ms, duration)}`),
    ),
  );
}

function row(href, words, ...lines) {
  const element = el("li", {}, el("a", { href, tabindex: "-1" }, lines));
  return { href, element, words: words.filter(Boolean).join(" ").toLowerCase() };
}

/**
 * A list with its filter: rows hold all words of the filter, in any order. One row is in the order
 * of tabs; arrow keys, Home and End move among rows, from the filter too.
 */
export function filteredList(word, rows, hint) {
  const name = word + "s";
  const list = el("ul", { class: "rows", "aria-label": name, keydown: move });
  const count = el("p", { class: "count dim", "aria-live": "polite" });
  const input = el("input", {
    type: "search",
    placeholder: hint,
    "aria-label": `Filter ${name} by ${hint}`,
    autocomplete: "off",
    spellcheck: "false",
    input: () => apply(),
    keydown: move,
  });
  list.append(...rows.map((it) => it.element));
  let matching = rows;

  function apply() {
    const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    matching = rows.filter((it) => (it.element.hidden = !wanted.every((word) => it.words.includes(word))) === false);
    show(count, matching.length === rows.length ? plural(rows.length, word) : `${number(matching.length)} of ${plural(rows.length, word)}`);
    tabStop(matching.find((it) => it.element.firstChild.ariaCurrent) ?? matching[0]);
  }
  function tabStop(stop) {
    rows.forEach((it) => (it.element.firstChild.tabIndex = it === stop ? 0 : -1));
  }
  function move(event) {
    const at = matching.findIndex((it) => it.element.contains(event.target));
    const inList = at >= 0;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: inList ? 0 : null, End: inList ? matching.length - 1 : null }[event.key];
    if (to == null) return;
    event.preventDefault();
    const target = matching[to];
    if (target) {
      tabStop(target);
      target.element.firstChild.focus();
    } else if (to < 0) {
      input.focus();
    }
  }
  apply();
  return {
    element: el("div", { class: "list" }, el("div", { class: "filter" }, input, count), list),
    input,
    filter(words) {
      input.value = words;
      apply();
    },
    /** Marks the row that is shown beside the list. */
    mark(href) {
      for (const it of rows) {
        if (it.href === href) {
          it.element.firstChild.ariaCurrent = "true";
          it.element.scrollIntoView({ block: "nearest" });
          tabStop(it);
        } else {
          it.element.firstChild.ariaCurrent = null;
        }
      }
    },
  };
}

/** How many incidents of each kind and severity; a number filters the list to these. */
export function summary(incidents, filter) {
  const groups = new Map();
  for (const it of incidents) {
    const name = `${it.severity} ${it.kind}`;
    const group = groups.get(name) ?? groups.set(name, { of: it, open: 0, over: 0, hosts: new Set() }).get(name);
    group[it.status === "RESOLVED" ? "over" : "open"]++;
    group.hosts.add(it.host);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => SEVERITIES.indexOf(a.of.severity) - SEVERITIES.indexOf(b.of.severity) || (a.of.kind < b.of.kind ? -1 : 1),
  );
  const count = (value, words, label) =>
    value
      ? el(
          "button",
          { type: "button", class: "number", "aria-label": `${value} ${label}: show these`, click: () => filter(words) },
          number(value),
        )
      : "0";
  return el(
    "table",
    { class: "summary" },
    el("caption", { class: "unseen" }, "Incidents by kind and severity"),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        ["severity", "kind", "open", "all", "hosts"].map((it) => el("th", { scope: "col" }, it)),
      ),
    ),
    el(
      "tbody",
      {},
      sorted.map(({ of, open, over, hosts }) => {
        const words = `${of.severity.toLowerCase()} ${of.kind}`;
        return el(
          "tr",
          {},
          el("td", {}, severity({ ...of, status: "OPEN" })),
          el("td", {}, of.kind),
          el("td", {}, count(open, words + " open", `open of ${of.kind}`)),
          el("td", {}, count(open + over, words, `of ${of.kind}`)),
          el("td", {}, number(hosts.size)),
        );
      }),
    ),
  );
}

import { duration, el, facts, hostKey, link, moment, number, plural, show, utcSeconds } from "./dom.js";
import { spanList, timeline } from "./timeline.js";
import { incidentView, runbookView } from "./incident.js";
import { filteredList, hostRow, incidentRow, inOrder, summary } from "./lists.js";

// The report of a replay: what was looked at, what was found, and one thing chosen by the address.

const report = JSON.parse(document.getElementById("data").textContent);
const [masthead, lists, chosen] = ["masthead", "lists", "chosen"].map((it) => document.getElementById(it));
const histories = new Map(report.incidents.map((it) => [it.latest.incident_key, it]));
const timelines = new Map(report.timelines.map((it) => [it.host, it]));
const incidents = inOrder(report.incidents.map((it) => it.latest));
const rules = report.rules.map((it) => it.replace(/ (\S+)$/, " v$1"));
const byHost = new Map();
for (const it of incidents) {
  if (!byHost.has(it.host)) byHost.set(it.host, []);
  byHost.get(it.host).push(it);
}

const incidentList = filteredList("incident", incidents.map(incidentRow), "host, kind, kernel, severity or state");
const hostList = filteredList(
  "host",
  report.timelines.map((it) => hostRow(it, byHost.get(it.host) ?? [])),
  "host, kernel or kind",
);
const tabs = [tab("Incidents", incidentList), tab("Hosts", hostList)];

show(
  masthead,
  el("div", { class: "about" }, el("p", { class: "product" }, "netnswatch"), el("h1", {}, report.title), about()),
  incidents.length > 0 && summary(incidents, (words) => open(0, words)),
);
if (incidents.length || timelines.size) {
  show(
    lists,
    timelines.size > 0 &&
      incidents.length > 0 &&
      el(
        "div",
        { class: "tabs" },
        tabs.map((it) => it.button),
      ),
    report.incidents_omitted > 0 && el("p", { class: "omitted" }, `${plural(report.incidents_omitted, "more incident")} not listed here.`),
    incidentList.element,
    hostList.element,
  );
  open(incidents.length ? 0 : 1);
}
addEventListener("hashchange", () => choose(true));
addEventListener("keydown", (event) => {
  if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) {
    tabs.find((it) => !it.list.element.hidden)?.list.input.focus();
    event.preventDefault();
  }
});
choose(false);

function about() {
  const length = Date.parse(report.to) - Date.parse(report.from);
  const unusable = Object.entries(report.unusable);
  return facts([
    ["replayed", report.source],
    [
      "history",
      [moment(report.from, utcSeconds), " to ", moment(report.to, utcSeconds), el("span", { class: "dim" }, ` ${duration(length)}`)],
    ],
    ["events", `${number(report.events)} of ${plural(report.hosts, "host")}`],
    ["not usable", unusable.length ? unusable.map(([reason, count]) => `${number(count)} ${reason.toLowerCase()}`).join(", ") : "none"],
    ["looked for", rules.map((it, i) => [el("span", { class: "whole" }, it, i < rules.length - 1 && ","), " "])],
    ["made", [moment(report.generated_at, utcSeconds), el("span", { class: "dim" }, ` by netnswatch ${report.detector_version}`)]],
  ]);
}

function tab(name, list) {
  const button = el("button", { type: "button", click: () => open(name === "Incidents" ? 0 : 1) }, name);
  return { button, list };
}

/** Shows one of the lists, filtered. */
function open(index, words) {
  tabs.forEach((it, i) => {
    it.list.element.hidden = i !== index;
    it.button.setAttribute("aria-pressed", String(i === index));
  });
  if (words != null) {
    tabs[index].list.filter(words);
    tabs[index].list.input.focus();
  }
}

/** Shows what the address names; without a name the first incident, which narrow screens leave away. */
function choose(byReader) {
  const name = decoded(location.hash.slice(1));
  if (name === "chosen") return;
  const history = histories.get(name);
  const host = history ? undefined : [...timelines.keys(), ...byHost.keys()].find((it) => hostKey(it) === name);
  document.body.classList.toggle("listing", !history && host === undefined);
  if (history) {
    showIncident(history);
  } else if (host !== undefined) {
    showHost(host);
  } else if (incidents.length) {
    showIncident(histories.get(incidents[0].incident_key));
  } else {
    showNothingFound();
  }
  if (byReader && name) {
    scrollTo(0, Math.min(scrollY, chosen.getBoundingClientRect().top + scrollY));
    if (!lists.contains(document.activeElement) || getComputedStyle(lists).display === "none")
      chosen.querySelector("h2").focus({ preventScroll: true });
  }
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function showIncident(history) {
  const { latest } = history;
  const line = timelines.get(latest.host);
  show(
    chosen,
    back(),
    el(
      "div",
      { class: "beside" },
      incidentView(history, line && timeline(line, byHost.get(latest.host), latest.incident_key)),
      runbookView(latest, history.runbook && document.getElementById("runbook-" + history.runbook)),
    ),
  );
  mark(link(latest.incident_key));
  document.title = `${latest.title} \u2013 ${report.title}`;
}

function showHost(host) {
  const line = timelines.get(host);
  const own = byHost.get(host) ?? [];
  show(
    chosen,
    back(),
    el(
      "article",
      {},
      el("p", { class: "badges" }, "host"),
      el("h2", { tabindex: "-1" }, host),
      facts([
        ["kernel", line?.kernel_release ?? own[0]?.kernel_release],
        ["incidents", number(own.length)],
      ]),
      el(
        "section",
        {},
        el("h3", {}, "Timeline"),
        line ? timeline(line, own, null) : el("p", {}, "This report has no timeline of this host."),
      ),
      own.length > 0 && el("section", {}, el("h3", {}, "Incidents"), spanList(own)),
    ),
  );
  mark(link(hostKey(host)));
  document.title = `${host} \u2013 ${report.title}`;
}

function showNothingFound() {
  const length = duration(Date.parse(report.to) - Date.parse(report.from));
  const unusable = Object.values(report.unusable).reduce((sum, it) => sum + it, 0);
  show(
    chosen,
    el(
      "article",
      { class: "nothing" },
      el("h2", { tabindex: "-1" }, "No incidents"),
      el(
        "p",
        {},
        `In ${length} of history, ${plural(report.events, "event")} of ${plural(report.hosts, "host")}, none of these was found:`,
      ),
      el(
        "ul",
        {},
        rules.map((it) => el("li", {}, it)),
      ),
      unusable > 0 && el("p", {}, `${plural(unusable, "event")} could not be used; what they would have shown is not known.`),
      report.events === 0 && el("p", {}, "There were no events at all: check what was replayed, and its range."),
    ),
  );
}

function back() {
  return el("p", { class: "back" }, el("a", { href: "#" }, "\u2190 All incidents and hosts"));
}

function mark(href) {
  tabs.forEach((it) => it.list.mark(href));
}

import { ago, copied, copyButton, cpus, duration, el, facts, hostKey, link, moment, number, plural, show, table, visible } from "./dom.js";
import { hostState, kernelWord } from "./fleet.js";
import { cpusOf, flame, hottest } from "./flame.js";
import { done, incidentView, records, runbookView, severity, stack, state, verdict } from "./incident.js";
import { inOrder } from "./lists.js";
import { liveTimeline } from "./timeline.js";

// One host, one incident, one record. Parts are drawn again when what they show has changed, and not while they are in use.

const MOST_SYMBOLS = 15;
const RUNBOOK = /(?:^|\/)([A-Za-z0-9-]+)\.md(?:#.*)?$/;

/** Where a record is shown on this page. */
export function recordAddress(topic, partition, offset) {
  return link(`record/${topic}/${partition}/${offset}`);
}

/**
 * The page of a host.
 *
 * @param about what the detector was told
 */
export function hostView(host, about) {
  const line = timelinePart(null);
  const head = part("header", (view) => [
    el("p", { class: "badges" }, hostState(view.summary.status), el("span", {}, "kernel ", kernelWord(view.kernel.verdict)), view.summary.name_shared ? el("span", {}, "two hosts have this name") : ""),
    facts([
      ["kernel", view.kernel.release],
      ["suspected", view.suspected.length && view.summary.status !== "INCIDENT" ? view.suspected.join(", ") : null],
      ["boot", view.summary.boot_id],
      ["incidents", number(view.incidents.length)],
    ]),
  ]);
  const heard = el("p", { class: "dim" });
  const incidents = part("section", (view) =>
    view.incidents.length ? [el("h2", { class: "part" }, "Incidents"), inOrder(view.incidents).map((it) => brief(it))] : [],
  );
  const actions = part("section", (steps) => (steps?.length ? [el("h2", { class: "part" }, "What was done"), done(steps)] : []));
  const kernel = part("section", (view) => [el("h2", { class: "part" }, "Kernel"), verdict(asIncident(view.kernel))]);
  const sample = part("section", (it) => [el("h2", { class: "part" }, "CPUs"), samplePart(it, about)]);
  const snapshot = part("section", (it) => [el("h2", { class: "part" }, "Tasks of interest"), snapshotPart(it)]);
  const commands = part("section", (view) => [el("h2", { class: "part" }, "Commands"), commandsFor(view, about)]);
  const runbook = part("div", (incident) => (incident ? [runbookOf(incident)] : []));
  const heading = el("h1", { tabindex: "-1" }, host);
  return {
    element: el(
      "div",
      { class: "beside" },
      el("article", {}, heading, head.element, heard, line.element, incidents.element, actions.element, sample.element, snapshot.element, kernel.element, commands.element),
      runbook.element,
    ),
    heading,
    update(view, latest) {
      head.update(view, [view.summary.status, view.kernel, view.suspected, view.incidents.length, view.summary.boot_id]);
      show(heard, "last heard ", moment(view.summary.latest_event_at), " ", ago(view.summary.latest_event_at));
      line.update(view);
      incidents.update(view, [view.incidents]);
      actions.update(latest.actions ?? [], [latest.actions ?? []]);
      kernel.update(view, [view.kernel]);
      sample.update(latest.sample, latest.sample);
      snapshot.update(latest.snapshot, latest.snapshot);
      commands.update(view, [view.incidents, view.summary.boot_id]);
      const worst = inOrder(view.incidents).find((it) => it.status !== "RESOLVED");
      runbook.update(worst, [worst?.runbook_url]);
    },
  };
}

/** The page of an incident, beside it its runbook. */
export function incidentPage(key) {
  const line = timelinePart(key);
  const heading = el("h1", { class: "unseen", tabindex: "-1" }, "Incident");
  const article = part("div", ({ incident, actions }) => [
    incidentView({ latest: incident, steps: [incident] }, line.element, recordAddress, actions),
  ]);
  const questions = part("section", (incident) => [el("h3", {}, "Ask more, in ksqlDB"), questionsFor(incident.host, incident.incident_key)]);
  const runbook = part("div", (incident) => [runbookOf(incident)]);
  const gone = el("p", { hidden: "" }, "This incident is not kept any more, or never was.");
  return {
    element: el("div", {}, heading, gone, el("div", { class: "beside" }, el("div", {}, article.element, questions.element), runbook.element)),
    heading,
    update(view, { actions }) {
      const incident = view.incidents.find((it) => it.incident_key === key);
      gone.hidden = Boolean(incident);
      if (!incident) return;
      show(heading, incident.title);
      article.update({ incident, actions }, [incident, actions]);
      questions.update(incident, [incident.incident_key]);
      line.update(view);
      runbook.update(incident, [incident.runbook_url]);
    },
  };
}

/** The page of one record. */
export function recordPage(place, record, about) {
  return el(
    "article",
    {},
    el("p", { class: "badges" }, "record"),
    el("h1", { tabindex: "-1" }, place.join(" / ")),
    facts([
      ["host", el("a", { href: link(hostKey(record.host)) }, record.host)],
      ["kernel", record.kernel_release],
      ["boot", record.boot_id],
    ]),
    record.symbols && el("section", {}, el("h2", { class: "part" }, "CPUs"), samplePart(record, about)),
    record.tasks_of_interest && el("section", {}, el("h2", { class: "part" }, "Tasks of interest"), snapshotPart(record)),
    el("section", {}, el("h2", { class: "part" }, "All fields"), whole(record)),
  );
}

function whole(record) {
  const text = el("pre", { tabindex: "0" }, JSON.stringify(record, null, 2));
  return el("div", { class: "code tall" }, text, copyButton(text.textContent, text));
}

/** A part of a page that is drawn by its data. */
function part(tag, draw) {
  const element = el(tag, {});
  let shown;
  return {
    element,
    update(data, key) {
      const now = JSON.stringify(key);
      if (data === undefined && key === undefined) return;
      if (now === shown || isInUse(element)) return;
      shown = now;
      const unfolded = new Set([...element.querySelectorAll("details[open]")].map((it) => it.dataset.key));
      const scrolled = [...element.querySelectorAll(".scroll")].map((it) => it.scrollLeft);
      show(element, data == null && key == null ? [] : draw(data));
      element.querySelectorAll("details").forEach((it) => (it.open ||= unfolded.has(it.dataset.key)));
      element.querySelectorAll(".scroll").forEach((it, i) => (it.scrollLeft = scrolled[i] ?? 0));
    },
  };
}

/** Whether somebody points at it, works in it by keyboard, or has marked some of its text. */
function isInUse(element) {
  const selection = getSelection();
  return (
    element.contains(document.activeElement) ||
    Boolean(element.querySelector(".flame:hover, .stack:hover")) ||
    (selection && !selection.isCollapsed && element.contains(selection.anchorNode))
  );
}

/** The timeline, which keeps its zoom while it grows. */
function timelinePart(chosen) {
  const element = el("section", {}, el("p", { class: "dim" }, "No window has been closed yet: the first takes some 15 s."));
  let live = null;
  return {
    element,
    update({ timeline: line, incidents }) {
      if (!line) return;
      if (!live?.update(line, incidents)) {
        live = liveTimeline(line, incidents, chosen);
        show(element, live.element);
      }
    },
  };
}

function brief(incident) {
  const over = incident.status === "RESOLVED";
  return el(
    "details",
    { class: "brief", "data-key": incident.incident_key, ...(over ? {} : { open: "" }) },
    el("summary", {}, severity(incident), " ", incident.kind, " ", el("span", { class: "dim" }, state(incident), ", ", moment(incident.started_at))),
    el("p", { class: "title" }, el("a", { href: link(incident.incident_key) }, incident.title)),
    records(incident, recordAddress),
  );
}

function runbookOf(incident) {
  const name = RUNBOOK.exec(incident.runbook_url)?.[1];
  return runbookView(incident, name && document.getElementById("runbook-" + name));
}

function asIncident(kernel) {
  return {
    kernel_verdict: kernel.verdict,
    kernel_verdict_reason: kernel.reason,
    kernel_cure: kernel.cure,
    kernel_version: kernel.version,
  };
}

function samplePart(sample, about) {
  if (!sample) return el("p", { class: "dim" }, "No sample of this host's CPUs has come since the detector was started.");
  const busy = sample.sample_count - sample.idle_count;
  return [
    el(
      "p",
      { class: "dim" },
      moment(sample.started_at),
      `, ${duration(sample.duration_ms)} of ${sample.event} on ${plural(sample.cpu_count, "CPU")}: `,
      `${cpus(cpusOf(sample, busy))} busy, ${plural(sample.sample_count, "sample")}, ${number(sample.lost_count ?? 0)} lost.`,
      sample.call_paths_recorded ? "" : " perf recorded no call paths.",
    ),
    sample.symbols.length ? flame(sample, about.hot_symbols) : el("p", {}, "Nothing but the idle task was seen."),
    sample.symbols.length > 0 && hottest(sample, about.hot_symbols, MOST_SYMBOLS),
  ];
}

function snapshotPart(snapshot) {
  if (!snapshot) return el("p", { class: "dim" }, "No snapshot of this host's tasks has come since the detector was started.");
  const { task_counts: tasks, netns_counts: namespaces } = snapshot;
  return [
    el(
      "p",
      { class: "dim" },
      moment(snapshot.collected_at),
      `: ${plural(tasks.total, "process").replace("processs", "processes")}, ${number(tasks.running)} running, ${number(tasks.uninterruptible)} in D`,
      namespaces?.reachable == null ? "" : `, ${plural(namespaces.reachable, "network namespace")}`,
      snapshot.placeholder_count ? `, ${plural(snapshot.placeholder_count, "placeholder file")}` : "",
      ".",
    ),
    snapshot.fragment_counters.length > 0 &&
      table(
        "Fragment counters out of balance",
        ["namespace", "protocol", "memory"],
        snapshot.fragment_counters.map((it) => [it.netns_name ?? `inode ${it.netns_inode ?? "?"}`, it.protocol, `${number(it.memory_bytes)} B`]),
      ),
    snapshot.tasks_of_interest.length
      ? table(
          "Tasks of interest",
          ["task", "state", "CPUs", "blocked for", "waits in", "stack"],
          snapshot.tasks_of_interest.map((it) => [
            [el("b", {}, it.comm), ` (${it.pid})`, it.netns_arguments ? el("code", { class: "dim" }, " " + it.netns_arguments) : null],
            it.state,
            it.cpu_use == null ? "\u2013" : it.cpu_use.toFixed(2),
            it.blocked_for_ms == null ? "\u2013" : duration(it.blocked_for_ms),
            el("code", {}, it.wchan ?? "\u2013"),
            it.stack?.length
              ? el("details", { "data-key": `task-${it.pid}` }, el("summary", {}, el("code", {}, it.stack[0])), stack("Stack", it.stack, "copy_net_ns"))
              : "\u2013",
          ]),
        )
      : el("p", {}, "None: no hot kernel thread, nothing in D, nothing that creates or removes a namespace."),
    snapshot.unreadable.length > 0 &&
      el(
        "ul",
        { class: "spans" },
        snapshot.unreadable.map((it) => el("li", {}, it)),
      ),
  ];
}

/** What one would type next, with this host's own numbers in it. */
function commandsFor(view, about) {
  const open = inOrder(view.incidents).find((it) => it.status !== "RESOLVED") ?? inOrder(view.incidents)[0];
  const cluster = `--bootstrap-servers=${about.bootstrap_servers} --schema-registry-url=${about.schema_registry_url}`;
  const pids = [...new Set([open?.worker?.pid, open?.blocked_creation?.pid].filter((it) => it != null))];
  const from = open ? new Date(Date.parse(open.started_at) - 600_000).toISOString() : (view.timeline?.start ?? null);
  const to = open?.ended_at ? new Date(Date.parse(open.ended_at) + 600_000).toISOString() : view.summary.latest_event_at;
  return [
    pids.length > 0 && command("On the host, as root: what these tasks are doing", pids.map((it) => `cat /proc/${it}/stack /proc/${it}/wchan; echo`).join("\n")),
    command("On the host, as root: judge it here and keep what was seen", "./netnswatch diagnose --save evidence.tar.gz"),
    from && command("Anywhere: the same detection over its history, as a page", `./netnswatch replay ${cluster} --host=${quoted(view.summary.host)} --from=${from} --to=${to} --report=report.html`),
    open?.evidence
      .filter((it) => it.source_topic != null)
      .slice(0, 1)
      .map((it) =>
        command(
          "Anywhere: the first record that it stands on",
          `kcat -C -b ${about.bootstrap_servers} -t ${it.source_topic} -p ${it.source_partition} -o ${it.source_offset} -c 1 -s value=avro -r ${about.schema_registry_url}`,
        ),
      ),
    questionsFor(view.summary.host, open?.incident_key),
  ];
}

/** What one may ask in SQL, with this host's own names in it; the tables are those of docs/queries. */
function questionsFor(host, incident) {
  const asked = [
    [
      "its namespace commands of the last hour that took longer than a second",
      `SELECT observed_at, command, outcome, latency_ms, blocked_at->wchan AS waits_in FROM netns_latencies WHERE host_key = ${sql(host)} AND latency_ms > 1000 AND ROWTIME > UNIX_TIMESTAMP() - 3600000;`,
    ],
  ];
  if (incident) {
    asked.push(
      [
        "who holds it up",
        `SELECT cause->summary AS cause_summary, culprit->comm AS culprit_comm, culprit->kernel_function AS kernel_function, blocked_count, kernel_cure FROM incidents WHERE incident_id = ${sql(incident)};`,
      ],
      [
        "how the incident went, step by step",
        `SELECT updated_at, event_action, status, severity, title FROM incident_steps WHERE incident_id = ${sql(incident)};`,
      ],
    );
  }
  return asked.map(([purpose, statement]) => command("In ksqlDB: " + purpose, statement));
}

/** As a text of SQL; names of hosts can hold anything. */
function sql(text) {
  return "'" + visible(text).replace(/'/g, "''") + "'";
}

/** A command with its purpose, to be copied. */
export function command(purpose, text) {
  return el("div", { class: "command" }, el("p", {}, purpose), copied(text));
}

/** As one word of a shell; names of hosts can hold anything. */
function quoted(text) {
  return /^[A-Za-z0-9._:-]+$/.test(text) ? text : "'" + visible(text).replace(/'/g, "'\\''") + "'";
}

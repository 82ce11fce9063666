import { copied, copyButton, cpus, duration, el, facts, hostKey, link, moment, number, table } from "./dom.js";

// One incident: what is known of it, and its runbook.

/** Coloured word for how bad it is. */
export function severity(incident) {
  return el(
    "span",
    { class: "severity " + incident.severity.toLowerCase() + (incident.status === "RESOLVED" ? " over" : "") },
    incident.severity.toLowerCase(),
  );
}

/** open, recovering, or how it ended. */
export function state(incident) {
  return (incident.resolution ?? incident.status).toLowerCase() + (incident.no_data ? ", host silent" : "");
}

/** Id of the cause, of a whole incident or of one in brief; null where nothing is known of it. */
export function causeOf(incident) {
  return incident.cause?.cause_id ?? incident.cause_id ?? null;
}

/**
 * An incident as an article.
 *
 * @param history latest and steps
 * @param drawn its host's timeline as an element; null if there is none
 * @param addressOf where a record that it stands on is shown; null if nowhere
 * @param actions what was done to its host; null if that is not known
 */
export function incidentView({ latest, steps }, drawn, addressOf = null, actions = null) {
  return el(
    "article",
    { class: "incident" },
    el("p", { class: "badges" }, severity(latest), el("span", {}, state(latest)), el("span", {}, latest.confidence.toLowerCase())),
    el("h2", { tabindex: "-1" }, latest.title),
    el("p", { class: "words" }, latest.description.split("\n")[0]),
    facts([
      ["host", el("a", { href: link(hostKey(latest.host)) }, latest.host)],
      ["kind", latest.kind],
      ["started", moment(latest.started_at)],
      [
        "detected",
        [
          moment(latest.detected_at),
          " ",
          el("span", { class: "dim" }, `${duration(Date.parse(latest.detected_at) - Date.parse(latest.started_at))} after start`),
        ],
      ],
      latest.ended_at
        ? [
            "ended",
            [
              moment(latest.ended_at),
              " ",
              el("span", { class: "dim" }, `after ${duration(Date.parse(latest.ended_at) - Date.parse(latest.started_at))}`),
            ],
          ]
        : ["last update", moment(latest.updated_at)],
      ["kernel", latest.kernel_release],
      ["rule", `${latest.rule_id} ${latest.rule_version}`],
      ["boot", latest.boot_id],
    ]),
    section("Who holds it up", waits(latest), culprit(latest)),
    section("Cause", cause(latest)),
    drawn && section("Timeline", drawn),
    section("Kernel", verdict(latest)),
    section("Evidence", shown(latest), missing(latest), records(latest, addressOf)),
    section("What was done", done(actions, latest.incident_key)),
    steps.length > 1 && section("Steps", stepTable(steps)),
    section("As text, for a ticket", copied(latest.description)),
    el("p", { class: "dim key" }, latest.incident_key),
  );
}

const PHASES = {
  WOULD_APPLY: "would do (dry run)",
  HELD_BACK: "held back",
  APPLYING: "doing",
  APPLIED: "done",
  ALREADY_SO: "was so already",
  REFUSED: "can't be done",
  REVERTING: "taking back",
  REVERTED: "taken back",
  LEFT_ALONE: "left as it is",
};

/** Steps of what was done to a host, because of one incident or of any. */
export function done(actions, key = null) {
  const steps = (actions ?? []).filter((it) => key == null || it.incident_key === key);
  if (!steps.length) return null;
  return table(
    "Steps of what was done",
    ["time", "action", "what", "step", "why"],
    steps.map((it) => [moment(it.recorded_at), it.target, it.operation, PHASES[it.phase] ?? it.phase, it.reason ?? ""]),
  );
}

/** A page of what to do; its code blocks can be copied. */
export function runbookView(incident, page) {
  if (page) {
    const text = page.content.cloneNode(true);
    for (const block of text.querySelectorAll("pre")) {
      block.tabIndex = 0;
      const wrapped = el("div", { class: "code" });
      block.replaceWith(wrapped);
      wrapped.append(block, copyButton(commands(block.textContent), block));
    }
    for (const wide of text.querySelectorAll("table")) {
      const scroll = el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table" });
      wide.replaceWith(scroll);
      scroll.append(wide);
    }
    return el("aside", { class: "runbook", "aria-label": "Runbook" }, el("h2", {}, "Runbook"), text);
  }
  const address = incident.runbook_url;
  return el(
    "aside",
    { class: "runbook", "aria-label": "Runbook" },
    el("h2", {}, "Runbook"),
    el("p", {}, /^https?:\/\//.test(address) ? el("a", { href: address, rel: "noreferrer", target: "_blank" }, address) : address),
  );
}

/** What is typed, of a screen that shows prompts and answers; all of it if there is no prompt. */
function commands(screen) {
  const typed = screen.split("\n").filter((it) => /^[#$] /.test(it));
  return typed.length ? typed.map((it) => it.slice(2)).join("\n") : screen.trimEnd();
}

function section(title, ...content) {
  return content.some((it) => it) ? el("section", {}, el("h3", {}, title), content) : null;
}

const ROLES = {
  CLEANUP: "cleans up",
  CREATOR: "creates a namespace",
  PERNET_WRITER: "loads or unloads a module",
  RTNL_OWNER: "holds rtnl",
  RTNL_WAITER: "waits for rtnl",
  LOCK_OWNER: "holds a lock",
  HOT_WORKER: "spins",
};

/** Who waits for whom, as one draws it: from the creation that hangs down to who holds it up. */
function waits({ wait_chain: chain = [], blocked_count: blocked, oldest_blocked_at: oldest }) {
  if (!chain.length) return null;
  return [
    blocked != null &&
      el("p", {}, `${number(blocked)} blocked`, oldest && [", the oldest since ", moment(oldest)]),
    el(
      "ol",
      { class: "waits" },
      chain.map((it) =>
        el(
          "li",
          it.inferred ? { class: "inferred" } : {},
          el("b", {}, it.comm == null ? "a task that was not seen" : it.pid == null ? it.comm : `${it.comm} (${it.pid})`),
          ` ${ROLES[it.task_role] ?? it.task_role.toLowerCase()}`,
          it.in_function && [" in ", el("code", {}, it.in_function)],
          it.inferred && el("span", { class: "dim" }, ", which follows from the others"),
          it.waits_for && el("span", { class: "lock" }, "waits for ", el("code", {}, it.waits_for)),
        ),
      ),
    ),
  ];
}

function culprit({ culprit: it }) {
  if (!it) return null;
  return el(
    "div",
    { class: "cards" },
    card(
      "Culprit",
      `${it.comm} (${it.pid})`,
      facts([
        ["does", ROLES[it.task_role] ?? it.task_role],
        ["function", it.kernel_function],
        ["part of", it.subsystem],
        ["state", it.state],
        ["uses", it.cpu_use == null ? null : cpus(it.cpu_use)],
        ["seen", moment(it.observed_at)],
      ]),
      stack("Stack", it.stack, it.deciding_frame == null ? it.kernel_function : it.stack[it.deciding_frame]),
    ),
  );
}

/** The known bug, or what kind of trouble it is, and what can be done without a reboot. */
function cause({ cause: it }) {
  if (!it) return null;
  const ends = it.endless == null ? "not known whether it ends" : it.endless ? "never ends by itself" : "ends by itself";
  return el(
    "div",
    { class: "cause" },
    el("p", {}, el("b", {}, it.cause_id), it.known ? "" : " (not known by name)", ": ", it.summary),
    facts([
      ["duration", ends],
      ["fixed by", it.fix],
      ["might also be", it.alternatives.join(", ") || null],
    ]),
    it.options.length > 0 && [
      el("p", {}, "Without a reboot:"),
      el(
        "ul",
        {},
        it.options.map((option) => el("li", {}, option)),
      ),
    ],
  );
}

/** What is to be said of a kernel: the fields of an incident that begin with kernel. */
export function verdict(incident) {
  const words = { AFFECTED: "affected", NOT_AFFECTED: "not affected", UNKNOWN: "not known" };
  return el(
    "div",
    { class: "verdict " + incident.kernel_verdict.toLowerCase().replace("_", "-") },
    el("p", {}, el("b", {}, words[incident.kernel_verdict]), ": ", incident.kernel_verdict_reason),
    incident.kernel_cure && el("p", {}, el("b", {}, "cure"), ": ", incident.kernel_cure),
    incident.kernel_version && el("p", { class: "dim" }, incident.kernel_version),
  );
}

function shown(incident) {
  const { hot_symbol: hot, worker, blocked_creation: blocked, fragment_imbalance: imbalance } = incident;
  return el(
    "div",
    { class: "cards" },
    hot &&
      card(
        "Hot code",
        hot.symbol,
        facts([
          ["uses", cpus(hot.cpus)],
          ["samples", number(hot.samples)],
          ["task", `${hot.comm} (${hot.pid})`],
          ["seen", moment(hot.observed_at)],
        ]),
        stack("Call path", hot.call_path, hot.symbol),
      ),
    worker &&
      card(
        "Kernel worker",
        worker.comm,
        facts([
          ["pid", String(worker.pid)],
          ["state", worker.state],
          ["uses", worker.cpu_use == null ? null : cpus(worker.cpu_use)],
          ["seen", moment(worker.observed_at)],
        ]),
        stack("Stack", worker.stack, hot?.symbol),
      ),
    blocked &&
      card(
        "Blocked creation",
        blocked.netns_name ?? blocked.comm ?? "unnamed",
        facts([
          ["seen by", blocked.origin.toLowerCase()],
          ["age", duration(blocked.age_ms)],
          ["task", blocked.pid == null ? null : `${blocked.comm ?? "?"} (${blocked.pid})`],
          ["state", blocked.state],
          ["waits in", blocked.wchan],
          ["began", moment(blocked.started_at)],
          ["seen", moment(blocked.observed_at)],
        ]),
        stack("Stack", blocked.stack, "copy_net_ns"),
      ),
    imbalance &&
      card(
        "Fragment counter",
        imbalance.netns_name ?? "unnamed namespace",
        facts([
          ["protocol", imbalance.protocol],
          ["memory", number(imbalance.memory_bytes) + " B"],
          ["inode", imbalance.netns_inode == null ? null : String(imbalance.netns_inode)],
          ["process inside", imbalance.pid == null ? null : String(imbalance.pid)],
          ["seen", moment(imbalance.observed_at)],
        ]),
      ),
  );
}

function card(title, name, ...content) {
  return el("section", { class: "card" }, el("h4", {}, title), el("p", { class: "name" }, name), content);
}

export function stack(title, frames, marked) {
  if (!frames.length) return null;
  return el(
    "div",
    { class: "stack" },
    el("p", { class: "dim" }, `${title}, innermost first`),
    el(
      "ol",
      {},
      frames.map((it) => el("li", it === marked ? { class: "marked" } : {}, it)),
    ),
  );
}

function missing(incident) {
  if (!incident.missing.length) return null;
  return el(
    "div",
    { class: "missing" },
    el("p", {}, el("b", {}, "Missing"), ", or the confidence would be higher:"),
    el(
      "ul",
      {},
      incident.missing.map((it) => el("li", {}, it)),
    ),
  );
}

/** The records that an incident stands on, with their places in Kafka. */
export function records(incident, addressOf) {
  const sourced = incident.evidence.some((it) => it.source_topic != null);
  const source = (it) => {
    if (it.source_topic == null) return "\u2013";
    const place = el("code", {}, `${it.source_topic} / ${it.source_partition} / ${it.source_offset}`);
    return addressOf ? el("a", { href: addressOf(it.source_topic, it.source_partition, it.source_offset) }, place) : place;
  };
  return table(
    "Records that this stands on",
    sourced ? ["time", "what it shows", "topic / partition / offset"] : ["time", "what it shows"],
    incident.evidence.map((it) => [moment(it.observed_at), it.summary, ...(sourced ? [source(it)] : [])]),
  );
}

function stepTable(steps) {
  return table(
    "Steps in its life",
    ["time", "step", "state", "severity", "confidence", "title"],
    steps.map((it) => [
      moment(it.updated_at),
      it.event_action.toLowerCase(),
      state(it),
      it.severity.toLowerCase(),
      it.confidence.toLowerCase(),
      it.title,
    ]),
  );
}

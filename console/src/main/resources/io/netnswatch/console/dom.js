// Elements and words that all views share. Text goes in as text nodes only.

const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Text with its control characters and direction marks spelled out: names and messages of hosts can hold any. */
export function visible(text) {
  return String(text).replace(UNSEEN, (it) => "\\u" + it.charCodeAt(0).toString(16).padStart(4, "0"));
}

/** An element; attributes that are functions listen, children that are null are left out. */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value != null) {
      element.setAttribute(name, value);
    }
  }
  element.append(...nodes(children));
  return element;
}

/** Shows these instead of what an element held. */
export function show(element, ...children) {
  element.replaceChildren(...nodes(children));
}

function nodes(children) {
  return children
    .flat(Infinity)
    .filter((it) => it != null && it !== false)
    .map((it) => (it instanceof Node ? it : document.createTextNode(visible(it))));
}

/** Pairs of a term and what is said of it; those of which nothing is known are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value != null);
  return el(
    "dl",
    { class: "facts" },
    known.map(([term, value]) => el("div", {}, el("dt", {}, term), el("dd", {}, value))),
  );
}

export function table(caption, columns, rows) {
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    el(
      "table",
      {},
      el("caption", { class: "unseen" }, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          columns.map((it) => el("th", { scope: "col" }, it)),
        ),
      ),
      el(
        "tbody",
        {},
        rows.map((cells) =>
          el(
            "tr",
            {},
            cells.map((it) => el("td", {}, it)),
          ),
        ),
      ),
    ),
  );
}

/** A moment in UTC; the reader's own time is in its tooltip. */
export function moment(iso, words = utc) {
  const at = new Date(iso);
  return el("time", { datetime: iso, title: `${utc(at)}, your time ${at.toLocaleString()}` }, words(at));
}

/** 2026-11-23 14:05:09Z, of a date. */
export function utc(date) {
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "Z");
}

/** 2026-11-23 14:05:09Z, whatever the milliseconds. */
export function utcSeconds(date) {
  return utc(date).replace(/\.\d+Z/, "Z");
}

/** 11-23 14:05:09, where there is little room. */
export function shortUtc(date) {
  return date.toISOString().slice(5, 19).replace("T", " ");
}

export function number(value) {
  return value.toLocaleString("en");
}

/** 850 ms, 12.3 s, 4 min 5 s, 3 h 20 min, 2 d 4 h. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms * 10) / 10} ms`.replace(/^-/, "\u2212");
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const units =
    ms < 3_600_000
      ? [
          [60_000, "min"],
          [1000, "s"],
        ]
      : ms < 86_400_000
        ? [
            [3_600_000, "h"],
            [60_000, "min"],
          ]
        : [
            [86_400_000, "d"],
            [3_600_000, "h"],
          ];
  const smaller = Math.round((ms % units[0][0]) / units[1][0]);
  const carry = smaller * units[1][0] === units[0][0] ? 1 : 0;
  const words = `${Math.floor(ms / units[0][0]) + carry} ${units[0][1]}`;
  return smaller && !carry ? `${words} ${smaller} ${units[1][1]}` : words;
}

export function cpus(value) {
  const shown = value.toFixed(2);
  return `${shown} CPU${shown === "1.00" ? "" : "s"}`;
}

export function plural(count, word) {
  return `${number(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** just now, 12 s ago, 3 min ago, 5 h ago, 2 d ago. */
export function ago(iso, now = Date.now()) {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000);
  if (seconds < 10) return "just now";
  const [unit, name] = seconds < 60 ? [1, "s"] : seconds < 3600 ? [60, "min"] : seconds < 86_400 ? [3600, "h"] : [86_400, "d"];
  return `${number(Math.floor(seconds / unit))} ${name} ago`;
}

/** Where an incident or host is found on this page. */
export function link(key) {
  return "#" + encodeURI(key).replace(/#/g, "%23");
}

export function hostKey(host) {
  return "host/" + host;
}

/** A button that copies; where the browser won't, it selects the text for Ctrl-C. */
export function copyButton(text, source) {
  const said = el("span", { "aria-live": "polite" }, "Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      show(said, "Copied");
    } catch {
      getSelection().selectAllChildren(source);
      show(said, "Selected: press Ctrl-C");
    }
  };
  return el("button", { type: "button", class: "copy", click: copy }, said);
}

/** Text with a button that copies it. */
export function copied(text) {
  const block = el("pre", { tabindex: "0" }, text);
  return el("div", { class: "code" }, block, copyButton(text, block));
}

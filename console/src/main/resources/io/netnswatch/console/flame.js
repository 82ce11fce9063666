import { cpus, duration, el, number, show, table } from "./dom.js";

// Where the CPUs were in one perf sample: the hottest symbols, and a flame graph of the call paths.

const LEAST_SHARE = 0.002;
const THIN = 0.03; // too narrow for a word
const ROW_REM = 1.5;

/** Whether a function is one of a signature's, of patterns that may end with a star. */
export function isNamed(patterns, name) {
  const bare = withoutSuffix(name);
  return patterns.some((it) => (it.endsWith("*") ? bare.startsWith(it.slice(0, -1)) : bare === it));
}

function withoutSuffix(name) {
  return name.replace(/(\.(isra|part|constprop|cold|lto_priv)(\.\d+)*)+$/, "");
}

/** CPUs that so many samples are. */
export function cpusOf(sample, samples) {
  return samples / (sample.frequency_hz * (sample.duration_ms / 1000));
}

/** The hottest symbols, each with its task. */
export function hottest(sample, patterns, most) {
  return table(
    "Hottest symbols",
    ["symbol", "CPUs", "samples", "task"],
    sample.symbols
      .slice(0, most)
      .map((it) => [
        el("code", isNamed(patterns, it.symbol) ? { class: "named" } : {}, it.symbol),
        cpusOf(sample, it.samples).toFixed(2),
        number(it.samples),
        `${it.comm} (${it.pid})`,
      ]),
  );
}

/** Nodes by name under their caller: task, outermost function, and inwards. */
export function tree(sample) {
  const root = node("all tasks", null);
  for (const symbol of sample.symbols) {
    const task = child(root, `${symbol.comm} (${symbol.pid})`);
    let rest = symbol.samples;
    for (const path of symbol.call_paths) {
      add(task, [...path.frames].reverse(), path.samples);
      rest -= path.samples;
    }
    if (rest > 0) add(task, [symbol.symbol], rest);
  }
  root.samples = [...root.children.values()].reduce((sum, it) => sum + it.samples, 0);
  return root;
}

function node(name, parent) {
  return { name, parent, samples: 0, children: new Map() };
}

function child(parent, name) {
  if (!parent.children.has(name)) parent.children.set(name, node(name, parent));
  return parent.children.get(name);
}

function add(task, names, samples) {
  let at = task;
  at.samples += samples;
  for (const name of names) {
    at = child(at, name);
    at.samples += samples;
  }
}

/**
 * The flame graph, hanging: callers above, what they call below. A frame chosen fills the width; arrows move among frames.
 *
 * @param sample a PerfSample
 * @param patterns functions that signatures name
 */
export function flame(sample, patterns) {
  const root = tree(sample);
  const graph = el("div", { class: "flame", role: "group", "aria-label": described(sample, root), keydown: move });
  const said = el("p", { class: "said dim", "aria-live": "off" });
  const elements = new Map();
  const words = (it) =>
    `${it.name}: ${cpus(cpusOf(sample, it.samples))}, ${number(it.samples)} samples, ${Math.round((100 * it.samples) / root.samples)} %`;

  function draw(top) {
    elements.clear();
    const frames = [];
    const chain = [];
    for (let it = top.parent; it; it = it.parent) chain.unshift(it);
    chain.forEach((it, depth) => frames.push(frame(it, depth, 0, 1, "outside")));
    const depth = lay(top, chain.length, 0, 1, frames);
    graph.style.height = `${(depth + 1) * ROW_REM}rem`;
    show(graph, frames);
    elements.get(top).tabIndex = 0;
    show(said, words(top));
  }
  function lay(at, depth, left, width, frames) {
    frames.push(frame(at, depth, left, width, ""));
    let from = left;
    let deepest = depth;
    for (const it of ordered(at)) {
      const share = (width * it.samples) / at.samples;
      if (share >= LEAST_SHARE) deepest = Math.max(deepest, lay(it, depth + 1, from, share, frames));
      from += share;
    }
    return deepest;
  }
  function frame(at, depth, left, width, kind) {
    const named = isNamed(patterns, at.name);
    const label = words(at);
    const element = el(
      "button",
      {
        type: "button",
        class: ["frame", kind, width < THIN && "thin", named && "named", `shade-${shade(at.name)}`].filter(Boolean).join(" "),
        title: label,
        "aria-label": label,
        tabindex: "-1",
        click: () => {
          draw(at);
          elements.get(at).focus();
        },
        focus: () => show(said, label),
        mouseenter: () => show(said, label),
      },
      at.name,
    );
    element.style.left = `${left * 100}%`;
    element.style.width = `${width * 100}%`;
    element.style.top = `${depth * ROW_REM}rem`;
    elements.set(at, element);
    return element;
  }
  function move(event) {
    const at = [...elements.keys()].find((it) => elements.get(it) === document.activeElement);
    if (!at) return;
    const beside = at.parent ? ordered(at.parent).filter((it) => elements.has(it)) : [at];
    const i = beside.indexOf(at);
    const to = {
      ArrowUp: at.parent,
      ArrowDown: ordered(at).find((it) => elements.has(it)),
      ArrowLeft: beside[i - 1],
      ArrowRight: beside[i + 1],
      Home: root,
    }[event.key];
    if (event.key === "Escape") {
      draw(root);
      elements.get(root).focus();
    } else if (to && elements.has(to)) {
      elements.get(at).tabIndex = -1;
      elements.get(to).tabIndex = 0;
      elements.get(to).focus();
    } else {
      return;
    }
    event.preventDefault();
  }
  draw(root);
  return el("div", {}, graph, said);
}

function ordered(at) {
  return [...at.children.values()].sort((a, b) => b.samples - a.samples || (a.name < b.name ? -1 : 1));
}

/** The same function has the same shade everywhere. */
function shade(name) {
  let sum = 0;
  for (const it of name) sum = (sum * 31 + it.codePointAt(0)) % 4093;
  return sum % 4;
}

function described(sample, root) {
  return (
    `Flame graph of ${duration(sample.duration_ms)} on ${number(sample.cpu_count)} CPUs, ` +
    `${number(root.samples)} samples that were not idle. Arrow keys move among frames, Enter enlarges one, Escape shows all.`
  );
}

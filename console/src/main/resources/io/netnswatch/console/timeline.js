import { cpus, duration, el, link, moment, number, show, table, utc } from "./dom.js";

// One host's timeline: CPUs above, creation latency below, incidents shaded behind both.

const HOT_CPUS = 0.5;
const BLOCKED_MS = 5_000;
const BRIDGED_S = 30; // a source is silent that long between two readings
const LONG_S = 1800; // longer ranges are first shown around the incident
const MAX_LANES = 3;
const LANE_PX = 16;
const MAX_ROWS = 500;
const AXIS_PX = 58;

const SERIES = [
  { name: "hot code", color: "--hot", values: "hot_cpus", words: cpus },
  { name: "kernel worker", color: "--worker", values: "worker_cpus", words: cpus },
  { name: "slowest creation", color: "--creation", values: "creation_ms", words: duration },
];

let charts = 0;

/**
 * The timeline as an element.
 *
 * @param data host, start, bucket_ms and the series; null where nothing was measured
 * @param incidents those of the host, newest state of each
 * @param chosen key of the one to look at; null for none
 */
export function timeline(data, incidents, chosen) {
  return liveTimeline(data, incidents, chosen).element;
}

/** The same for data that grows: update takes them in, and answers false where only a new timeline can show them. */
export function liveTimeline(data, incidents, chosen) {
  const shared = { ...timesOf(data), data };
  shared.spans = spansOf(incidents, chosen, shared.range[1]);
  shared.sync = uPlot.sync("timeline-" + charts++);
  shared.readout = readoutOf(shared);
  const plots = [cpuPlot(shared), creationPlot(shared)];
  const zoom = (from, to) =>
    plots.forEach((it) => it.setScale("x", { min: Math.max(from, shared.range[0]), max: Math.min(to, shared.range[1]) }));
  const focus = () => shared.spans.find((it) => it.chosen);
  const whole = () => zoom(...shared.range);
  const incident = () => zoom(...around(focus()));
  if (focus() && shared.range[1] - shared.range[0] > LONG_S) incident();
  else whole();

  const values = asTable(shared, plots[0]);
  shared.zoomed = values.refill;

  const box = el(
    "div",
    { class: "plots", tabindex: "0", role: "group", keydown: (event) => steer(event, plots, shared, zoom) },
    plots.map((it) => it.root),
  );
  const describe = () => box.setAttribute("aria-label", described(shared) + " Arrow keys read values, + and - zoom.");
  describe();
  fitInto(box, plots);
  return {
    element: el(
      "div",
      { class: "timeline" },
      el(
        "div",
        { class: "tools" },
        shared.readout.element,
        el(
          "span",
          { class: "buttons" },
          focus() && el("button", { type: "button", click: incident }, "This incident"),
          el("button", { type: "button", click: whole }, "Whole range"),
        ),
      ),
      box,
      values.element,
    ),
    update(nextData, nextIncidents) {
      const next = timesOf(nextData);
      const spans = spansOf(nextIncidents, chosen, next.range[1]);
      if (lanesOf(spans) !== lanesOf(shared.spans)) return false;
      const { min, max } = plots[0].scales.x;
      const showsAll = min <= shared.range[0] && max >= shared.range[1];
      Object.assign(shared, next, { data: nextData, spans });
      plots.forEach((it) => it.setData(it.columns(), false));
      if (showsAll) whole();
      else zoom(min, max);
      shared.readout.at(null);
      describe();
      return true;
    },
  };
}

function timesOf(data) {
  const count = data.hot_cpus.length;
  const start = Date.parse(data.start);
  const seconds = Array.from({ length: count }, (_, i) => (start + i * data.bucket_ms) / 1000);
  return { seconds, range: [seconds[0], (start + count * data.bucket_ms) / 1000] };
}

/** Incidents of a host as links, for those who can't see the shaded spans. */
export function spanList(incidents) {
  return el(
    "ul",
    { class: "spans" },
    incidents.map((it) =>
      el(
        "li",
        {},
        el("a", { href: link(it.incident_key) }, it.kind),
        " ",
        moment(it.started_at),
        it.ended_at ? [" to ", moment(it.ended_at)] : ", not ended",
      ),
    ),
  );
}

function spansOf(incidents, chosen, end) {
  const spans = incidents
    .map((it) => ({
      from: Date.parse(it.started_at) / 1000,
      detected: Date.parse(it.detected_at) / 1000,
      to: it.ended_at ? Date.parse(it.ended_at) / 1000 : end,
      label: it.kind,
      color: "--" + it.severity.toLowerCase(),
      chosen: it.incident_key === chosen,
    }))
    .sort((a, b) => a.from - b.from);
  const free = [];
  for (const span of spans) {
    const lane = free.findIndex((it) => it <= span.from);
    span.lane = lane >= 0 ? lane : free.length;
    free[span.lane] = span.to;
  }
  return spans;
}

function around(span) {
  const margin = Math.max(180, (span.to - span.from) / 3);
  return [span.from - margin, span.to + margin];
}

function lanesOf(spans) {
  return Math.min(MAX_LANES, Math.max(0, ...spans.map((it) => it.lane + 1)));
}

function cpuPlot(shared) {
  const lanes = lanesOf(shared.spans);
  return plot(shared, SERIES.slice(0, 2), {
    zoomed: () => shared.zoomed?.(),
    height: 170 + lanes * LANE_PX,
    padding: [6 + lanes * LANE_PX, 24, 0, 0],
    scale: { range: (u, min, max) => [0, Math.max(1.2, max * 1.1)] },
    axis: { label: "CPUs", values: (u, splits) => splits.map((it) => String(Math.round(it * 100) / 100)) },
    times: () => [],
    above: (u) => {
      drawThreshold(u, HOT_CPUS, `hot from ${HOT_CPUS} CPUs`);
      drawLabels(u, shared.spans);
    },
  });
}

function creationPlot(shared) {
  return plot(shared, SERIES.slice(2), {
    height: 160,
    padding: [6, 24, 0, 0],
    scale: { distr: 3, range: (u, min, max) => [1, 10 ** Math.ceil(Math.log10(Math.max(10_001, max ?? 0)))] },
    axis: {
      label: "slowest creation",
      splits: (u, axis, min, max) => powersOfTen(max),
      filter: (u, splits) => splits,
      values: (u, splits) => splits.map((it) => (it < 1000 ? `${it} ms` : `${number(it / 1000)} s`)),
    },
    times: clock,
    above: (u) => {
      drawThreshold(u, BLOCKED_MS, `blocked from ${duration(BLOCKED_MS)}`);
      drawWindows(u, shared);
    },
  });
}

function powersOfTen(max) {
  return Array.from({ length: Math.round(Math.log10(max)) + 1 }, (_, i) => 10 ** i);
}

function plot(shared, series, look) {
  const { sync, readout } = shared;
  const bridged = Math.max(BRIDGED_S, 2 * (shared.data.bucket_ms / 1000));
  const columns = () => [
    shared.seconds,
    ...series.map((it) =>
      it.values === "creation_ms" ? shared.data[it.values].map((ms) => (ms == null ? null : Math.max(1, ms))) : shared.data[it.values],
    ),
  ];
  const grid = { stroke: () => css("--line"), width: 1 };
  const axis = { stroke: () => css("--dim"), font: "12px system-ui, sans-serif", grid, ticks: { show: false } };
  const chart = new uPlot(
    {
      width: 600,
      height: look.height,
      padding: look.padding,
      legend: { show: false },
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { x: { time: true, range: (u, min, max) => (min === max ? shared.range : [min, max]) }, y: look.scale },
      axes: [
        { ...axis, values: look.times, size: look.times === clock ? 28 : 6, space: 90 },
        { ...axis, ...look.axis, scale: "y", size: AXIS_PX, labelSize: 16, labelFont: "12px system-ui, sans-serif" },
      ],
      series: [
        {},
        ...series.map((it) => ({
          label: it.name,
          scale: "y",
          stroke: () => css(it.color),
          width: 1.5,
          gaps: (u, s, from, to, gaps) => gaps.filter(([left, right]) => right - left > widthOf(u, bridged)),
          points: { size: 5, fill: () => css(it.color), show: true, filter: () => alone(shared.data[it.values], bridged / (shared.data.bucket_ms / 1000)) },
        })),
      ],
      hooks: {
        drawClear: [(u) => drawSpans(u, shared.spans)],
        draw: [look.above],
        setScale: [(u, scale) => scale === "x" && look.zoomed?.()],
        setCursor: [(u) => u.cursor.event && readout.at(u.cursor.idx)],
      },
    },
    columns(),
  );
  return Object.assign(chart, { columns });
}

function widthOf(u, ofSeconds) {
  const { min } = u.scales.x;
  return u.valToPos(min + ofSeconds, "x", true) - u.valToPos(min, "x", true) + 1;
}

/** Values that no line reaches: nothing was measured near them. */
function alone(values, reach) {
  const near = (i) => {
    for (let j = 1; j <= reach; j++) if (values[i - j] != null || values[i + j] != null) return true;
    return false;
  };
  return values.flatMap((value, i) => (value != null && !near(i) ? [i] : []));
}

function clock(u, splits, axis, space, step) {
  const day = (it) => new Date(it * 1000).toISOString().slice(5, 10);
  return splits.map((it, i) => {
    const iso = new Date(it * 1000).toISOString();
    const time = step < 1 ? iso.slice(11, 22) : step < 60 ? iso.slice(11, 19) : iso.slice(11, 16);
    return i === 0 || day(splits[i - 1]) !== day(it) ? `${day(it)} ${time}` : time;
  });
}

function drawSpans(u, spans) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const span of spans) {
    const left = u.valToPos(span.from, "x", true);
    const width = Math.max(devicePixelRatio, u.valToPos(span.to, "x", true) - left);
    ctx.fillStyle = css(span.color);
    ctx.globalAlpha = span.chosen ? 0.13 : 0.06;
    ctx.fillRect(left, bbox.top, width, bbox.height);
    if (span.chosen) {
      ctx.globalAlpha = 0.8;
      upright(u, span.detected, css(span.color), [2, 3]);
    }
  }
  ctx.restore();
}

function upright(u, at, color, dashes) {
  const { ctx, bbox } = u;
  const x = Math.round(u.valToPos(at, "x", true));
  ctx.beginPath();
  ctx.setLineDash(dashes.map((it) => it * devicePixelRatio));
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = color;
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** A bar with its name for each incident, in lanes above the plot. */
function drawLabels(u, spans) {
  const { ctx, bbox } = u;
  const pixel = devicePixelRatio;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.font = `${11.5 * pixel}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  for (const span of spans.filter((it) => it.lane < MAX_LANES)) {
    const from = Math.max(bbox.left, u.valToPos(span.from, "x", true));
    const to = Math.min(right, u.valToPos(span.to, "x", true));
    if (to < bbox.left || from > right) continue;
    const next = spans.find((it) => it.lane === span.lane && it.from > span.from);
    const room = (next ? Math.min(right, u.valToPos(next.from, "x", true)) : right) - from;
    const bottom = bbox.top - span.lane * LANE_PX * pixel - 2 * pixel;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, bottom - LANE_PX * pixel, Math.max(0, room - 4 * pixel), LANE_PX * pixel);
    ctx.clip();
    ctx.fillStyle = css(span.color);
    ctx.globalAlpha = span.chosen ? 1 : 0.55;
    ctx.fillRect(from, bottom - 2 * pixel, Math.max(2 * pixel, to - from), 2 * pixel);
    ctx.globalAlpha = 1;
    ctx.fillStyle = css(span.chosen ? "--text" : "--dim");
    ctx.fillText(span.label, from, bottom - 5 * pixel);
    ctx.restore();
  }
  if (spans.some((it) => it.chosen)) {
    const span = spans.find((it) => it.chosen);
    const x = u.valToPos(span.detected, "x", true);
    if (x > bbox.left && x < right - 60 * pixel) {
      ctx.fillStyle = css(span.color);
      ctx.fillText("detected", x + 4 * pixel, bbox.top + 12 * pixel);
    }
  }
  ctx.restore();
}

function drawThreshold(u, value, words) {
  const { ctx, bbox } = u;
  const y = Math.round(u.valToPos(value, "y", true));
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = css("--dim");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `${11.5 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.fillText(words, bbox.left + bbox.width - 4, y + 13 * devicePixelRatio);
  ctx.restore();
}

/** What a bucket shows. */
function windowAt(data, i) {
  const hot = data.hot_cpus[i] >= HOT_CPUS;
  const blocked = data.creation_ms[i] >= BLOCKED_MS;
  if (hot && blocked) return { words: "hot and blocked", color: "--critical" };
  if (hot) return { words: "hot", color: "--error" };
  if (blocked) return { words: "blocked", color: "--error" };
  return SERIES.some((it) => data[it.values][i] != null) ? { words: "quiet", color: "--good" } : { words: "\u2013", color: null };
}

/** A strip at the foot: one cell for each bucket, in the colour of what it shows. */
function drawWindows(u, { data, seconds }) {
  const { ctx, bbox } = u;
  const height = 4 * devicePixelRatio;
  const width = widthOf(u, data.bucket_ms / 1000) - 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  seconds.forEach((at, i) => {
    const { color } = windowAt(data, i);
    if (!color) return;
    ctx.fillStyle = css(color);
    ctx.globalAlpha = color === "--good" ? 0.35 : 0.9;
    ctx.fillRect(u.valToPos(at, "x", true), bbox.top + bbox.height - height, Math.max(width - 1, 1), height);
  });
  ctx.restore();
}

/** The legend, which also says the values under the cursor; without a cursor the greatest. Only keys make it speak. */
function readoutOf(shared) {
  const when = el("span", { class: "when" });
  const values = SERIES.map(() => el("b", {}));
  const verdict = el("b", {});
  const at = (index) => {
    const { data } = shared;
    show(when, index == null ? "at the most" : utc(new Date(Date.parse(data.start) + index * data.bucket_ms)).slice(5));
    SERIES.forEach((it, i) => {
      const value = index == null ? greatest(data[it.values]) : data[it.values][index];
      show(values[i], value == null ? "\u2013" : it.words(value));
    });
    show(verdict, index == null ? `${number(data.hot_cpus.length)} of ${duration(data.bucket_ms)}` : windowAt(data, index).words);
  };
  at(null);
  const element = el(
    "p",
    { class: "readout" },
    when,
    SERIES.map((it, i) => el("span", {}, el("i", { class: "swatch " + it.color.slice(2) }), it.name, " ", values[i])),
    el("span", {}, el("i", { class: "swatch window" }), "windows ", verdict),
  );
  const spoken = el("span", { class: "unseen", "aria-live": "polite" });
  element.append(spoken);
  const speak = (index) => {
    at(index);
    show(
      spoken,
      [when, ...values].map((it, i) => (i ? `${SERIES[i - 1].name} ` : "") + it.textContent).join(", "),
      `, window ${verdict.textContent}`,
    );
  };
  return { element, at, speak };
}

function greatest(values) {
  return values.reduce((most, it) => (it != null && (most == null || it > most) ? it : most), null);
}

function described({ data, spans }) {
  const most = SERIES.map((it) => {
    const value = greatest(data[it.values]);
    return `${it.name} ${value == null ? "not measured" : "at most " + it.words(value)}`;
  });
  return `Timeline of ${data.host}: ${most.join(", ")}; ${number(spans.length)} incidents. The values follow as a table.`;
}

/** Arrow keys move the cursor by one bucket, + and - zoom around it. */
function steer(event, plots, shared, zoom) {
  const [first] = plots;
  const { seconds } = shared;
  const { min, max } = first.scales.x;
  const index =
    shared.index ??
    Math.max(
      0,
      seconds.findIndex((it) => it >= (min + max) / 2),
    );
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const factor = { "+": 0.5, "-": 2 }[event.key];
  if (step) {
    shared.index = Math.min(seconds.length - 1, Math.max(0, index + step));
    const left = first.valToPos(seconds[shared.index], "x");
    plots.forEach((it) => it.setCursor({ left, top: 10 }));
    shared.readout.speak(shared.index);
    event.preventDefault();
  } else if (factor) {
    const half = ((max - min) * factor) / 2;
    zoom(seconds[index] - half, seconds[index] + half);
    event.preventDefault();
  }
}

/** Follows the width of its box and the colours of the page; ends when it is taken off the page. */
function fitInto(box, plots) {
  const redraw = () => plots.forEach((it) => it.redraw(false));
  const media = ["(prefers-color-scheme: dark)", "print"].map((it) => matchMedia(it));
  media.forEach((it) => it.addEventListener("change", redraw));
  let seen = false;
  const observer = new ResizeObserver(() => {
    if (box.isConnected) {
      seen = true;
      plots.forEach((it) => it.setSize({ width: box.clientWidth, height: it.height }));
    } else if (seen) {
      observer.disconnect();
      media.forEach((it) => it.removeEventListener("change", redraw));
      plots.forEach((it) => it.destroy());
    }
  });
  observer.observe(box);
}

/** The values of what is zoomed to; made when it is opened. */
function asTable(shared, plot) {
  const rows = el("div", {});
  const fill = () => {
    const { data, seconds } = shared;
    const { min, max } = plot.scales.x;
    const inside = seconds
      .map((_, i) => i)
      .filter((i) => seconds[i] >= min && seconds[i] <= max && SERIES.some((it) => data[it.values][i] != null));
    show(
      rows,
      inside.length > MAX_ROWS && el("p", {}, `The first ${MAX_ROWS} of ${number(inside.length)}; zoom in for the others.`),
      table(
        `Values of ${data.host}, ${duration(data.bucket_ms)} each`,
        ["time", ...SERIES.map((it) => it.name)],
        inside
          .slice(0, MAX_ROWS)
          .map((i) => [
            moment(new Date(seconds[i] * 1000).toISOString()),
            ...SERIES.map((it) => (data[it.values][i] == null ? "\u2013" : it.words(data[it.values][i]))),
          ]),
      ),
    );
  };
  const element = el("details", { class: "values", toggle: () => refill() }, el("summary", {}, "Values as a table"), rows);
  const refill = () => element.open && fill();
  return { element, refill };
}

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

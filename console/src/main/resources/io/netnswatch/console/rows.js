import { el, show } from "./dom.js";

// A table of any length: only the rows near the window are there.

const BEYOND = 12;

/**
 * An empty table.
 *
 * @param columns names of the columns
 * @param cellsOf cells of a row's data; the first holds the row's link
 * @param keyOf what tells rows apart
 */
export function longTable(caption, columns, cellsOf, keyOf) {
  const body = el("tbody", { keydown: move, focusin: remember });
  const table = el(
    "table",
    { class: "long" },
    el("caption", { class: "unseen" }, caption),
    el(
      "thead",
      {},
      el(
        "tr",
        { "aria-rowindex": "1" },
        columns.map((it) => el("th", { scope: "col" }, it)),
      ),
    ),
    body,
  );
  const above = space();
  const below = space();
  let rows = [];
  let drawn = new Map();
  let height = 0;
  let current = 0;

  function draw() {
    if (!table.isConnected) return;
    if (!height && rows.length) height = measured();
    const top = -body.getBoundingClientRect().top;
    const first = height ? clamp(Math.floor(top / height) - BEYOND, 0, Math.max(0, rows.length - 1)) : 0;
    const last = height ? clamp(Math.ceil((top + innerHeight) / height) + BEYOND, 0, rows.length) : 0;
    const focused = body.contains(document.activeElement) ? keyOf(rows[current] ?? {}) : null;
    const next = new Map();
    for (let i = first; i < last; i++) {
      const key = keyOf(rows[i]);
      const kept = drawn.get(key);
      const element = kept?.of === rows[i] && kept.minute === minute() ? kept.element : row(rows[i]);
      element.setAttribute("aria-rowindex", String(i + 2));
      element.querySelector("a").tabIndex = i === current ? 0 : -1;
      next.set(key, { of: rows[i], minute: minute(), element });
    }
    drawn = next;
    above.style.height = `${first * height}px`;
    below.style.height = `${(rows.length - last) * height}px`;
    const wanted = [above, ...[...next.values()].map((it) => it.element), below];
    if (wanted.length !== body.children.length || wanted.some((it, i) => it !== body.children[i])) show(body, wanted);
    if (current < first || current >= last) next.values().next().value?.element.querySelector("a").setAttribute("tabindex", "0");
    if (focused != null) next.get(focused)?.element.querySelector("a").focus({ preventScroll: true });
  }
  function row(of) {
    return el(
      "tr",
      {},
      cellsOf(of).map((it, i) => (i ? el("td", {}, it) : el("th", { scope: "row" }, it))),
    );
  }
  function measured() {
    const one = row(rows[0]);
    show(body, one);
    return one.getBoundingClientRect().height;
  }
  function remember(event) {
    const key = [...drawn].find(([, it]) => it.element.contains(event.target))?.[0];
    current = Math.max(
      0,
      rows.findIndex((it) => keyOf(it) === key),
    );
  }
  function move(event) {
    const page = Math.max(1, Math.floor(innerHeight / height) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length }[event.key];
    if (!step || !rows.length) return;
    event.preventDefault();
    go(clamp(current + step, 0, rows.length - 1));
  }
  function go(index) {
    current = index;
    const top = body.getBoundingClientRect().top + index * height;
    const margin = 2 * height;
    if (top < margin) scrollBy(0, top - margin);
    else if (top + height > innerHeight - margin) scrollBy(0, top + height - innerHeight + margin);
    draw();
    drawn.get(keyOf(rows[index]))?.element.querySelector("a").focus({ preventScroll: true });
  }
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      draw();
    });
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", () => {
    height = 0;
    drawn = new Map();
    soon();
  });
  return {
    element: table,
    draw,
    /** Shows these, in this order. */
    set(newRows) {
      const key = rows.length ? keyOf(rows[Math.min(current, rows.length - 1)]) : null;
      rows = newRows;
      current = Math.max(
        0,
        rows.findIndex((it) => keyOf(it) === key),
      );
      table.setAttribute("aria-rowcount", String(rows.length + 1));
      draw();
    },
    enter: () => rows.length && go(0),
  };
}

/** What is said of times changes with it. */
function minute() {
  return Math.floor(Date.now() / 5_000);
}

function space() {
  return el("tr", { class: "space", "aria-hidden": "true" });
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

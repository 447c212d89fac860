// The sheet under the top bar's Picture: a histogram on which the window is dragged, colours, inversion.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const SVG = "http://www.w3.org/2000/svg";
  const [WIDE, HIGH, STRIP] = [320, 72, 10];
  const GRIP = 12; // on either side of an end, in the picture's own units
  const BARS = 128;
  const FINE = 10; // steps that Shift makes of one

  const counted = new Map(); // source of values -> its histogram
  const byId = (id) => document.getElementById(id);
  const tell = (window_) => dash.set_props("window", { data: window_ });
  const { clamp } = trueslice.patient;
  let shown = null; // {low, high} of the histogram on show
  let drag = null;

  // histogram -----------------------------------------------------------------------------------------------
  async function countedVolume(scene) {
    const response = await fetch(`/volumes/${scene.key}/levels`, { cache: "no-store" });
    if (!response.ok) return null;
    const { counts, edges } = await response.json();
    return { counts, low: edges[0], high: edges[edges.length - 1], of: "Of the whole series; heights are logarithmic." };
  }

  function countedPicture(scene) {
    const index = trueslice.shownIndex("picture");
    const slice = index === null ? null : trueslice.cache.get(trueslice.sourceOf(scene), "picture", index);
    if (!slice) return null;
    const values = slice.z.flatMap((line) => Array.from(line).filter(Number.isFinite));
    const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
    const counts = Array(BARS).fill(0);
    values.forEach((value) => { counts[Math.min(BARS - 1, Math.floor(((value - low) / (high - low || 1)) * BARS))] += 1; });
    return { counts, low, high, of: `Of picture ${index + 1}; heights are logarithmic.` };
  }

  async function histogramOf(scene) {
    const name = scene.kind === "volume" ? scene.key : `${trueslice.sourceOf(scene)}/${trueslice.shownIndex("picture")}`;
    if (!counted.has(name)) {
      counted.clear();
      counted.set(name, await (scene.kind === "volume" ? countedVolume(scene) : countedPicture(scene)));
    }
    return counted.get(name) || null;
  }

  // drawing -------------------------------------------------------------------------------------------------
  function drawn(tag, fields, ...children) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(fields).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }

  function bars({ counts, low, high }, at) {
    const top = Math.log1p(Math.max(...counts)) || 1;
    const each = (high - low) / counts.length;
    const shape = counts.map((count, bar) => {
      const y = (HIGH * (1 - Math.log1p(count) / top)).toFixed(1);
      return `L${at(low + bar * each).toFixed(1)} ${y}L${at(low + (bar + 1) * each).toFixed(1)} ${y}`;
    });
    return drawn("path", { class: "bars", d: `M${at(low).toFixed(1)} ${HIGH}${shape.join("")}L${at(high).toFixed(1)} ${HIGH}Z` });
  }

  function strip(window_, at) {
    const { cmin, cmax, colorscale } = trueslice.voi.coarse(window_);
    const stops = colorscale.map(([share, colour]) => drawn("stop", {
      offset: clamp(at(cmin + share * (cmax - cmin)) / WIDE, 0, 1), "stop-color": colour,
    }));
    return [
      drawn("defs", {}, drawn("linearGradient", { id: "window-colours" }, ...stops)),
      drawn("rect", { x: 0, y: HIGH + 2, width: WIDE, height: STRIP, fill: "url(#window-colours)" }),
    ];
  }

  // Values as the scale of the window writes them.
  function written(scene, window_, value) {
    const { center } = trueslice.values.seen(scene, window_.scale, { center: value, width: 0 });
    const digits = Math.abs(window_.width) < 20 ? 2 : 0;
    const unit = trueslice.values.unit(scene, window_.scale);
    return `${trueslice.patient.written(center, digits)}${unit ? `\u2009${unit}` : ""}`;
  }

  function end(scene, window_, name, value, at) {
    const x = clamp(at(value), 1, WIDE - 1);
    return drawn("g", {
      class: "end", tabindex: 0, role: "slider", "data-end": name, "aria-label": `${name} end of the window`,
      "aria-valuenow": value, "aria-valuetext": written(scene, window_, value),
    }, drawn("rect", { x: x - GRIP / 2, y: 0, width: GRIP, height: HIGH + STRIP + 2 }), drawn("line", { x1: x, x2: x, y1: 0, y2: HIGH + STRIP + 2 }));
  }

  function picture(scene, window_, found) {
    const [low, high] = trueslice.voi.ends(window_);
    if (!drag) shown = { low: Math.min(found.low, low), high: Math.max(found.high, high) };
    const at = (value) => ((value - shown.low) / (shown.high - shown.low || 1)) * WIDE;
    const [from, to] = [low, high].map((value) => clamp(at(value), 0, WIDE));
    const focused = document.activeElement && document.activeElement.dataset.end;
    const svg = drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH + STRIP + 2}` },
      drawn("rect", { class: "ground", x: 0, y: 0, width: WIDE, height: HIGH }), bars(found, at),
      drawn("rect", { class: "shown", x: from, y: 0, width: to - from, height: HIGH }), ...strip(window_, at),
      end(scene, window_, "lower", low, at), end(scene, window_, "upper", high, at));
    byId("histogram").replaceChildren(svg);
    if (focused) svg.querySelector(`[data-end=${focused}]`).focus();
    const words = [written(scene, window_, low), written(scene, window_, high)].map((text) => Object.assign(document.createElement("span"), { textContent: text }));
    byId("histogram-ends").replaceChildren(...words);
    byId("histogram-of").textContent = found.of;
  }

  async function draw() {
    const { scene, window: window_ } = trueslice;
    const sheet = document.querySelector(".sheet-window");
    if (!sheet || !scene || !scene.key || !window_ || window_.key !== scene.key) return;
    sheet.classList.toggle("is-absent", Boolean(scene.colour));
    if (scene.colour || !sheet.offsetWidth) return;
    byId("colour-map").value = window_.map;
    byId("invert").ariaPressed = String(Boolean(window_.invert));
    const found = await histogramOf(scene);
    if (trueslice.scene !== scene) return;
    byId("histogram").hidden = !found;
    if (found) picture(scene, trueslice.window, found);
    else byId("histogram-of").textContent = "No histogram: the values cannot be read here.";
  }

  // hand ----------------------------------------------------------------------------------------------------
  const valueUnder = ({ clientX }) => {
    const { left, width } = byId("histogram").getBoundingClientRect();
    return shown.low + clamp((clientX - left) / width, 0, 1) * (shown.high - shown.low);
  };

  const whole = (value) => (shown.high - shown.low > 50 ? Math.round(value) : value);
  const set = (low, high, from) => tell(trueslice.voi.between(trueslice.scene, from, [whole(low), whole(high)]));

  // Near an end the end moves, between them the whole window, beyond them the nearer end comes.
  function down(event) {
    const box = event.target.closest && event.target.closest("#histogram");
    if (!box || !shown || event.button !== 0) return;
    const [low, high] = trueslice.voi.ends(trueslice.window);
    const value = valueUnder(event);
    const near = (GRIP / WIDE) * (shown.high - shown.low);
    const inside = value > low + near && value < high - near;
    drag = { window: trueslice.window, low, high, value, part: inside ? "whole" : Math.abs(value - low) < Math.abs(value - high) ? "lower" : "upper" };
    box.setPointerCapture(event.pointerId);
    event.preventDefault();
    move(event);
  }

  function move(event) {
    if (!drag) return;
    const value = valueUnder(event);
    const { low, high, part, window: from } = drag;
    const by = value - drag.value;
    if (part === "whole") set(low + by, high + by, from);
    else set(part === "lower" ? value : low, part === "upper" ? value : high, from);
  }

  function key(event) {
    const name = event.target.dataset && event.target.dataset.end;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!name || !step || !shown) return;
    event.preventDefault();
    const by = (step * (event.shiftKey ? FINE : 1) * (shown.high - shown.low)) / 500;
    const [low, high] = trueslice.voi.ends(trueslice.window);
    set(name === "lower" ? low + by : low, name === "upper" ? high + by : high, trueslice.window);
  }

  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", () => { drag = null; });
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("keydown", key);
  document.addEventListener("change", ({ target }) => {
    if (target.id === "colour-map") tell({ ...trueslice.window, map: target.value });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest("#invert")) tell({ ...trueslice.window, invert: !trueslice.window.invert });
    if (event.target.closest("#picture-button")) setTimeout(draw, 50); // once the sheet is there
  });

  dash.trueslice = Object.assign(dash.trueslice || {}, { pictureSheet: () => void draw() });
})();

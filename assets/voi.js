// Windows as colour scales: the page's side of webapp/imaging/window.py, with the same formulas.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const WHITE = 255;
  const SMOOTH_REACH = 1.6; // half-widths of the sigmoid's scale: beyond it every grey rounds to black or white
  const MOST_STEPS = 4096;
  const COARSE = 33;

  // Values between which a window's greys run. LINEAR ends one value early (PS3.3 C.11.2.1.2.1); of width 1 it is a step.
  function ends({ center, width, function: kind }) {
    const reach = kind === "SIGMOID" ? SMOOTH_REACH * width : width / 2;
    const [low, high] = [center - reach, center + reach - (kind === "LINEAR" && width >= 1 ? 1 : 0)];
    return [low, high > low ? high : low + Math.max(1, Math.abs(low)) * 1e-9];
  }

  // The same kind of window with its greys between two values.
  function between(scene, window_, ends_) {
    const [low, high] = [Math.min(...ends_), Math.max(...ends_)];
    const { function: kind } = window_;
    const [from, to] = scene.range || [0, 1];
    const least = to - from > 50 ? 1 : (to - from) / 1000 || 1e-9;
    const more = kind === "LINEAR" ? 1 : 0;
    const width = Math.max(high - low, least) / (kind === "SIGMOID" ? 2 * SMOOTH_REACH : 1) + more;
    return { ...window_, center: (low + high + more) / 2, width };
  }

  // The grey of a value, 0 to 1, before any inversion.
  function greyAt(window_, value) {
    const { center, width, function: kind, curve } = window_;
    if (kind === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
    const [low, high] = ends(window_);
    const share = trueslice.patient.clamp((value - low) / (high - low), 0, 1);
    if (kind !== "LUT") return share;
    const at = share * (curve.length - 1);
    const below = Math.min(Math.floor(at), curve.length - 2);
    return curve[below] + (at - below) * (curve[below + 1] - curve[below]);
  }

  // Every place where a smooth curve passes half-way from one grey to the next: there the painted grey changes.
  function smoothSteps() {
    const crossings = Array.from({ length: WHITE }, (_, level) => {
      const grey = (level + 0.5) / WHITE;
      return [0.5 + Math.log(grey / (1 - grey)) / 8 / SMOOTH_REACH, level, level + 1];
    });
    return [[0, 0], ...crossings.flatMap(([place, before, after]) => [[place, before], [place, after]]), [1, WHITE]];
  }

  function curveSteps(curve) {
    const last = curve.length - 1;
    const steps = [[0, Math.round(curve[0] * WHITE)]];
    for (let at = 0; at < last && steps.length < MOST_STEPS; at += 1) {
      const [from, to] = [curve[at] * WHITE, curve[at + 1] * WHITE];
      const up = to > from ? 1 : -1;
      for (let [, level] = steps[steps.length - 1]; level !== Math.round(to); level += up) {
        const place = (at + (level + up / 2 - from) / (to - from)) / last;
        steps.push([place, level], [place, level + up]);
      }
    }
    // A table that jumps about is painted from entry to entry, which may be off by one grey.
    if (steps.length >= MOST_STEPS) return curve.map((grey, at) => [at / last, Math.round(grey * WHITE)]);
    return [...steps, [1, Math.round(curve[last] * WHITE)]];
  }

  const { paint } = trueslice.colourMaps;
  const painted = (steps, invert, map) => steps.map(([place, level]) => [place, paint(map, invert ? WHITE - level : level)]);

  const smooth = smoothSteps();
  const scales = new Map(); // the scales of functions, and of tables by their curve, each made once
  const tables = new WeakMap();

  function stepsOf({ function: kind, curve, invert, map }) {
    if (kind === "SIGMOID") return painted(smooth, invert, map);
    return kind === "LUT" ? painted(curveSteps(curve), invert, map) : trueslice.colourMaps.straight(map, invert);
  }

  function scaleOf(window_) {
    const { function: kind, curve, invert, map } = window_;
    if (kind === "LUT" && !tables.has(curve)) tables.set(curve, new Map());
    const made = kind === "LUT" ? tables.get(curve) : scales;
    const name = [kind === "SIGMOID" || kind === "LUT" ? kind : "straight", map || "grey", Boolean(invert)].join();
    if (!made.has(name)) made.set(name, stepsOf(window_));
    return made.get(name);
  }

  // The window as a heatmap takes it.
  function shades(window_) {
    const [zmin, zmax] = ends(window_);
    return { zmin, zmax, colorscale: scaleOf(window_) };
  }

  // The window in few steps, for textures in 3D.
  function coarse(window_) {
    const [cmin, cmax] = ends(window_);
    const colorscale = Array.from({ length: COARSE }, (_, at) => {
      const share = at / (COARSE - 1);
      const level = Math.round(greyAt(window_, cmin + share * (cmax - cmin)) * WHITE);
      return [share, paint(window_.map, window_.invert ? WHITE - level : level)];
    });
    return { cmin, cmax, colorscale };
  }

  // Windows that look alike: the same numbers, and the same table where there is one.
  const same = (scene, window_, at) => {
    const { center, width, function: kind } = scene.windows[at];
    return center === window_.center && width === window_.width && kind === window_.function
      && (kind !== "LUT" || at === window_.from);
  };

  const chosen = (scene, at) => ({ ...scene.windows[at], from: at });

  // What a window's function adds to its numbers.
  function kindWords(scene, { function: kind, from, center, width }) {
    if (kind === "SIGMOID") return " · sigmoid";
    if (kind !== "LUT") return "";
    const own = scene.windows[from];
    return own.center === center && own.width === width ? " · table" : " · table stretched";
  }

  // How a window's function stands in an address; a table is named by its place among the windows.
  const NAMES = { LINEAR: "linear", LINEAR_EXACT: "exact", SIGMOID: "sigmoid" };
  const nameOf = ({ function: kind, from }) => (kind === "LUT" ? `table${from}` : NAMES[kind]);

  function named(scene, name) {
    const [kind] = Object.keys(NAMES).filter((one) => NAMES[one] === name);
    const from = Number((/^table(\d+)$/.exec(name || "") || [])[1]);
    const table = scene.windows[from];
    if (table && table.function === "LUT") return { function: "LUT", curve: table.curve, from };
    return { function: kind || "LINEAR_EXACT", curve: null, from: null };
  }

  trueslice.voi = { shades, coarse, same, chosen, kindWords, nameOf, named, greyAt, ends, between };
})();

// The clientside callbacks of the slice views: place and show.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PANES = ["axial", "coronal", "sagittal", "picture"];
  const CUTS = { axial: ["sagittal", "coronal"], coronal: ["sagittal", "axial"], sagittal: ["coronal", "axial"] };
  const SPINNER_AFTER_MS = 300;

  const wanted = {}; // plane -> number of the newest question; an older answer is dropped
  const last = {}; // plane -> slice drawn last, for the direction of scrolling

  const { triggers, same, askedNumbers } = trueslice.page;

  // place ---------------------------------------------------------------------------------------------------
  const middle = (scene) => trueslice.patient.toMm(scene, scene.shape_kji.map((count) => Math.floor(count / 2)));

  function cursorOf(scene, changed, click, rails, cursor, search) {
    const { toMm, toKji, nearest } = trueslice.patient;
    if (changed.has("scene") || !cursor) return askedNumbers(search, "at", 3) || middle(scene);
    if (changed.has("click") && click && click.key === scene.key && click.point) return click.point;
    const kji = toKji(scene, cursor);
    if (changed.has("click") && click && click.key === scene.key) {
      const { axis, count } = scene.planes[click.plane];
      kji[axis] = nearest("index" in click ? click.index : Math.round(kji[axis]) + click.step, count);
      return toMm(scene, kji);
    }
    PANES.slice(0, 3).forEach((plane, at) => {
      const { axis, count } = scene.planes[plane];
      if (changed.has(`slider-${plane}`)) kji[axis] = nearest(rails[at], count);
    });
    return toMm(scene, kji);
  }

  function placePictures(scene, changed, click, rail) {
    const { nearest } = trueslice.patient;
    const { count } = scene.planes.picture;
    let index = changed.has("scene") ? Math.floor((count - 1) / 2) : nearest(rail, count);
    if (changed.has("click") && click && click.key === scene.key && !click.point) {
      index = nearest("index" in click ? click.index : rail + click.step, count);
    }
    return [null, ...same(3), index, ...same(3), Math.max(1, count - 1)];
  }

  function place(scene, click, axial, coronal, sagittal, picture, cursor, search) {
    trueslice.scene = scene;
    if (!scene || !scene.key) return [null, ...same(8)];
    const changed = triggers();
    if (changed.has("scene")) trueslice.clear();
    if (scene.kind !== "volume") return placePictures(scene, changed, click, picture);
    const point = cursorOf(scene, changed, click, [axial, coronal, sagittal], cursor, search);
    const kji = trueslice.patient.toKji(scene, point);
    const planes = PANES.slice(0, 3).map((plane) => scene.planes[plane]);
    const values = planes.map(({ axis, count }) => trueslice.patient.nearest(kji[axis], count));
    const moved = values.map((value, at) => (value === [axial, coronal, sagittal][at] ? dash.no_update : value));
    const longest = changed.has("scene") ? planes.map(({ count }) => Math.max(1, count - 1)) : same(3);
    return [point, ...moved, dash.no_update, ...longest, dash.no_update];
  }

  // show ----------------------------------------------------------------------------------------------------
  function isShown(plane, scene, view) {
    if (scene.kind !== "volume") return plane === "picture";
    return trueslice.smallScreen.matches || view.maximised ? view.single === plane : true;
  }

  // Millimetres from edge to edge of the pane, so that both axes share one scale and the picture fits.
  function frame(slice, box, zoom) {
    const wide = slice.columns * slice.dx;
    const high = slice.rows * slice.dy;
    const scale = Math.max(wide / box.width, high / box.height) / zoom.scale; // mm per CSS pixel
    const x = slice.x0 + ((slice.columns - 1) * slice.dx) / 2 + zoom.x;
    const y = slice.y0 + ((slice.rows - 1) * slice.dy) / 2 + zoom.y;
    return {
      scale,
      x: [x - (scale * box.width) / 2, x + (scale * box.width) / 2],
      y: [y + (scale * box.height) / 2, y - (scale * box.height) / 2],
    };
  }

  function lines(template, scene, plane, slice, cursor) {
    if (!cursor || !CUTS[plane]) return [];
    const { column, row } = trueslice.patient.pixelOf(scene, plane, trueslice.patient.toKji(scene, cursor));
    const x = slice.x0 + column * slice.dx;
    const y = slice.y0 + row * slice.dy;
    const [vertical, horizontal] = template.layout.shapes;
    return [{ ...vertical, x0: x, x1: x, visible: true }, { ...horizontal, y0: y, y1: y, visible: true }];
  }

  function figure(template, scene, plane, slice, state) {
    const { window: { center, width, invert }, cursor, frame: { x, y } } = state;
    const { layout } = template;
    const trace = {
      ...template.data[0], z: slice.z, x0: slice.x0, dx: slice.dx, y0: slice.y0, dy: slice.dy,
      zmin: center - width / 2, zmax: center + width / 2, reversescale: Boolean(invert),
    };
    return {
      data: [trace],
      layout: {
        ...layout,
        meta: `${slice.key}/${slice.plane}/${slice.index}`, // a text: Plotly redraws all for an object that was copied
        xaxis: { ...layout.xaxis, range: x }, yaxis: { ...layout.yaxis, range: y },
        shapes: lines(template, scene, plane, slice, cursor),
      },
    };
  }

  const span = (children, className) => ({
    type: "Span", namespace: "dash_html_components", props: { children, className },
  });
  const SIDES = ["left", "right", "top", "bottom"];

  // What already stands on the page is not written again: each write is one more pass through every part of it.
  const unlessThere = (id, text, children) =>
    document.getElementById(id).textContent === text ? dash.no_update : children;

  function words(scene, plane, slice, window_) {
    const { count, axis, oblique_deg: oblique } = scene.planes[plane];
    const { written, position } = trueslice.patient;
    const number = `${slice.index + 1}/${count}`;
    const whole = (value) => written(value, Math.abs(window_.width) < 20 ? 2 : 0);
    const step = scene.spacing_mm_kji ? ` · ${scene.spacing_mm_kji[axis].toFixed(2)}\u2009mm apart` : "";
    const notes = [
      plane, oblique ? `oblique ${oblique.toFixed(1)}°` : "", slice.sampling === "acquired" ? "" : slice.sampling,
      window_.invert ? "inverted" : "",
    ];
    const letters = slice.edges.map((letter) => (letter === "-" ? "" : letter));
    const label = scene.affine ? `${position(scene, plane, slice.index)} · ${number}` : number;
    const foot = `W ${whole(window_.width)}  L ${whole(window_.center)}${step}`;
    const name = notes.filter(Boolean).join(" · ");
    return [
      unlessThere(`label-${plane}`, label, label),
      unlessThere(`edges-${plane}`, letters.join(""), letters.map((letter, side) => span(letter, `edge ${SIDES[side]}`))),
      unlessThere(`foot-${plane}`, foot, foot),
      unlessThere(`name-${plane}`, name, name),
    ];
  }

  function draw(plane, scene, slice, state, template) {
    const before = last[plane] || {};
    if (before.key !== scene.key || before.index !== slice.index) {
      last[plane] = { key: scene.key, index: slice.index };
      const direction = before.key === scene.key && slice.index < before.index ? -1 : 1;
      trueslice.cache.prefetch(scene.key, plane, slice.index, scene.planes[plane].count, direction);
    }
    const box = trueslice.boxOf(plane);
    const zoom = (state.zoom || {})[plane] || { scale: 1, x: 0, y: 0 };
    const placed = { ...state, frame: frame(slice, box, zoom) };
    trueslice.measure(plane, scene.affine ? placed.frame.scale : null);
    return [figure(template, scene, plane, slice, placed), ...words(scene, plane, slice, state.window)];
  }

  async function drawLater(plane, scene, index, state, template) {
    const question = wanted[plane];
    const spinner = setTimeout(() => trueslice.waiting(plane, true), SPINNER_AFTER_MS);
    try {
      const slice = await trueslice.cache.load(scene.key, plane, index);
      return question === wanted[plane] ? draw(plane, scene, slice, state, template) : same(5);
    } catch (failure) {
      if (failure.name !== "AbortError" && question === wanted[plane]) trueslice.say(failure.refusal);
      return same(5);
    } finally {
      clearTimeout(spinner);
      if (question === wanted[plane]) trueslice.waiting(plane, false);
    }
  }

  function show(plane, scene, index, window_, cursor, view, zoom, _stage, templates) {
    wanted[plane] = (wanted[plane] || 0) + 1;
    const known = scene && scene.key && scene.planes[plane] && window_ && window_.key === scene.key;
    if (!known || !isShown(plane, scene, view)) return same(5);
    const state = { window: window_, cursor, zoom };
    const slice = trueslice.cache.get(scene.key, plane, index);
    if (slice) {
      trueslice.waiting(plane, false);
      return draw(plane, scene, slice, state, templates[plane]);
    }
    return drawLater(plane, scene, index, state, templates[plane]);
  }

  const shows = Object.fromEntries(PANES.map((plane) => [`show_${plane}`, (...inputs) => show(plane, ...inputs)]));
  dash.trueslice = Object.assign(dash.trueslice || {}, shows, { place });
})();

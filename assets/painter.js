// The one hand that draws the slice views: at once while somebody scrolls or drags, and again when Dash has followed.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PLANES = ["axial", "coronal", "sagittal"];
  const PANES = [...PLANES, "picture"];
  const SPINNER_AFTER_MS = 300;
  const REST_MS = 100;
  const GRAPH_AFTER_MS = 30;

  const told = {}; // plane -> what Dash said last
  const early = {}; // field -> {key, value, is_sent, taken}: what the hand has done and Dash does not know yet
  const asked = {}; // plane -> number of the newest question; an older answer is dropped
  const last = {}; // plane -> {key, index} of the slice drawn last
  const drawn = {}; // plane -> what was given to Plotly last
  const underway = new Set(); // planes that Plotly is drawing
  const again = new Set(); // planes to look at once more when it has ended
  let resting = 0;
  let numbered = 0;

  const graphOf = (plane) => trueslice.panes.graphOf(document.getElementById(`pane-${plane}`));
  const isAlike = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

  // what is wanted ------------------------------------------------------------------------------------------
  function isShown(plane, scene, view) {
    if (scene.kind !== "volume") return plane === "picture";
    return trueslice.smallScreen.matches || view.maximised || view.beside ? view.single === plane : true;
  }

  function ahead(field, plane, { scene }) {
    const one = early[field];
    return one && one.key === scene.key && !one.taken.has(plane) ? one : null;
  }

  // What Dash said, with what the hand has done since.
  function wish(plane) {
    const now = told[plane];
    if (!now || !now.scene || !now.scene.key || !now.scene.planes[plane]) return null;
    if (!now.window || now.window.key !== now.scene.key || !isShown(plane, now.scene, now.view)) return null;
    const fields = Object.keys(early).filter((field) => ahead(field, plane, now));
    const wanted = { ...now, ...Object.fromEntries(fields.map((field) => [field, early[field].value])) };
    if (fields.includes("cursor") && plane !== "picture") wanted.index = trueslice.patient.indexAt(now.scene, plane, wanted.cursor);
    if (fields.includes("picture")) wanted.index = wanted.picture;
    return wanted;
  }

  // drawing -------------------------------------------------------------------------------------------------
  function prefetch(plane, scene, slice) {
    const before = last[plane] || {};
    if (before.key === slice.key && before.index === slice.index) return;
    last[plane] = { key: slice.key, index: slice.index };
    const direction = before.key === slice.key && slice.index < before.index ? -1 : 1;
    trueslice.cache.prefetch(slice.key, plane, slice.index, scene.planes[plane].count, direction);
  }

  function placed(plane, { scene, window: window_, cursor, zoom, templates }, slice) {
    const shape = plane === "picture" ? slice : scene.planes[plane]; // pictures differ in the size of their pixels
    const own = (zoom || {})[plane] || { scale: 1, x: 0, y: 0 };
    const frame = trueslice.slices.frame(shape, trueslice.boxOf(plane), own);
    return { window: window_, cursor, reference: templates.reference, frame };
  }

  const isDrawn = ([before] = [], { data: [trace], layout }) => before && before.data[0].z === trace.z
    && before.data[0].colorscale === trace.colorscale && before.data[0].zmin === trace.zmin && before.data[0].zmax === trace.zmax
    && isAlike(before.layout, layout);

  // Pixels, then in the same task the words that are theirs. Plotly is never asked twice for the same picture.
  async function draw(plane, wanted, slice) {
    const { scene } = wanted;
    prefetch(plane, scene, slice);
    const state = placed(plane, wanted, slice);
    const size = scene.directions ? "patient" : slice.size;
    const figure = trueslice.slices.figure(wanted.templates[plane], scene, plane, slice, state);
    underway.add(plane);
    try {
      if (!isDrawn(drawn[plane], figure)) {
        drawn[plane] = [figure];
        await window.Plotly.react(graphOf(plane), figure.data, figure.layout);
      }
      trueslice.measure(plane, size ? state.frame.scale : null, trueslice.reference.isEstimate(size));
      write(plane, trueslice.slices.texts(scene, plane, slice, wanted.window));
      shiftLines(plane);
      if (wanted.index !== wanted.rail) trueslice.moveRail(plane, wanted.index, scene.planes[plane].count);
    } finally {
      underway.delete(plane);
      if (again.delete(plane)) paint(plane);
    }
  }

  function put(place, text) {
    if (place.textContent !== text) place.textContent = text;
  }

  function write(plane, { label, letters, foot, name }) {
    const part = (what) => document.getElementById(`${what}-${plane}`);
    put(part("label"), label);
    put(part("foot"), foot);
    put(part("name"), name);
    [...part("edges").children].forEach((side, at) => put(side, letters[at]));
  }

  async function drawLater(plane, { scene, index }) {
    const question = asked[plane];
    const spinner = setTimeout(() => trueslice.waiting(plane, true), SPINNER_AFTER_MS);
    try {
      await trueslice.cache.load(trueslice.sourceOf(scene), plane, index);
      if (question === asked[plane]) paint(plane); // with whatever else has changed meanwhile
    } catch (failure) {
      if (failure.name !== "AbortError" && question === asked[plane]) trueslice.say(failure.refusal);
    } finally {
      clearTimeout(spinner);
      if (question === asked[plane]) trueslice.waiting(plane, false);
    }
  }

  const isReady = (plane) => Boolean((graphOf(plane) || {})._fullData); // Dash has put the template into it

  function paint(plane) {
    asked[plane] = (asked[plane] || 0) + 1;
    const wanted = wish(plane);
    if (!wanted) return undefined;
    if (!isReady(plane)) return void setTimeout(() => paint(plane), GRAPH_AFTER_MS);
    if (underway.has(plane)) return void again.add(plane);
    const slice = trueslice.cache.get(trueslice.sourceOf(wanted.scene), plane, wanted.index);
    if (!slice) return void drawLater(plane, wanted);
    trueslice.waiting(plane, false);
    return void draw(plane, wanted, slice);
  }

  // The lines where a scrolled plane cuts the others follow it without Plotly, which would draw the pixels anew.
  function shiftLines(plane) {
    const wanted = wish(plane);
    const [before] = drawn[plane] || [];
    if (!wanted || !before || wanted.scene.kind !== "volume") return;
    const graph = graphOf(plane);
    const { xaxis, yaxis } = graph._fullLayout;
    trueslice.slices.lines(wanted.templates[plane], wanted.scene, plane, wanted.cursor).forEach((line, at) => {
      const old = before.layout.shapes[at];
      const mark = graph.querySelector(`.layer-above .shapelayer [data-index="${at}"]`);
      if (!old || !mark) return;
      const x = line.xref === "x" ? xaxis.d2p(line.x0) - xaxis.d2p(old.x0) : 0;
      const y = line.yref === "y" ? yaxis.d2p(line.y0) - yaxis.d2p(old.y0) : 0;
      if (x || y) mark.setAttribute("transform", `translate(${x},${y})`);
      else mark.removeAttribute("transform");
    });
  }

  // what the hand does --------------------------------------------------------------------------------------
  const PARTS = {
    cursor: (value) => value,
    picture: (value) => value,
    zoom: (value) => value,
    window: ({ center, width, function: kind, from, invert, map }) => [center, width, kind, from ?? null, Boolean(invert), map || ""],
  };
  const isSame = (field, one, other) => one !== undefined && other !== undefined && (one === other
    || (one !== null && other !== null && isAlike(PARTS[field](one), PARTS[field](other))));
  const sent = {}; // field -> what Dash was told last

  const TELL = {
    cursor: (point, key) => trueslice.panes.tell("click", { data: { key, number: `hand ${numbered}`, point } }),
    picture: (index, key) => trueslice.panes.tell("click", { data: { key, number: `hand ${numbered}`, index } }),
    zoom: (data) => trueslice.panes.tell("zoom", { data }),
    window: (data) => trueslice.panes.tell("window", { data }),
  };

  // Dash, and with it the other views, the address and the surface, hears of it once the hand rests.
  function rest() {
    clearTimeout(resting);
    Object.entries(early).filter(([, one]) => !one.is_sent).forEach(([field, one]) => {
      one.is_sent = true;
      sent[field] = one.value;
      numbered += 1;
      TELL[field](one.value, one.key);
    });
  }

  function hand(field, value) {
    early[field] = { key: trueslice.scene.key, value, is_sent: false, taken: new Set() };
    clearTimeout(resting);
    PANES.forEach((plane) => {
      const wanted = wish(plane);
      if (!wanted) return;
      const isThere = last[plane] && last[plane].key === trueslice.sourceOf(wanted.scene) && last[plane].index === wanted.index;
      if (field === "cursor" && isThere) shiftLines(plane);
      else paint(plane);
    });
    resting = setTimeout(rest, trueslice.beside.scene() ? 0 : REST_MS); // a series beside moves along at once
  }

  // The slice a plane is asked to show; it may still be on its way.
  function indexOf(plane) {
    const wanted = wish(plane) || told[plane];
    return wanted ? wanted.index : null;
  }

  function go(plane, index) {
    const { scene } = trueslice;
    const place = trueslice.patient.nearest(index, scene.planes[plane].count);
    if (indexOf(plane) === null || place === indexOf(plane)) return;
    if (plane === "picture") return void hand("picture", place);
    trueslice.cursor = trueslice.patient.onSlice(scene, plane, trueslice.cursor, place);
    hand("cursor", trueslice.cursor);
  }

  function goTo(point) {
    trueslice.cursor = point;
    hand("cursor", point);
    rest();
  }

  function setWindow(window_) {
    trueslice.window = window_;
    hand("window", window_);
  }

  function windowTo(window_) {
    setWindow(window_);
    rest();
  }

  // What Dash says --------------------------------------------------------------------------------------------
  // A view has followed the hand when it is told what the hand did; what somebody else did meanwhile is newer.
  function follow(plane, before, now) {
    for (const [field, one] of Object.entries(early)) {
      const value = field === "picture" ? now.index : now[field];
      const earlier = before && (field === "picture" ? before.index : before[field]);
      if (one.key !== now.scene.key) delete early[field];
      else if (field === "picture" && plane !== "picture") continue;
      else if (isSame(field, value, one.value)) one.taken.add(plane);
      else if (before && !isSame(field, value, earlier) && !isSame(field, value, sent[field])) delete early[field];
    }
  }

  function show(plane, opened, index, window_, cursor, view, zoom, _stage, _time, _lines, _planes, templates) {
    const before = told[plane];
    const scene = trueslice.planes.of(opened);
    told[plane] = { scene, index, rail: index, window: window_, cursor, view, zoom, templates };
    if (scene && scene.key) follow(plane, before && before.scene && before.scene.key === scene.key ? before : null, told[plane]);
    paint(plane);
  }

  trueslice.painter = { go, goTo, setWindow, windowTo, setZoom: (zoom) => hand("zoom", zoom), rest, indexOf };
  // The slice on screen.
  trueslice.shownIndex = (plane) => (last[plane] && trueslice.scene && last[plane].key.split("@")[0] === trueslice.scene.key
    ? last[plane].index : null);

  const shows = Object.fromEntries(PANES.map((plane) => [`show_${plane}`, (...inputs) => show(plane, ...inputs)]));
  dash.trueslice = Object.assign(dash.trueslice || {}, shows);
})();

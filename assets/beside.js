// A second series beside the open one: its pixels, and how both move along. Its window and its bar: beside_bar.js.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PANE = "beside";
  const SPINNER_AFTER_MS = 300;
  const MOST_SLICES = 48;
  const AHEAD = 3;
  const WHOLE = { scale: 1, x: 0, y: 0 };
  const tell = (id, props) => dash.set_props(id, props);

  let second = null; // the scene beside, with how it moves; null where nothing stands beside
  let drawn = null; // {plane, index} on screen
  let aim = null; // {plane, index} asked for last
  let share = 0; // of the way of the open series, 0 to 1, where no millimetres are shared
  let mainRail = null; // the open series' slice when the share was taken from it
  let askedRail = null; // the open series' slice that the second series asked for
  let pinned = null; // {plane, index, rail, reached}: the slice that a tag was found at, until the open series moves on
  let question = 0;

  const beside = () => (second && trueslice.scene && second.of === trueslice.scene.key ? second : null);

  // planes and places ---------------------------------------------------------------------------------------
  function mainPlane() {
    if (trueslice.scene.kind !== "volume") return "picture";
    const { single } = trueslice.view;
    return trueslice.patient.PLANES.includes(single) ? single : "axial";
  }

  // Volumes show the same plane; single pictures are held against the slices as they were acquired.
  function secondPlane(scene) {
    if (scene.kind !== "volume") return "picture";
    return trueslice.scene.kind === "volume" ? mainPlane() : scene.slice_plane;
  }

  // Where a slice lies on the way from the first to the last: in mm, of single pictures by count.
  function wayOf(scene, plane) {
    const { count } = scene.planes[plane];
    const at = (index) => (plane === "picture" ? index : trueslice.patient.along(scene, plane, index));
    return { count, at, from: at(0), to: at(count - 1) };
  }

  function shareAt(scene, plane, index) {
    const { at, from, to } = wayOf(scene, plane);
    return to === from ? 0 : (at(index) - from) / (to - from);
  }

  function indexAtShare(scene, plane, part) {
    const { count, at, from, to } = wayOf(scene, plane);
    const wanted = from + part * (to - from);
    let best = 0;
    for (let index = 1; index < count; index += 1) {
      if (Math.abs(at(index) - wanted) < Math.abs(at(best) - wanted)) best = index;
    }
    return best;
  }

  function wantedIndex(scene, plane, rails, cursor) {
    const main = mainPlane();
    const rail = rails[[...trueslice.patient.PLANES, "picture"].indexOf(main)];
    if (pinned && pinned.plane === plane) {
      pinned.reached = pinned.reached || rail === pinned.rail;
      if (!pinned.reached || rail === pinned.rail) return pinned.index;
    }
    pinned = null;
    if (scene.in_mm) return trueslice.patient.indexAt(scene, plane, cursor);
    const mark = `${main} ${rail}`;
    if (mark !== mainRail) {
      mainRail = mark;
      if (mark !== askedRail) share = shareAt(trueslice.scene, main, rail);
    }
    return indexAtShare(scene, plane, share);
  }

  // One slice of the second series wanted: the open one moves there too.
  function moveTo(index) {
    const scene = beside();
    const plane = secondPlane(scene);
    const to = trueslice.patient.nearest(index, scene.planes[plane].count);
    aim = { plane, index: to };
    pinned = null;
    if (scene.in_mm) return trueslice.painter.goTo(trueslice.patient.onSlice(scene, plane, trueslice.cursor, to));
    const main = mainPlane();
    share = shareAt(scene, plane, to);
    const rail = indexAtShare(trueslice.scene, main, share);
    askedRail = `${main} ${rail}`;
    return trueslice.scrollTo(main, rail);
  }

  // The slice at which a tag of the second series differs, while the open one stands at its own.
  function showAt(key, index, rail) {
    const scene = beside();
    if (!scene || scene.key !== key) return;
    const plane = scene.slice_plane;
    if (plane !== "picture" && trueslice.scene.kind === "volume") trueslice.setView({ single: trueslice.scene.slice_plane });
    if (plane !== "picture" && trueslice.scene.slice_plane !== plane) return; // cut otherwise: it goes to the place
    pinned = { plane, index, rail, reached: false };
    tell("beside-window", { data: { ...trueslice.beside.window } });
  }

  // Many notches in one frame are one step.
  let steps = 0;
  let frame = 0;
  function scroll(step) {
    steps += step;
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      const whole = Math.trunc(steps);
      steps -= whole;
      if (whole && beside() && aim) moveTo(aim.index + whole);
    });
  }

  // pixels --------------------------------------------------------------------------------------------------
  const kept = new Map(); // name -> slice or its promise, least recently used first

  // Of several volumes the one with the open series' number, the last where there are fewer.
  function timeOf(scene) {
    return Math.min(trueslice.timeIndex(trueslice.scene), ((scene.time || {}).points || 1) - 1);
  }

  function slice(plane, index) {
    const time = timeOf(second);
    const source = time ? `${second.key}@${time}` : second.key;
    const name = `${source}/${plane}/${index}`;
    const found = kept.get(name);
    kept.delete(name);
    const now = found || trueslice.cache.read(source, plane, index).then(
      (loaded) => (kept.has(name) && kept.set(name, loaded), loaded),
      (failure) => { kept.delete(name); throw failure; },
    );
    kept.set(name, now);
    for (const oldest of kept.keys()) if (kept.size > MOST_SLICES) kept.delete(oldest);
    return now;
  }

  function prefetch(scene, plane, index) {
    const down = drawn && drawn.plane === plane && index < drawn.index ? -1 : 1;
    for (let step = 1; step <= AHEAD; step += 1) {
      const next = index + down * step;
      if (next >= 0 && next < scene.planes[plane].count) Promise.resolve(slice(plane, next)).catch(() => {});
    }
  }

  // How far the cursor is from the slice that stands for it, where that is more than the way to a neighbour.
  function apart(scene, plane, index, cursor) {
    if (!scene.in_mm || !cursor || pinned) return "";
    const { along, dot } = trueslice.patient;
    const { axis, count } = scene.planes[plane];
    const off = Math.abs(along(scene, plane, index) - dot(cursor, scene.directions[axis]));
    const next = Math.abs(along(scene, plane, Math.min(index + 1, count - 1)) - along(scene, plane, Math.max(index - 1, 0)));
    return off > next / 2 + 0.05 ? ` The nearest slice is ${off.toFixed(1)}\u2009mm away.` : "";
  }

  function said(scene, plane, index, cursor) {
    return pinned ? "On the slice of the chosen tag; the next move is common again."
      : `${scene.words}${apart(scene, plane, index, cursor)}`;
  }

  // Zoomed in common millimetres both show the same place at the same scale; otherwise the same share of each picture.
  function frameOf(scene, plane, found, zooms) {
    const { slices, patient } = trueslice;
    const box = trueslice.boxOf(PANE);
    const main = mainPlane();
    const zoom = (zooms || {})[main] || WHOLE;
    const shape = plane === "picture" ? found : scene.planes[plane];
    const open = trueslice.scene.planes[main];
    const isWhole = zoom.scale === 1 && !zoom.x && !zoom.y;
    if (isWhole || !open.columns) return slices.frame(shape, box, { ...zoom, x: 0, y: 0 });
    if (!scene.in_mm) {
      const [wide, high] = [(shape.columns * shape.dx) / (open.columns * open.dx), (shape.rows * shape.dy) / (open.rows * open.dy)];
      return slices.frame(shape, box, { scale: zoom.scale, x: zoom.x * wide, y: zoom.y * high });
    }
    const seen = slices.frame(open, trueslice.boxOf(main), zoom);
    const middle = ([from, to]) => (from + to) / 2;
    const mm = patient.pointAt(trueslice.scene, main, patient.indexAt(trueslice.scene, main, trueslice.cursor), middle(seen.x), middle(seen.y));
    const { x, y } = patient.placeIn(scene, plane, mm);
    const [across, down] = [(seen.scale * box.width) / 2, (seen.scale * box.height) / 2];
    return { scale: seen.scale, x: [x - across, x + across], y: [y + down, y - down] };
  }

  function titleOf(scene) {
    const { points, words } = scene.time || { points: 1 };
    return points > 1 ? `${scene.name} · ${words[timeOf(scene)]}` : scene.name;
  }

  function draw(scene, plane, found, state, templates) {
    const cursor = scene.in_mm ? state.cursor : null;
    const placed = { window: state.window, cursor, reference: templates.reference, frame: frameOf(scene, plane, found, state.zoom) };
    const size = scene.directions ? "patient" : found.size;
    trueslice.measure(PANE, size ? placed.frame.scale : null, trueslice.reference.isEstimate(size));
    prefetch(scene, plane, found.index);
    drawn = { plane, index: found.index };
    const figure = trueslice.slices.figure(templates[plane], scene, plane, found, placed);
    const words = trueslice.slices.words(scene, plane, found, state.window, PANE);
    const longest = Math.max(1, scene.planes[plane].count - 1);
    return [figure, ...words, found.index, longest, said(scene, plane, found.index, state.cursor), titleOf(scene)];
  }

  async function drawLater(promise, scene, plane, state, templates) {
    const asked = question;
    const spinner = setTimeout(() => trueslice.waiting(PANE, true), SPINNER_AFTER_MS);
    try {
      const found = await promise;
      return asked === question ? draw(scene, plane, found, state, templates) : trueslice.page.same(9);
    } catch (failure) {
      if (asked === question) trueslice.say(failure.refusal);
      return trueslice.page.same(9);
    } finally {
      clearTimeout(spinner);
      if (asked === question) trueslice.waiting(PANE, false);
    }
  }

  function show(_second, scene, axial, coronal, sagittal, picture, own, cursor, view, window_, zoom, _stage, _time, templates) {
    const { same, triggers } = trueslice.page;
    question += 1;
    const there = beside();
    const known = there && window_ && window_.key === there.key && (there.in_mm ? cursor : true);
    if (!known || !scene || view.beside !== there.key) return same(9);
    const plane = secondPlane(there);
    const changed = triggers();
    if (changed.has(`slider-${PANE}`) && drawn && own !== drawn.index) {
      moveTo(own);
      return same(9);
    }
    if (changed.has(`slider-${PANE}`) && changed.size === 1) return same(9); // the rail as it was told
    const index = wantedIndex(there, plane, [axial, coronal, sagittal, picture], cursor);
    aim = { plane, index };
    const found = slice(plane, index);
    const state = { window: window_, cursor, zoom };
    if (found instanceof Promise) return drawLater(found, there, plane, state, templates);
    trueslice.waiting(PANE, false);
    return draw(there, plane, found, state, templates);
  }

  // Another series, or none.
  function arrived(scene) {
    second = scene && scene.key ? scene : null;
    [drawn, aim, mainRail, askedRail, pinned] = [null, null, null, null, null];
    kept.clear();
  }

  trueslice.beside = { scene: beside, arrived, showAt, moveTo, scroll, mainPlane, place: () => aim, window: null };
  dash.trueslice = Object.assign(dash.trueslice || {}, { besideShow: show });
})();

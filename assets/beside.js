// A second series beside the open one: its pixels, its window, and how both move along.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PANE = "beside";
  const SPINNER_AFTER_MS = 300;
  const MOST_SLICES = 48;
  const AHEAD = 3;
  const tell = (id, props) => dash.set_props(id, props);

  let second = null; // the scene beside, with how it moves; null where nothing stands beside
  let drawn = null; // {plane, index} on screen
  let aim = null; // {plane, index} asked for last
  let share = 0; // of the way of the open series, 0 to 1, where no millimetres are shared
  let mainRail = null; // the open series' slice when the share was taken from it
  let askedRail = null; // the open series' slice that the second series asked for
  let pinned = null; // the slice that a tag was found at, until anything moves
  let question = 0;
  let numbered = 0;

  trueslice.beside = {
    scene: () => (second && trueslice.scene && second.of === trueslice.scene.key ? second : null),
    showAt: (key, index) => { if (second && second.key === key) pinned = { index, rail: null }; },
  };
  const beside = () => trueslice.beside.scene();

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
    if (pinned) {
      if (pinned.rail === null || pinned.rail === rail) return pinned.index;
      pinned = null;
    }
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
    if (scene.in_mm) return point(trueslice.patient.onSlice(scene, plane, trueslice.cursor, to));
    const main = mainPlane();
    share = shareAt(scene, plane, to);
    const rail = indexAtShare(trueslice.scene, main, share);
    askedRail = `${main} ${rail}`;
    return trueslice.scrollTo(main, rail);
  }

  function point(mm) {
    numbered -= 1; // never one of the numbers of the open series' clicks
    tell("click", { data: { key: trueslice.scene.key, number: numbered, point: mm } });
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

  function slice(plane, index) {
    const name = `${second.key}/${plane}/${index}`;
    const found = kept.get(name);
    kept.delete(name);
    const now = found || trueslice.cache.read(second.key, plane, index).then(
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

  function draw(scene, plane, found, state, templates) {
    const box = trueslice.boxOf(PANE);
    const shape = plane === "picture" ? found : scene.planes[plane];
    const cursor = scene.in_mm ? state.cursor : null;
    const placed = { window: state.window, cursor, reference: templates.reference, zoom: {}, frame: trueslice.slices.frame(shape, box, { scale: 1, x: 0, y: 0 }) };
    const size = scene.directions ? "patient" : found.size;
    trueslice.measure(PANE, size ? placed.frame.scale : null, trueslice.reference.isEstimate(size));
    prefetch(scene, plane, found.index);
    drawn = { plane, index: found.index };
    const figure = trueslice.slices.figure(templates[plane], scene, plane, found, placed);
    const words = trueslice.slices.words(scene, plane, found, state.window, PANE);
    const longest = Math.max(1, scene.planes[plane].count - 1);
    return [figure, ...words, found.index, longest, said(scene, plane, found.index, state.cursor)];
  }

  async function drawLater(promise, scene, plane, state, templates) {
    const asked = question;
    const spinner = setTimeout(() => trueslice.waiting(PANE, true), SPINNER_AFTER_MS);
    try {
      const found = await promise;
      return asked === question ? draw(scene, plane, found, state, templates) : trueslice.page.same(8);
    } catch (failure) {
      if (asked === question) trueslice.say(failure.refusal);
      return trueslice.page.same(8);
    } finally {
      clearTimeout(spinner);
      if (asked === question) trueslice.waiting(PANE, false);
    }
  }

  function show(_second, scene, axial, coronal, sagittal, picture, own, cursor, view, window_, _zoom, _stage, templates) {
    const { same, triggers } = trueslice.page;
    question += 1;
    const there = beside();
    const known = there && window_ && window_.key === there.key && (there.in_mm ? cursor : true);
    if (!known || !scene || view.beside !== there.key) return same(8);
    const plane = secondPlane(there);
    if (triggers().has(`slider-${PANE}`)) {
      if (!drawn || own !== drawn.index) moveTo(own);
      return same(8);
    }
    const index = wantedIndex(there, plane, [axial, coronal, sagittal, picture], cursor);
    if (pinned && pinned.rail === null) pinned.rail = [axial, coronal, sagittal, picture][[...trueslice.patient.PLANES, "picture"].indexOf(mainPlane())];
    aim = { plane, index };
    const found = slice(plane, index);
    const state = { window: window_, cursor };
    if (found instanceof Promise) return drawLater(found, there, plane, state, templates);
    trueslice.waiting(PANE, false);
    return draw(there, plane, found, state, templates);
  }

  // the scene and its window --------------------------------------------------------------------------------
  function arrived(scene) {
    second = scene && scene.key ? scene : null;
    [drawn, aim, mainRail, askedRail, pinned] = [null, null, null, null, null];
    kept.clear();
    const pane = document.getElementById(`pane-${PANE}`);
    pane.dataset.verdict = second ? second.verdict : "";
    trueslice.panes.hideForeign(pane);
    const single = trueslice.patient.PLANES.includes(trueslice.active) ? trueslice.active : trueslice.view.single;
    const shown = trueslice.patient.PLANES.includes(single) ? single : "axial";
    if (second) trueslice.setView({ beside: second.key, single: shown, maximised: false });
    else if (trueslice.view.beside) trueslice.setView({ beside: null });
    if (second) bar(true);
  }

  function windowOf(scene, preset, window_, search) {
    const changed = trueslice.page.triggers();
    if (changed.has("beside-scene") || !window_ || window_.key !== scene.key) {
      const told = new URLSearchParams(search || "").get("bwl");
      const first = trueslice.firstWindow(scene, told ? `?wl=${told}` : "");
      return { ...first, key: scene.key, invert: scene.inverted, scale: trueslice.values.first(scene) };
    }
    if (changed.has("beside-preset") && scene.windows[preset]) return { ...window_, ...trueslice.voi.chosen(scene, Number(preset)) };
    return window_;
  }

  let shownWindow = null;
  function setWindow(scene, preset, window_, search) {
    if (trueslice.page.triggers().has("beside-scene") || !second) arrived(scene);
    if (!second) return [null, [], null, ""];
    shownWindow = windowOf(second, preset, window_, search);
    const options = second.windows.map((one, at) => ({ value: String(at), label: trueslice.page.presetLabel(second, one, shownWindow.scale) }));
    const found = second.windows.findIndex((_, at) => trueslice.voi.same(second, shownWindow, at));
    return [shownWindow, options, found < 0 ? null : String(found), second.name];
  }

  // gestures ------------------------------------------------------------------------------------------------
  const STILL_PX = 4;
  let drag = null;
  const paneOf = (event) => event.target.closest && event.target.closest(`#pane-${PANE}`);
  const overPicture = (event) => (beside() && paneOf(event) && !event.target.closest(".rail, .pane-mark") ? paneOf(event) : null);

  function down(event) {
    const pane = overPicture(event);
    if (!pane) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch", button: event.button, window: shownWindow, moved: false, from: aim && aim.index };
    pane.setPointerCapture(event.pointerId);
  }

  function dragWindow(dx, dy) {
    if (second.colour) return;
    const [low, high] = second.range || [0, 1000];
    const each = Math.max((high - low) / 1500, drag.window.width / 400);
    const rounded = (value) => (high - low > 50 ? Math.round(value) : value);
    const width = Math.max(rounded(drag.window.width + dx * each), high - low > 50 ? 1 : each);
    tell("beside-window", { data: { ...drag.window, width, center: rounded(drag.window.center + dy * each) } });
  }

  function dragSlices(dy) {
    const { count } = second.planes[aim.plane];
    const each = trueslice.patient.clamp(trueslice.boxOf(PANE).height / count, 3, 16);
    moveTo(drag.from + Math.trunc(dy / each));
  }

  function move(event) {
    const pane = overPicture(event);
    if (pane && !drag && event.pointerType !== "touch") readOut(pane, event);
    if (!drag || event.pointerId !== drag.id) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.moved = drag.moved || Math.hypot(dx, dy) > STILL_PX * (drag.touch ? 2 : 1);
    if (!drag.moved) return;
    if (drag.touch) dragSlices(dy);
    else if (drag.button === 0) dragWindow(dx, dy);
  }

  function up(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const { moved, button } = drag;
    drag = null;
    const pane = paneOf(event);
    if (moved || button || !pane || !beside() || !second.in_mm) return;
    const found = trueslice.panes.under(pane, event);
    if (found && found.mm) point(found.mm);
  }

  function readOut(pane, event) {
    const found = trueslice.panes.under(pane, event);
    if (!found) return tell("read-out", { children: "" });
    const where = found.mm ? trueslice.patient.place(found.mm) : `column ${Math.round(found.column) + 1} row ${Math.round(found.row) + 1}`;
    return tell("read-out", { children: `beside: ${where} · ${trueslice.values.told(second, found, shownWindow.scale)}` });
  }

  function wheel(event) {
    if (!overPicture(event)) return;
    event.preventDefault();
    const turned = event.deltaY || event.deltaX;
    const notch = event.deltaMode === 0 && Math.abs(turned) < 50 ? turned / 50 : Math.sign(turned);
    scroll(notch * (event.shiftKey ? 10 : 1));
  }

  // the bar -------------------------------------------------------------------------------------------------
  function bar(open) {
    tell("beside-bar", { className: open ? `beside-bar${second ? " has-second" : ""}` : "beside-bar is-absent" });
  }

  function swap() {
    const { scene, cursor } = trueslice;
    const at = second.in_mm && cursor ? `&at=${cursor.map((mm) => Number(mm.toFixed(2))).join(",")}` : "";
    window.history.pushState({}, "", `/?stack=${second.key}${at}&beside=${scene.key}`);
    window.dispatchEvent(new PopStateEvent("popstate")); // dcc.Location reads the address again
  }

  const BUTTONS = {
    "[data-beside-bar]": () => bar(document.querySelector("#beside-bar.is-absent")),
    "#beside-close": () => { tell("beside-of", { value: null }); bar(false); },
    "#beside-swap": () => beside() && swap(),
    "[data-beside-plane]": ({ dataset }) => trueslice.setView({ single: dataset.besidePlane }),
    "[data-beside]": ({ dataset }) => tell("beside-of", { value: dataset.beside }),
  };

  function press(event) {
    for (const [place, action] of Object.entries(BUTTONS)) {
      const button = event.target.closest && event.target.closest(place);
      if (button) return action(button);
    }
    return undefined;
  }

  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("wheel", wheel, { passive: false });
  document.addEventListener("click", press);
  document.addEventListener("contextmenu", (event) => overPicture(event) && event.preventDefault());

  dash.trueslice = Object.assign(dash.trueslice || {}, { besideWindow: setWindow, besideShow: show });
})();

// The series beside: which it is, its window, its fields of the link, the hands on its picture, and its bar.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PANE = "beside";
  const { link } = trueslice;
  const tell = (id, props) => dash.set_props(id, props);
  const beside = () => trueslice.beside.scene();
  const mainPlane = () => trueslice.beside.mainPlane();

  let second = null; // the scene beside; null where nothing stands beside
  let answered = null; // the open series whose link was answered last

  // the scene and its window --------------------------------------------------------------------------------
  function arrived(scene) {
    second = scene && scene.key ? scene : null;
    answered = (scene && scene.of) || answered;
    trueslice.beside.arrived(scene);
    const pane = document.getElementById(`pane-${PANE}`);
    pane.dataset.verdict = second ? second.verdict : "";
    trueslice.panes.hideForeign(pane);
    const isLinked = second && link.asked(window.location.search, "beside") === second.key;
    const single = isLinked || !trueslice.patient.PLANES.includes(trueslice.active) ? trueslice.view.single : trueslice.active;
    const shown = trueslice.patient.PLANES.includes(single) ? single : "axial";
    if (second) trueslice.setView({ beside: second.key, single: shown, maximised: false });
    else if (trueslice.view.beside) trueslice.setView({ beside: null });
    if (second) bar(true);
    link.changed();
  }

  function windowOf(scene, preset, window_, search) {
    const changed = trueslice.page.triggers();
    if (changed.has("beside-scene") || !window_ || window_.key !== scene.key) {
      const told = link.asked(search, "beside") === scene.key && link.asked(search, "bwl");
      const first = trueslice.firstWindow(scene, told ? `?wl=${told}` : "");
      const map = trueslice.colourMaps.known(link.asked(search, "beside") === scene.key ? link.asked(search, "bmap") : "grey");
      return { ...first, key: scene.key, invert: scene.inverted, map, scale: trueslice.values.first(scene) };
    }
    if (changed.has("beside-preset") && scene.windows[preset]) return { ...window_, ...trueslice.voi.chosen(scene, Number(preset)) };
    return window_;
  }

  function setWindow(scene, preset, window_, search) {
    if (trueslice.page.triggers().has("beside-scene") || !second) arrived(scene);
    if (!second) return [null, [], null];
    const shownWindow = windowOf(second, preset, window_, search);
    trueslice.beside.window = shownWindow;
    link.changed();
    const options = second.windows.map((one, at) => ({ value: String(at), label: trueslice.page.presetLabel(second, one, shownWindow.scale) }));
    const found = second.windows.findIndex((_, at) => trueslice.voi.same(second, shownWindow, at));
    return [shownWindow, options, found < 0 ? null : String(found)];
  }

  // The open series whose link is answered: until then its fields stay as they stand.
  const stands = (name, text) => (answered === trueslice.scene.key ? text : link.asked(window.location.search, name));
  const exact = (number) => String(Number(number.toPrecision(10)));
  link.field("beside", () => stands("beside", beside() && second.key));
  link.field("bwl", () => {
    const { window: now } = trueslice.beside;
    return stands("bwl", beside() && !second.colour && now && `${exact(now.center)},${exact(now.width)}`);
  });

  link.field("bmap", () => {
    const { window: now } = trueslice.beside;
    return stands("bmap", beside() && now && now.map !== "grey" && now.map);
  });

  // gestures ------------------------------------------------------------------------------------------------
  const STILL_PX = 4;
  let drag = null;
  const paneOf = (event) => event.target.closest && event.target.closest(`#pane-${PANE}`);
  const overPicture = (event) => (beside() && paneOf(event) && !event.target.closest(".rail, .pane-mark") ? paneOf(event) : null);

  function down(event) {
    const pane = overPicture(event);
    if (!pane) return;
    drag = { id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch", button: event.button, window: trueslice.beside.window, moved: false, from: (trueslice.beside.place() || {}).index, zoom: trueslice.zoomOf(mainPlane()) };
    pane.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  }

  function dragPlace(dx, dy) {
    const { xaxis } = trueslice.panes.graphOf(document.getElementById(`pane-${PANE}`))._fullLayout;
    const mm = (xaxis.range[1] - xaxis.range[0]) / xaxis._length;
    trueslice.zoomed(mainPlane(), () => ({ x: drag.zoom.x - dx * mm, y: drag.zoom.y - dy * mm }));
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
    const { plane } = trueslice.beside.place();
    const { count } = second.planes[plane];
    const each = trueslice.patient.clamp(trueslice.boxOf(PANE).height / count, 3, 16);
    trueslice.beside.moveTo(drag.from + Math.trunc(dy / each));
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
    else if (drag.button === 1) dragPlace(dx, dy);
    else if (drag.button === 2) trueslice.zoomed(mainPlane(), () => ({ scale: drag.zoom.scale * Math.exp(-dy / 150) }));
  }

  function up(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const { moved, button } = drag;
    drag = null;
    const pane = paneOf(event);
    if (moved || button || !pane || !beside() || !second.in_mm) return;
    const found = trueslice.panes.under(pane, event);
    if (found && found.mm) trueslice.painter.goTo(found.mm);
  }

  function readOut(pane, event) {
    const found = trueslice.panes.under(pane, event);
    const say = (words) => { document.getElementById("read-out").textContent = words; };
    if (!found) return say("");
    const where = found.mm ? trueslice.patient.place(found.mm) : `column ${Math.round(found.column) + 1} row ${Math.round(found.row) + 1}`;
    return say(`beside: ${where} · ${trueslice.values.told(second, found, trueslice.beside.window.scale)}`);
  }

  function wheel(event) {
    if (!overPicture(event)) return;
    event.preventDefault();
    const turned = event.deltaY || event.deltaX;
    if (event.ctrlKey) {
      trueslice.zoomed(mainPlane(), ({ scale }) => ({ scale: scale * Math.exp(-turned / 400) }));
      return;
    }
    const notch = event.deltaMode === 0 && Math.abs(turned) < 50 ? turned / 50 : Math.sign(turned);
    trueslice.beside.scroll(notch * (event.shiftKey ? 10 : 1));
  }

  // the bar -------------------------------------------------------------------------------------------------
  const isOpen = () => !document.querySelector("#beside-bar.is-absent");

  function bar(open) {
    tell("beside-bar", { className: open ? `beside-bar${second ? " has-second" : ""}` : "beside-bar is-absent" });
  }

  function swap() {
    const { scene, cursor } = trueslice;
    const at = second.in_mm && cursor ? `&at=${cursor.map((mm) => Number(mm.toFixed(2))).join(",")}` : "";
    window.history.pushState({}, "", `/?stack=${second.key}${at}&beside=${scene.key}`);
    window.dispatchEvent(new PopStateEvent("popstate")); // dcc.Location reads the address again
  }

  function close() {
    tell("beside-of", { value: null });
    bar(false);
  }

  // With the key and the button: choose a second series, or one series again.
  trueslice.besideBar = () => {
    if (trueslice.scene.guest) return;
    if (isOpen()) return void close();
    bar(true);
    setTimeout(() => document.getElementById("beside-of").focus(), 50);
  };

  const BUTTONS = {
    "[data-beside-bar]": trueslice.besideBar,
    "#beside-close": close,
    "#beside-swap": () => beside() && swap(),
    "[data-beside-plane]": ({ dataset }) => trueslice.setView({ single: dataset.besidePlane }),
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

  dash.trueslice = Object.assign(dash.trueslice || {}, { besideWindow: setWindow });
})();

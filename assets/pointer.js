// Wheel, mouse and touch over the pictures, and the read-out of what lies under the pointer.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const STILL_PX = 4;
  const TAP_MS = 300;
  const NOTCH_PX = 100;
  const PAGE = 10;
  const SLOW_ANSWER_MS = 500;
  const FRAME_MS = 16;

  const { tell, graphOf, hideForeign, under } = trueslice.panes;
  const steps = {}; // plane -> slices to go at the next frame
  let frames = 0;
  let flushed = 0;
  let drag = null;
  let hover = null;
  let resting = null;

  // At most one step a frame, and none while the slice before it is still on its way: pictures keep coming.
  function flush(since) {
    frames = 0;
    flushed = performance.now();
    for (const plane of Object.keys(steps)) {
      if (trueslice.cache.busy(plane) && performance.now() - since < SLOW_ANSWER_MS) {
        frames = requestAnimationFrame(() => flush(since));
        continue;
      }
      const step = Math.trunc(steps[plane]);
      delete steps[plane];
      if (step) trueslice.painter.go(plane, trueslice.painter.indexOf(plane) + step);
    }
  }

  trueslice.scroll = (plane, step) => {
    if (!trueslice.scene || !trueslice.scene.key || !trueslice.scene.planes[plane]) return;
    steps[plane] = (steps[plane] || 0) + step;
    const now = performance.now();
    if (frames) return;
    if (now - flushed > FRAME_MS) flush(now);
    else frames = requestAnimationFrame(() => flush(now));
  };

  trueslice.scrollTo = (plane, index) => trueslice.scene && trueslice.scene.planes[plane] && trueslice.painter.go(plane, index);

  // Written by hand: through Dash every part of the page would be asked whether it concerns it.
  const say = (words) => { document.getElementById("read-out").textContent = words; };

  function readOut() {
    const { pane, event } = hover;
    hover = null;
    const found = under(pane, event);
    if (!found || !trueslice.window) return say("");
    const { place } = trueslice.patient;
    const where = found.mm ? place(found.mm) : `column ${Math.round(found.column) + 1} row ${Math.round(found.row) + 1}`;
    return say(`${where} · ${trueslice.values.told(trueslice.scene, found, trueslice.window.scale)}${trueslice.overlays.told(found)}`);
  }

  function look(pane, event) {
    if (!hover) requestAnimationFrame(readOut);
    hover = { pane, event };
    resting = hover;
  }

  // New pixels under a pointer that rests: the read-out is theirs, as soon as they are on screen.
  function lookAgain({ plane }) {
    if (resting && resting.pane.dataset.plane === plane && !drag) look(resting.pane, resting.event);
  }

  function mmPerPixel(pane) {
    const { xaxis } = graphOf(pane)._fullLayout;
    return (xaxis.range[1] - xaxis.range[0]) / xaxis._length;
  }

  const KINDS = {
    window(dx, dy) {
      if (trueslice.scene.colour) return;
      const [low, high] = trueslice.scene.range || [0, 1000];
      const each = Math.max((high - low) / 1500, drag.window.width / 400);
      const rounded = (value) => (high - low > 50 ? Math.round(value) : value);
      const width = Math.max(rounded(drag.window.width + dx * each), high - low > 50 ? 1 : each);
      trueslice.painter.setWindow({ ...drag.window, width, center: rounded(drag.window.center + dy * each) });
    },
    pan(dx, dy) {
      const mm = mmPerPixel(drag.pane);
      trueslice.zoomed(drag.plane, () => ({ x: drag.zoom.x - dx * mm, y: drag.zoom.y - dy * mm }));
    },
    zoom(_dx, dy) {
      trueslice.zoomed(drag.plane, () => ({ scale: drag.zoom.scale * Math.exp(-dy / 150) }));
    },
    scroll(_dx, dy) {
      const { count } = trueslice.scene.planes[drag.plane];
      const each = trueslice.patient.clamp(trueslice.boxOf(drag.plane).height / count, 3, 16);
      const step = Math.trunc(dy / each) - drag.stepped;
      drag.stepped += step;
      if (step) trueslice.scroll(drag.plane, step);
    },
  };
  const BUTTONS = ["window", "pan", "zoom"];

  trueslice.activate = (plane) => {
    document.querySelectorAll(".pane").forEach((pane) => pane.classList.toggle("is-active", pane.dataset.plane === plane));
    trueslice.active = plane;
  };

  const overPicture = (event) => {
    const pane = event.target.closest && event.target.closest(".pane[data-plane]");
    const usable = pane && pane.dataset.plane !== "solid" && !event.target.closest(".rail, .pane-mark, .play-button");
    return usable && trueslice.scene && trueslice.scene.key ? pane : null;
  };

  function down(event) {
    const pane = overPicture(event);
    if (!pane) return;
    const { plane } = pane.dataset;
    trueslice.activate(plane);
    if (trueslice.smallScreen.matches && document.querySelector(".panel-open")) {
      tell("panel-tabs", { value: null });
      return;
    }
    if (drag && event.pointerId !== drag.id) return;
    const kind = event.pointerType === "touch" ? "scroll" : BUTTONS[event.button];
    drag = {
      pane, plane, kind, id: event.pointerId, x: event.clientX, y: event.clientY, at: performance.now(),
      moved: false, stepped: 0, window: trueslice.window, zoom: trueslice.zoomOf(plane), frame: 0,
    };
    pane.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  }

  function move(event) {
    const pane = overPicture(event);
    if (!drag && pane && event.pointerType !== "touch") look(pane, event);
    if (!drag || event.pointerId !== drag.id) return;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    drag.moved = drag.moved || Math.hypot(dx, dy) > STILL_PX * (drag.kind === "scroll" ? 2 : 1);
    if (!drag.moved) return;
    cancelAnimationFrame(drag.frame);
    drag.frame = requestAnimationFrame(() => drag && KINDS[drag.kind] && KINDS[drag.kind](dx, dy));
  }

  function up(event) {
    if (!drag || event.pointerId !== drag.id) return;
    const { pane, moved, kind, at } = drag;
    drag = null;
    if (moved) trueslice.painter.rest();
    const meant = kind === "window" || (kind === "scroll" && performance.now() - at < TAP_MS);
    if (moved || !meant) return;
    look(pane, event);
    const found = under(pane, event);
    if (found && found.mm) trueslice.painter.goTo(found.mm);
  }

  // Two fingers, or one that rests, mean something else than what one finger has begun; false where it has moved on.
  function letGo() {
    const isStill = Boolean(drag) && !drag.moved;
    drag = null;
    return isStill;
  }
  Object.assign(trueslice, { overPicture, letGo, look, pointTo: (point) => trueslice.painter.goTo(point) });

  function wheel(event) {
    const pane = overPicture(event);
    if (!pane) return;
    event.preventDefault();
    const { plane } = pane.dataset;
    trueslice.activate(plane);
    const turned = event.deltaY || event.deltaX;
    if (event.ctrlKey) {
      trueslice.zoomAt(plane, event, Math.exp(-turned / 400));
      return;
    }
    // A mouse notch is one slice; a trackpad's many small turns add up to one.
    const notch = event.deltaMode === 0 && Math.abs(turned) < NOTCH_PX / 2 ? turned / NOTCH_PX * 2 : Math.sign(turned);
    trueslice.scroll(plane, notch * (event.shiftKey ? PAGE : 1));
  }

  trueslice.view = { single: "axial", maximised: false };
  trueslice.setView = (change) => {
    trueslice.view = { ...trueslice.view, ...change };
    tell("view", { data: trueslice.view });
  };

  function twice(event) {
    const pane = event.target.closest(".pane[data-plane]");
    if (pane && trueslice.scene && trueslice.scene.key) trueslice.aloneOrAll(pane.dataset.plane);
  }

  let resized = 0;
  const sizes = new ResizeObserver(() => {
    cancelAnimationFrame(resized);
    resized = requestAnimationFrame(trueslice.fitAgain);
  });

  function begin() {
    const pictures = document.querySelectorAll(".pane .picture");
    const graphs = document.querySelectorAll(".pane .js-plotly-plot");
    if (!pictures.length || graphs.length < pictures.length) return void setTimeout(begin, 50);
    pictures.forEach((picture) => sizes.observe(picture));
    graphs.forEach((graph) => graph.on("plotly_afterplot", () => {
      hideForeign(graph.closest(".pane"));
      lookAgain(graph.closest(".pane").dataset);
    }));
    trueslice.smallScreen.addEventListener("change", ({ matches }) => {
      if (matches) tell("panel-tabs", { value: null }); // a sheet would lie over the picture
      trueslice.setView({});
    });
    return trueslice.activate("axial");
  }

  document.addEventListener("pointerdown", down);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", () => { drag = null; });
  document.addEventListener("pointerover", (event) => {
    if (drag || !resting || overPicture(event)) return;
    resting = null;
    say("");
  });
  document.addEventListener("wheel", wheel, { passive: false });
  document.addEventListener("dblclick", twice);
  document.addEventListener("contextmenu", (event) => overPicture(event) && event.preventDefault());
  begin();
})();

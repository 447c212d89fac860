// A window for a place: with Ctrl held down, a box is drawn, and the greys run over the values in it.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const CUT = 0.01; // of the values, the darkest and the brightest: single stray ones would widen the window
  const STILL_PX = 4;
  const { graphOf } = trueslice.panes;
  let drag = null;

  const edges = ({ x, y }, event) => [Math.min(x, event.clientX), Math.min(y, event.clientY), Math.max(x, event.clientX), Math.max(y, event.clientY)];

  // The pixels on screen whose middles lie in the box.
  function valuesIn(pane, [left, top, right, bottom]) {
    const graph = graphOf(pane);
    const { xaxis, yaxis } = graph._fullLayout;
    const { left: x, top: y } = graph.getBoundingClientRect();
    const [trace] = graph.data;
    const column = (px) => (xaxis.p2d(px - x - xaxis._offset) - trace.x0) / trace.dx;
    const row = (px) => (yaxis.p2d(px - y - yaxis._offset) - trace.y0) / trace.dy;
    const between = (from, to) => [Math.max(0, Math.ceil(Math.min(from, to))), Math.max(0, Math.floor(Math.max(from, to)) + 1)];
    const [columns, rows] = [between(column(left), column(right)), between(row(top), row(bottom))];
    return trace.z.slice(...rows).flatMap((line) => Array.from(line.slice(...columns)).filter(Number.isFinite));
  }

  function down(event) {
    const pane = event.target.closest && event.target.closest(".pane[data-plane]");
    const { scene, window: window_ } = trueslice;
    const meant = event.button === 0 && (event.ctrlKey || event.metaKey) && event.pointerType !== "touch";
    if (!meant || !pane || pane.dataset.plane === "solid" || !scene || !scene.key || scene.colour || !window_) return;
    const box = Object.assign(document.createElement("div"), { className: "region-box" });
    pane.append(box);
    drag = { pane, box, x: event.clientX, y: event.clientY };
    pane.setPointerCapture(event.pointerId);
    stop(event);
  }

  function stop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function move(event) {
    if (!drag) return;
    const [left, top, right, bottom] = edges(drag, event);
    const { left: x, top: y } = drag.pane.getBoundingClientRect();
    Object.assign(drag.box.style, { left: `${left - x}px`, top: `${top - y}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    stop(event);
  }

  function up(event) {
    if (!drag) return;
    const { pane, box, x, y } = drag;
    const found = edges(drag, event);
    box.remove();
    drag = null;
    stop(event);
    if (Math.hypot(event.clientX - x, event.clientY - y) < STILL_PX) return;
    const values = valuesIn(pane, found).sort((a, b) => a - b);
    if (!values.length) return;
    const at = (share) => values[Math.round(share * (values.length - 1))];
    trueslice.painter.windowTo(trueslice.voi.between(trueslice.scene, trueslice.window, [at(CUT), at(1 - CUT)]));
  }

  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", up, true);
  document.addEventListener("pointercancel", () => {
    if (drag) drag.box.remove();
    drag = null;
  });
})();

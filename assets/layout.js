// How the four panes share the page: their dividers, dragged or moved by keys, and one pane alone.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const EVEN = [0.5, 0.5]; // shares of width and height that the first column and the first row take
  const LEAST = 0.15;
  const STEP = 0.02;
  const FAR = 0.1;
  const AXES = { across: 0, down: 1 };

  let drag = null; // {id, axes, box}
  let split = EVEN;

  const panes = () => document.querySelector(".panes");
  const bounded = (share) => Math.round(trueslice.patient.clamp(share, LEAST, 1 - LEAST) * 1e4) / 1e4;
  const axesOf = (divider) => (divider.dataset.divides === "both" ? [0, 1] : [AXES[divider.dataset.divides]]);

  function apply(shares) {
    split = shares;
    const stage = panes();
    if (!stage) return;
    stage.style.setProperty("--across", String(shares[0]));
    stage.style.setProperty("--down", String(shares[1]));
    for (const [name, axis] of Object.entries(AXES)) {
      const percent = String(Math.round(shares[axis] * 100));
      stage.querySelector(`[data-divides=${name}]`).setAttribute("aria-valuenow", percent);
    }
  }

  function keep() {
    trueslice.setView({ split });
  }

  const dividerOf = ({ target }) => target.closest && target.closest("[data-divides]");

  document.addEventListener("pointerdown", (event) => {
    const divider = dividerOf(event);
    if (!divider || event.button) return;
    drag = { id: event.pointerId, axes: axesOf(divider), box: panes().getBoundingClientRect() };
    divider.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { axes, box } = drag;
    const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    apply(split.map((share, axis) => (axes.includes(axis) ? bounded(shares[axis]) : share)));
  });
  ["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    drag = null;
    keep();
  }));
  document.addEventListener("dblclick", (event) => {
    if (!dividerOf(event)) return;
    apply(EVEN);
    keep();
  });

  const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, -1], ArrowDown: [1, 1] };

  document.addEventListener("keydown", (event) => {
    const divider = dividerOf(event);
    if (!divider || event.ctrlKey || event.metaKey || event.altKey) return;
    const [axis, way] = WAYS[event.key] || [];
    const isOurs = axesOf(divider).includes(axis);
    if (!isOurs && event.key !== "Home") return;
    event.preventDefault();
    event.stopPropagation();
    const step = way * (event.shiftKey ? FAR : STEP);
    apply(isOurs ? split.map((share, at) => (at === axis ? bounded(share + step) : share)) : EVEN);
    keep();
  }, true);

  // The active view alone, and back; a phone shows one at a time anyway.
  trueslice.aloneOrAll = (name = trueslice.active) => {
    const { smallScreen, view, scene } = trueslice;
    if (smallScreen.matches || view.beside || scene.kind !== "volume") return;
    trueslice.setView({ single: view.maximised ? view.single : name, maximised: !view.maximised });
  };

  // A 3D view that was touched is the one that a key makes large.
  document.addEventListener("pointerdown", ({ target }) => {
    if (target.closest && target.closest(".pane-solid") && trueslice.scene && trueslice.scene.key) trueslice.activate("solid");
  });

  trueslice.link.view((_scene, search) => {
    const told = trueslice.link.askedNumbers(search, "split", 2);
    apply(told ? told.map(bounded) : EVEN);
    return { split };
  });
  trueslice.link.field("split", () => (split.every((share) => share === 0.5) ? null : split.join(",")));
})();

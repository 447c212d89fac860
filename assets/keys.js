// The keyboard: slices, windows, panel, and the list of keys.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const PAGE = 10;
  const PLANES = ["axial", "coronal", "sagittal"];
  const tell = (id, props) => window.dash_clientside.set_props(id, props);

  const plane = () => (trueslice.scene.kind === "volume" ? (PLANES.includes(trueslice.active) ? trueslice.active : "axial") : "picture");
  const last = () => trueslice.scene.planes[plane()].count - 1;

  function neighbour(step) {
    const next = PLANES[(PLANES.indexOf(plane()) + step + PLANES.length) % PLANES.length];
    trueslice.activate(next);
    if (trueslice.smallScreen.matches || trueslice.view.maximised || trueslice.view.beside) trueslice.setView({ single: next });
  }

  function preset(number) {
    if (!trueslice.scene.windows[number - 1]) return;
    trueslice.painter.windowTo({ ...trueslice.window, ...trueslice.voi.chosen(trueslice.scene, number - 1) });
  }

  function asAtFirst() {
    const first = trueslice.firstWindow(trueslice.scene, "");
    trueslice.painter.windowTo({ ...trueslice.window, ...first, invert: trueslice.scene.inverted });
    trueslice.unzoom();
  }

  const KEYS = {
    ArrowUp: (far) => trueslice.scroll(plane(), far ? -PAGE : -1),
    ArrowDown: (far) => trueslice.scroll(plane(), far ? PAGE : 1),
    PageUp: () => trueslice.scroll(plane(), -PAGE),
    PageDown: () => trueslice.scroll(plane(), PAGE),
    Home: () => trueslice.scrollTo(plane(), 0),
    End: () => trueslice.scrollTo(plane(), last()),
    ArrowLeft: () => neighbour(-1),
    ArrowRight: () => neighbour(1),
    " ": asAtFirst,
    i: () => !trueslice.scene.colour && trueslice.painter.windowTo({ ...trueslice.window, invert: !trueslice.window.invert }),
    c: () => trueslice.play(plane()),
    t: () => trueslice.nextSlab(),
    p: () => trueslice.otherAxes(),
    x: () => trueslice.toggleLines(),
    m: () => trueslice.aloneOrAll(),
    b: () => trueslice.besideBar(),
    "[": () => tell("panel-tabs", { value: null }),
    "]": () => tell("panel-tabs", { value: "audit" }),
    "?": () => tell("keys-dialog", { opened: true }),
  };
  "123456".split("").forEach((digit) => { KEYS[digit] = () => preset(Number(digit)); });

  const typing = (target) =>
    target.closest("input, textarea, select, button, a, [contenteditable], [role=slider], [role=tab], [role=dialog], .ag-root");

  document.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    const open = trueslice.scene && trueslice.scene.key && trueslice.window;
    if (!action || !open || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    action(event.shiftKey);
  });
})();

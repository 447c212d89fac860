// The crosshair: with Shift it follows the pointer, and a key hides its lines.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  let wanted = null; // where the pointer was last, until the next frame

  function follow() {
    const { pane, event } = wanted;
    wanted = null;
    const found = trueslice.panes.under(pane, event);
    if (found && found.mm) trueslice.pointTo(found.mm);
  }

  document.addEventListener("pointermove", (event) => {
    if (!event.shiftKey || event.buttons || event.pointerType === "touch" || !trueslice.overPicture) return;
    const pane = trueslice.overPicture(event);
    if (!pane) return;
    if (!wanted) requestAnimationFrame(follow);
    wanted = { pane, event };
  });

  trueslice.toggleLines = () => trueslice.setView({ lines: trueslice.view.lines === false });

  trueslice.link.view((_scene, search) => ({ lines: trueslice.link.asked(search, "lines") !== "0" }));
  trueslice.link.field("lines", () => (trueslice.view.lines === false ? "0" : null));
})();

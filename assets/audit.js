// Ways out of the audit: a slice or a bar moves the views there, a tag of the evidence opens the tag table at it.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const tell = (id, props) => window.dash_clientside.set_props(id, props);

  // A bar that stands for many slices leads to the one under the pointer.
  function goTo(element, event) {
    const { plane, first, last } = element.dataset;
    const { left, width } = element.getBoundingClientRect();
    const share = event.clientX && width ? trueslice.patient.clamp((event.clientX - left) / width, 0, 1) : 0;
    trueslice.goToSlice(plane, Math.round(Number(first) + share * (Number(last) - Number(first))));
    if (trueslice.smallScreen.matches) {
      trueslice.setView({ single: plane });
      tell("panel-tabs", { value: null }); // the sheet lies over the picture it leads to
    } else if (trueslice.view.maximised) trueslice.setView({ single: plane });
  }

  function showTag(tag) {
    tell("tag-filter", { value: tag });
    tell("panel-tabs", { value: "tags" });
  }

  const on = (event, selector) => event.target.closest && event.target.closest(selector);

  document.addEventListener("click", (event) => {
    const place = on(event, "[data-first]");
    const tag = on(event, "[data-tag]");
    const panel = on(event, "[data-panel]");
    if (place && trueslice.scene && trueslice.scene.key) goTo(place, event);
    if (tag) showTag(tag.dataset.tag);
    if (panel) tell("panel-tabs", { value: panel.dataset.panel });
  });
})();

// The clientside callbacks of sharing: the address of a new link, the copy of one's own, and leaving.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const COPIED_MS = 2000;

  function shareAddress(token) {
    const changed = trueslice.page.triggers();
    if (changed.has("scene") || !token) return ["", "share-result is-absent"];
    return [`${window.location.origin}/shared#${token}`, "share-result"];
  }

  async function copyView() {
    await navigator.clipboard.writeText(trueslice.link.now());
    setTimeout(() => dash.set_props("copy-view", { children: "Copy my own link" }), COPIED_MS);
    return "Copied";
  }

  function leave() {
    trueslice.leaveShare();
    return dash.no_update;
  }

  // The preview is the view as it is when it is opened, not when the dialog was.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest(".share-preview");
    if (link) link.href = trueslice.link.asGuest();
  }, true);

  dash.trueslice = Object.assign(dash.trueslice || {}, {
    openShare: () => true,
    here: (clicks) => ({ clicks, search: new URL(trueslice.link.now()).search }),
    shareAddress, copyView, leave,
  });
})();

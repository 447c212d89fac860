// The clientside callbacks of the tag panel: its quick filter, and the compared series in the address.
"use strict";

(() => {
  const dash = (window.dash_clientside = window.dash_clientside || {});

  function find(text) {
    const options = new dash.Patch();
    return options.assign(["quickFilterText"], text || "").build();
  }

  function compared(key, scene) {
    const fields = new URLSearchParams(window.location.search);
    if (!scene || !scene.key || fields.get("stack") !== scene.key) return;
    if (key) fields.set("with", key);
    else fields.delete("with");
    const query = fields.toString().replaceAll("%2C", ",");
    window.history.replaceState(window.history.state, "", `/?${query}`);
  }

  dash.trueslice = Object.assign(dash.trueslice || {}, { find, compared });
})();

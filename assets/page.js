// The clientside callbacks around the pictures: window, address, what the page shows, panel.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const ADDRESS_AFTER_MS = 400;

  let addressTimer = 0;

  const triggers = () => new Set(dash.callback_context.triggered.map((one) => one.prop_id.split(".")[0]));
  const same = (count) => Array(count).fill(dash.no_update);
  const asked = (search, name) => new URLSearchParams(search || "").get(name);

  function askedNumbers(search, name, count) {
    const found = (asked(search, name) || "").split(",").map((text) => (text.trim() === "" ? NaN : Number(text)));
    return found.length === count && found.every(Number.isFinite) ? found : null;
  }

  // window --------------------------------------------------------------------------------------------------
  function firstWindow(scene, search) {
    const told = askedNumbers(search, "wl", 2);
    if (told && told[1] > 0) return { center: told[0], width: told[1] };
    const [low, high] = scene.range || [0, 1];
    const shows = ({ center, width }) => center - width / 2 < high && center + width / 2 > low;
    return scene.windows.find(shows) || { center: (low + high) / 2, width: high - low || 1 };
  }
  trueslice.firstWindow = firstWindow;

  // Digits that are meant: a tenth matters to no eye unless the window itself is narrow.
  const meant = (value, { width }) => (Math.abs(width) < 20 ? Number(value.toPrecision(4)) : Number(value.toFixed(1)));

  function windowOf(scene, changed, [preset, center, width, window_], search) {
    if (changed.has("scene") || !window_ || window_.key !== scene.key) {
      return { ...firstWindow(scene, search), invert: scene.inverted };
    }
    const { invert } = window_;
    if (changed.has("window")) return window_;
    if (changed.has("window-preset") && scene.windows[preset]) return { ...scene.windows[preset], invert };
    const numbers = [center, width].map((text) => (text === "" || text === null ? NaN : Number(text)));
    return numbers.every(Number.isFinite) && numbers[1] > 0
      ? { center: numbers[0], width: numbers[1], invert } : window_;
  }

  function setWindow(scene, preset, center, width, window_, search) {
    if (!scene || !scene.key) return [null, [], null, "", ""];
    const now = windowOf(scene, triggers(), [preset, center, width, window_], search);
    const found = scene.windows.findIndex((one) => one.center === now.center && one.width === now.width);
    const options = scene.windows.map((one, at) => ({
      value: String(at), label: `${one.name || "as recorded"} · ${trueslice.patient.written(meant(one.width, one))}/${trueslice.patient.written(meant(one.center, one))}`,
    }));
    trueslice.window = { key: scene.key, center: now.center, width: now.width, invert: Boolean(now.invert) };
    return [trueslice.window, options, found < 0 ? null : String(found), meant(now.center, now), meant(now.width, now)];
  }

  // address, stage, panel -----------------------------------------------------------------------------------
  const short = (number, digits) => String(Number(number.toFixed(digits)));

  function address(cursor, window_, tab, mesh, scene) {
    clearTimeout(addressTimer);
    if (!scene || !scene.key) return dash.no_update;
    addressTimer = setTimeout(() => {
      const kept = ["with", "show", "group", "find"].map((name) => [name, asked(window.location.search, name)]);
      const fields = {
        stack: scene.key, at: cursor && cursor.map((mm) => short(mm, 2)).join(","),
        wl: window_ && `${short(window_.center, 3)},${short(window_.width, 3)}`,
        panel: tab, ...Object.fromEntries(kept), level: mesh && mesh.key === scene.key ? short(mesh.level, 3) : null,
      };
      const told = Object.entries(fields).filter(([, value]) => value);
      const query = new URLSearchParams(told).toString().replaceAll("%2C", ",");
      if (asked(window.location.search, "stack") === scene.key) window.history.replaceState(window.history.state, "", `/?${query}`);
    }, ADDRESS_AFTER_MS);
    return dash.no_update;
  }

  function stage(scene, view, tab, search) {
    trueslice.view = view;
    trueslice.lastTab = tab || trueslice.lastTab;
    if (!scene) return asked(search, "stack") ? "page is-viewer is-opening" : "page is-opening";
    if (!scene.key) return "page is-library";
    const alone = view.maximised ? "is-maximised" : "";
    const film = scene.kind !== "volume" && scene.planes.picture.count > 1 ? "is-film" : "";
    const kind = scene.kind === "volume" ? "is-volume" : "is-pictures";
    return `page is-viewer ${kind} ${film} verdict-is-${scene.verdict} shows-${view.single} ${alone} ${tab ? "panel-open" : "panel-closed"} tab-${tab}`;
  }

  function single(...inputs) {
    const view = inputs[inputs.length - 1];
    const [button] = triggers();
    return { ...view, single: button.replace("show-", "") };
  }

  function panel(_clicks, scene, tab, search) {
    if (!triggers().has("scene")) return tab ? null : trueslice.lastTab || "audit";
    const told = asked(search, "panel");
    return ["audit", "tags", "surface"].includes(told) ? told : trueslice.smallScreen.matches ? null : "audit";
  }

  trueslice.page = { triggers, same, askedNumbers };
  dash.trueslice = Object.assign(dash.trueslice || {}, {
    window: setWindow, address, stage, single, panel, keys: (_clicks, opened) => !opened,
  });
})();

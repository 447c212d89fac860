// The clientside callbacks around the pictures: window, address, what the page shows, panel.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const TABS = ["audit", "tags", "surface", "measure", "overlays"];
  const PANES = ["axial", "coronal", "sagittal", "solid"];

  const triggers = () => new Set(dash.callback_context.triggered.map((one) => one.prop_id.split(".")[0]));
  const same = (count) => Array(count).fill(dash.no_update);
  const { asked, askedNumbers } = trueslice.link;

  // window --------------------------------------------------------------------------------------------------
  function firstWindow(scene, search) {
    const told = askedNumbers(search, "wl", 2);
    if (told && told[1] > 0) return toldWindow(scene, told, asked(search, "voi"));
    const [low, high] = scene.range || [0, 1];
    const shows = ({ center, width }) => center - width / 2 < high && center + width / 2 > low;
    const at = scene.windows.findIndex(shows);
    return at < 0 ? { center: (low + high) / 2, width: high - low || 1, ...trueslice.voi.named(scene, "exact") }
      : trueslice.voi.chosen(scene, at);
  }

  function firstScale(scene, search) {
    const told = asked(search, "scale");
    if (told === "own") return null;
    return trueslice.values.usable(scene).find((at) => String(at) === told) ?? trueslice.values.first(scene);
  }

  // An address without a function means the window of these numbers that is on offer.
  function toldWindow(scene, [center, width], name) {
    const at = scene.windows.findIndex((one) => one.center === center && one.width === width);
    return at >= 0 && !name ? trueslice.voi.chosen(scene, at) : { center, width, ...trueslice.voi.named(scene, name) };
  }
  trueslice.firstWindow = firstWindow;

  // Digits that are meant: a tenth matters to no eye unless the window itself is narrow.
  const meant = (value, { width }) => (Math.abs(width) < 20 ? Number(value.toPrecision(4)) : Number(value.toFixed(1)));

  // What a field of numbers says; what it does not say stays.
  function typed(scene, window_, changed, [center, width]) {
    const before = trueslice.values.seen(scene, window_.scale, window_);
    const [c, w] = [center, width].map((text) => (text === "" || text === null ? NaN : Number(text)));
    const now = {
      center: changed.has("window-center") && Number.isFinite(c) ? c : before.center,
      width: changed.has("window-width") && w > 0 ? w : before.width,
    };
    return { ...window_, ...trueslice.values.meant(scene, window_.scale, now) };
  }

  function windowOf(scene, changed, [preset, center, width, scale, window_], search) {
    if (changed.has("scene") || !window_ || window_.key !== scene.key) {
      const invert = Boolean(scene.inverted) !== (asked(search, "inv") === "1");
      const map = trueslice.colourMaps.known(asked(search, "map"));
      return { ...firstWindow(scene, search), invert, map, scale: firstScale(scene, search) };
    }
    if (changed.has("window")) return window_;
    if (changed.has("value-scale")) return { ...window_, scale: scene.scales[scale] ? Number(scale) : null };
    if (changed.has("window-preset") && scene.windows[preset]) {
      return { ...window_, ...trueslice.voi.chosen(scene, Number(preset)) };
    }
    return changed.has("window-center") || changed.has("window-width")
      ? typed(scene, window_, changed, [center, width]) : window_;
  }

  function presetLabel(scene, one, scale) {
    const name = one.name || "as recorded";
    if (one.function === "LUT") return `${name} · table`;
    const seen = trueslice.values.seen(scene, scale, one);
    const numbers = [seen.width, seen.center].map((value) => trueslice.patient.written(meant(value, seen))).join("/");
    return `${name} · ${numbers}${one.function === "SIGMOID" ? " sigmoid" : ""}`;
  }

  function setWindow(scene, preset, center, width, scale, window_, search) {
    if (!scene || !scene.key) return [null, [], null, "", "", [], null];
    const now = windowOf(scene, triggers(), [preset, center, width, scale, window_], search);
    const found = scene.windows.findIndex((_, at) => trueslice.voi.same(scene, now, at));
    const options = scene.windows.map((one, at) => ({ value: String(at), label: presetLabel(scene, one, now.scale) }));
    const { center: c, width: w, function: kind, curve, from, scale: chosen, map } = now;
    trueslice.window = { key: scene.key, center: c, width: w, function: kind, curve, from, scale: chosen, map, invert: Boolean(now.invert) };
    const seen = trueslice.values.seen(scene, chosen, now);
    const scales = trueslice.values.options(scene);
    const shown = chosen === null ? "own" : String(chosen);
    return [
      trueslice.window, options, found < 0 ? null : String(found), meant(seen.center, seen), meant(seen.width, seen),
      scales, scales.length ? shown : null,
    ];
  }

  // address, stage, panel -----------------------------------------------------------------------------------
  const short = (number, digits) => String(Number(number.toFixed(digits)));
  const exact = (number) => String(Number(number.toPrecision(10))); // values may be as small as a diffusion coefficient

  const drawn = (scene) => !scene.colour && trueslice.window && trueslice.window.key === scene.key;
  let told = { picture: 0, surfaces: null, clip: "" }; // as the address was told last
  const surfaceField = (name) => (scene) => {
    const known = told.surfaces && told.surfaces.key === scene.key;
    return known ? trueslice.surfaceFields(scene, told.surfaces, told.clip)[name] : asked(window.location.search, name);
  };

  // One view on show: alone on a wide page, always on a phone and with another series beside.
  function alone(scene) {
    const { single, maximised } = trueslice.view;
    return scene.kind === "volume" && (maximised || ((trueslice.view.beside || trueslice.smallScreen.matches) && single !== "axial")) ? single : null;
  }

  function viewOf(scene, search) {
    const wanted = asked(search, "alone");
    const single = PANES.includes(wanted) ? wanted : "axial";
    return { single, maximised: single === wanted && !trueslice.smallScreen.matches && !asked(search, "beside") };
  }

  const { field, view: viewField } = trueslice.link;
  field("at", () => trueslice.cursor && trueslice.cursor.map((mm) => short(mm, 2)).join(","));
  field("picture", (scene) => (scene.planes.picture ? told.picture : null));
  field("t", (scene) => trueslice.timeIndex(scene) || null);
  field("wl", (scene) => drawn(scene) && `${exact(trueslice.window.center)},${exact(trueslice.window.width)}`);
  field("voi", (scene) => drawn(scene) && trueslice.voi.nameOf(trueslice.window));
  field("inv", (scene) => drawn(scene) && Boolean(trueslice.window.invert) !== Boolean(scene.inverted) && "1");
  field("scale", (scene) => {
    const { scale } = drawn(scene) ? trueslice.window : { scale: trueslice.values.first(scene) };
    return scale === trueslice.values.first(scene) ? null : scale ?? "own";
  });
  field("map", (scene) => drawn(scene) && trueslice.window.map !== "grey" && trueslice.window.map);
  field("panel", () => trueslice.tab || "none");
  field("alone", alone);
  ["level", "surf", "clip", "cam"].forEach((name) => field(name, surfaceField(name)));
  field("as", (scene) => scene.guest && !scene.shared_until && "guest");
  viewField(viewOf);

  function address(_cursor, _window, _tab, _view, _time, picture, surfaces, clip, _camera) {
    told = { picture, surfaces, clip };
    trueslice.link.changed();
    return dash.no_update;
  }

  function stage(scene, view, tab, search) {
    trueslice.view = view;
    trueslice.tab = tab;
    trueslice.lastTab = tab || trueslice.lastTab;
    if (triggers().has("scene")) trueslice.link.opened(search);
    if (!scene) return asked(search, "stack") ? "page is-viewer is-opening" : "page is-opening";
    if (!scene.key) return "page is-library";
    const alone = `${view.maximised ? "is-maximised" : ""} ${view.beside ? "has-beside" : ""}`;
    const film = scene.kind !== "volume" && scene.planes.picture.count > 1 ? "is-film" : "";
    const kind = scene.kind === "volume" ? "is-volume" : "is-pictures";
    const values = `${scene.colour ? "is-colour" : ""} ${trueslice.values.usable(scene).length ? "has-scales" : ""}`;
    const guest = scene.guest ? "is-guest" : "";
    return `page is-viewer ${guest} ${kind} ${film} ${values} verdict-is-${scene.verdict} shows-${view.single} ${alone} ${tab ? "panel-open" : "panel-closed"} tab-${tab}`;
  }

  function single(...inputs) {
    const [scene, view, search] = inputs.slice(-3);
    const [button] = triggers();
    if (button !== "scene") return { ...view, single: button.replace("show-", "") };
    return scene && scene.key ? { ...view, ...trueslice.link.viewOf(scene, search) } : dash.no_update;
  }

  function panel(_clicks, scene, tab, search) {
    if (!triggers().has("scene")) return tab ? null : trueslice.lastTab || "audit";
    const wanted = asked(search, "panel");
    if (wanted === "none") return null;
    return TABS.includes(wanted) ? wanted : trueslice.smallScreen.matches ? null : "audit";
  }

  trueslice.page = { triggers, same, asked, askedNumbers, presetLabel };
  dash.trueslice = Object.assign(dash.trueslice || {}, {
    window: setWindow, address, stage, single, panel, keys: (_clicks, opened) => !opened,
  });
})();

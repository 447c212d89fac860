// The list of what lies over the pictures: regions to switch, their volumes, a second stack with its own window.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const MARKS = { trusted: "●", caution: "▲", refused: "■" };
  const STYLES = { both: "filled and outlined", filled: "filled", outlined: "outlined" };
  const FIRST_OPACITY = 0.5;
  const REGION_OPACITY = 0.45; // as regions.js begins with
  const MOST_HIDDEN = 24;
  const MAPS = ["hot-iron", "hot-metal-blue", "pet", "pet-20-step", "cividis", "grey"];
  const { idOf, change } = trueslice.overlays;
  let listing = { overlays: [], stacks: [] };
  let asked = 0;

  const node = (name, className, ...children) => {
    const made = Object.assign(document.createElement(name), { className });
    made.append(...children);
    return made;
  };

  function labelled(words, control) {
    const made = node("label", "over-control", node("span", "quiet", words), control);
    return made;
  }

  function input(type, value, told, attributes = {}) {
    const made = Object.assign(document.createElement("input"), { type, ...attributes });
    made[type === "checkbox" ? "checked" : "value"] = value;
    made.addEventListener(type === "range" ? "input" : "change", () => told(type === "checkbox" ? made.checked : Number(made.value)));
    return made;
  }

  function choice(options, value, told) {
    const made = document.createElement("select");
    made.append(...options.map(([key, words]) => Object.assign(document.createElement("option"), { value: key, textContent: words })));
    made.value = value;
    made.addEventListener("change", () => told(made.value));
    return made;
  }

  // words ----------------------------------------------------------------------------------------------------
  const ml = (value) => `${trueslice.patient.written(value, value < 10 ? 2 : 1)}\u2009ml`;

  function sizeWords({ voxels, volume_ml, contour_ml }) {
    if (!voxels) return "empty";
    const counted = `${ml(volume_ml)} (${voxels} ${voxels === 1 ? "voxel" : "voxels"})`;
    return contour_ml === null ? counted : `${counted} · ${ml(contour_ml)} inside its contours`;
  }

  // regions --------------------------------------------------------------------------------------------------
  function switched(ids, on) {
    const shown = new Set(trueslice.overlays.looks().shown);
    ids.forEach((id) => (on ? shown.add(id) : shown.delete(id)));
    change({ shown });
  }

  function goTo({ centre_mm: centre }) {
    if (centre) window.dash_clientside.set_props("click", { data: { key: trueslice.scene.key, number: `over-${Math.random()}`, point: centre } });
  }

  function solid(overlay, region) {
    const button = Object.assign(node("button", "quiet-button over-solid", "3D"), { type: "button", title: "Its surface in the 3D view" });
    button.setAttribute("aria-label", `Surface of ${region.label}`);
    button.addEventListener("click", () => trueslice.surfacePanel.act("region", {
      value: { of: overlay.key, layer: region.layer, value: region.value, colour: region.colour, label: region.label },
    }));
    return button;
  }

  function regionRow(overlay, region) {
    const id = idOf(overlay, region);
    const box = input("checkbox", trueslice.overlays.looks().shown.has(id), (on) => switched([id], on));
    const swatch = node("span", "over-swatch");
    swatch.style.background = region.colour;
    const go = Object.assign(node("button", "over-go", region.label), { type: "button", title: "Go to its centre" });
    go.addEventListener("click", () => goTo(region));
    box.setAttribute("aria-label", `Show ${region.label}`);
    const parts = [box, swatch, go, ...(region.voxels && !trueslice.scene.guest ? [solid(overlay, region)] : [])];
    return node("li", "over-row", ...parts, node("p", "quiet over-size", sizeWords(region)));
  }

  function overlayPart(overlay) {
    const head = node("h3", "over-head", overlay.name || overlay.words);
    const verdict = node("p", `verdict-${overlay.verdict}`, `${MARKS[overlay.verdict]} ${overlay.verdict}`);
    const reasons = overlay.reasons.map((reason) => node("p", "quiet", reason));
    if (overlay.verdict === "refused") return node("section", "over-part", head, verdict, ...reasons);
    const rows = node("ul", "over-list", ...overlay.regions.map((region) => regionRow(overlay, region)));
    const why = node("details", "over-why", node("summary", "quiet", overlay.summary), ...reasons);
    return node("section", "over-part", head, verdict, rows, why);
  }

  function styles() {
    const { style, opacity } = trueslice.overlays.looks();
    return node("div", "over-controls",
      labelled("Drawn", choice(Object.entries(STYLES), style, (value) => change({ style: value }))),
      labelled("Opacity", input("range", opacity, (value) => change({ opacity: value }), { min: 0.1, max: 1, step: 0.05 })));
  }

  // a second stack -------------------------------------------------------------------------------------------
  // How a second stack is laid over at first.
  function first({ key, name, unit, window: window_, range, volumes }) {
    const [low, high] = window_ ? [window_.center - window_.width / 2, window_.center + window_.width / 2] : range;
    return { key, name, unit, volumes, map: MAPS[0], opacity: FIRST_OPACITY, low, high };
  }

  function fuse(key) {
    const stack = listing.stacks.find((one) => one.key === key);
    if (!stack) return void (change({ fused: null }), draw());
    change({ fused: first(stack) });
    return draw();
  }

  const again = (fields) => change({ fused: { ...trueslice.overlays.looks().fused, ...fields } });

  function windowOf(fused) {
    const told = () => {
      const [low, high] = [ends[0], ends[1]].map((field) => Number(field.value));
      if (Number.isFinite(low) && high > low) again({ low, high });
    };
    const round = (value) => Number(value.toPrecision(4));
    const ends = [input("number", round(fused.low), told, { step: "any" }), input("number", round(fused.high), told, { step: "any" })];
    const unit = fused.unit ? `, ${fused.unit}` : "";
    return [labelled(`Dark from${unit}`, ends[0]), labelled(`Bright from${unit}`, ends[1])];
  }

  function fusion() {
    const { fused } = trueslice.overlays.looks();
    const fit = listing.stacks.filter((stack) => !stack.why_not);
    const unfit = listing.stacks.filter((stack) => stack.why_not);
    if (!listing.stacks.length) return [];
    const options = [["", "none"], ...fit.map(({ key, name }) => [key, name])];
    const controls = fit.length ? [labelled("Laid over", choice(options, fused ? fused.key : "", fuse))] : [];
    if (fused) {
      controls.push(
        labelled("Colours", choice(MAPS.map((map) => [map, trueslice.colourMaps.words({ map }) || map]), fused.map, (map) => again({ map }))),
        labelled("Opacity", input("range", fused.opacity, (opacity) => again({ opacity }), { min: 0.1, max: 1, step: 0.05 })),
        ...windowOf(fused));
    }
    const why = unfit.map(({ name, why_not }) => node("p", "quiet", `${name} ${why_not}.`));
    const which = fused && fused.volumes > 1 ? ` Of its ${fused.volumes} volumes the one with the number of that on show is laid over, beyond them the last.` : "";
    const note = fused ? [node("p", "quiet", `Interpolated to the pixels on show. The value under the pointer is told of both.${which}`)] : [];
    return [node("section", "over-part", node("h3", "over-head", "A second series"), node("div", "over-controls", ...controls), ...note, ...why)];
  }

  function draw() {
    const place = document.getElementById("overlay-list");
    if (!place) return;
    const parts = listing.overlays.map(overlayPart);
    const drawn = listing.overlays.some(({ verdict }) => verdict !== "refused");
    const none = listing.overlays.length || listing.stacks.length ? []
      : [node("p", "quiet", "Nothing to lay over these pictures: no segmentation, contours or other series of their study is here.")];
    place.replaceChildren(...(drawn ? [styles()] : []), ...parts, ...fusion(), ...none);
  }

  // the link ---------------------------------------------------------------------------------------------------
  const dotted = (id) => id.replaceAll("/", ".");

  // What a link says of the overlays of a stack that was just opened.
  function toldBy(search) {
    const [, style, opacity] = /^(\w+):([\d.]+)$/.exec(trueslice.link.asked(search, "drawn") || "") || [];
    const hidden = (trueslice.link.asked(search, "hide") || "").split(",");
    const shown = [...trueslice.overlays.looks().shown].filter((id) => !hidden.includes(dotted(id)));
    const drawn = style in STYLES && Number(opacity) > 0 && Number(opacity) <= 1 ? { style, opacity: Number(opacity) } : {};
    const stack = listing.stacks.find(({ key, why_not }) => !why_not && key === trueslice.link.asked(search, "over"));
    return { ...drawn, shown: new Set(shown), fused: stack ? fusedBy(stack, search) : null };
  }

  function fusedBy(stack, search) {
    const fused = first(stack);
    const [center, width] = trueslice.link.askedNumbers(search, "owl", 2) || [];
    const [map, opacity] = (trueslice.link.asked(search, "omap") || "").split(":");
    const ends = width > 0 ? { low: center - width / 2, high: center + width / 2 } : {};
    const colours = MAPS.includes(map) && Number(opacity) > 0 && Number(opacity) <= 1 ? { map, opacity: Number(opacity) } : {};
    return { ...fused, ...ends, ...colours };
  }

  const short = (value) => String(Number(value.toPrecision(6)));
  const WRITERS = {
    drawn: ({ style, opacity, overlays }) => (overlays.length && (style !== "both" || opacity !== REGION_OPACITY) ? `${style}:${short(opacity)}` : null),
    hide: ({ overlays, shown }) => overlays.flatMap((overlay) => overlay.regions.map((region) => idOf(overlay, region)))
      .filter((id) => !shown.has(id)).slice(0, MOST_HIDDEN).map(dotted).join(","),
    over: ({ fused }) => fused && fused.key,
    owl: ({ fused }) => fused && `${short((fused.low + fused.high) / 2)},${short(fused.high - fused.low)}`,
    omap: ({ fused }) => fused && `${fused.map}:${short(fused.opacity)}`,
  };
  // Until the list has come the address says what it said.
  Object.entries(WRITERS).forEach(([name, write]) => trueslice.link.field(name, (scene) => {
    const looks = trueslice.overlays.looks();
    return looks.key === scene.key ? write(looks) : trueslice.link.asked(window.location.search, name);
  }));

  // The list of the stack that was just opened; what arrives late is of another one.
  async function opened(scene) {
    asked += 1;
    const mine = asked;
    const { search } = window.location;
    listing = { overlays: [], stacks: [] };
    trueslice.overlays.close();
    if (!scene || !scene.key || scene.kind !== "volume") return void draw() ?? null;
    try {
      const response = await fetch(`/volumes/${scene.key}/overlays`, { cache: "no-store" });
      if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await trueslice.cache.refusalOf(response) });
      const found = await response.json();
      if (mine !== asked) return dash.no_update;
      listing = found;
      trueslice.overlays.open(scene.key, found);
      change(toldBy(search));
      draw();
    } catch (failure) {
      if (mine === asked) trueslice.say(failure.refusal);
    }
    return scene.key;
  }

  dash.trueslice = Object.assign(dash.trueslice || {}, { overlaysOpened: opened });
})();

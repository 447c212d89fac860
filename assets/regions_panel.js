// The list of what lies over the pictures: regions to switch, their volumes, a second stack with its own window.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const MARKS = { trusted: "●", caution: "▲", refused: "■" };
  const STYLES = { both: "filled and outlined", filled: "filled", outlined: "outlined" };
  const FIRST_OPACITY = 0.5;
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
  function fuse(key) {
    const stack = listing.stacks.find((one) => one.key === key);
    if (!stack) return void (change({ fused: null }), draw());
    const [low, high] = stack.window
      ? [stack.window.center - stack.window.width / 2, stack.window.center + stack.window.width / 2] : stack.range;
    const { key: other, name, unit } = stack;
    change({ fused: { key: other, name, unit, map: MAPS[0], opacity: FIRST_OPACITY, low, high } });
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
    const note = fused ? [node("p", "quiet", "Interpolated to the pixels on show. The value under the pointer is told of both.")] : [];
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

  // The list of the stack that was just opened; what arrives late is of another one.
  async function opened(scene) {
    asked += 1;
    const mine = asked;
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
      draw();
    } catch (failure) {
      if (mine === asked) trueslice.say(failure.refusal);
    }
    return scene.key;
  }

  dash.trueslice = Object.assign(dash.trueslice || {}, { overlaysOpened: opened });
})();

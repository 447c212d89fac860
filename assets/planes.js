// How the planes are shown: as acquired or along the patient's axes, each slice alone or merged with its neighbours.
//
// trueslice.planes.of(scene)        the scene with the planes that are on show; the same object for the same choice
// trueslice.planes.acquired(scene)  the scene with its acquired planes, to which slices, tags and measurements belong
// trueslice.planes.how(scene)       the choice as it stands in the name of a slice; empty for acquired planes alone
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const MODES = ["mean", "mip", "minip"];
  const NAMES = { mean: "mean", mip: "MIP", minip: "MinIP" };
  const THICKEST_MM = 200;
  const FIRST_MM = 10;
  const TOUCHES = 1e-6; // as webapp/imaging/thick.py
  const AXES = [[0, 0, 1], [0, 1, 0], [1, 0, 0]]; // of the patient, in the order of k, j, i
  const BUTTON = "bar-button viewer-only planes-button";
  const PLAIN = { slab: null, patient: false };

  const known = new WeakMap(); // a scene -> the same with planes along the patient
  let shown = { key: null, ...PLAIN };

  // Colours cannot be mixed into values, and single pictures have no neighbours.
  const isAble = (scene) => Boolean(scene && scene.kind === "volume" && !scene.colour && scene.patient_planes);

  const acquired = (scene) => (scene && scene.acquired) || scene;

  function along(scene) {
    if (!known.has(scene)) known.set(scene, { ...scene, planes: scene.patient_planes, directions: AXES, acquired: scene });
    return known.get(scene);
  }

  const choice = (scene) => (scene && shown.key === scene.key && isAble(acquired(scene)) ? shown : PLAIN);
  const of = (scene) => (choice(scene).patient ? along(acquired(scene)) : acquired(scene));

  // Of this very scene: one with other planes is asked for other pixels.
  function how(scene) {
    const { slab } = choice(scene);
    return [slab && `slab=${slab.mm},${slab.mode}`, scene.acquired && "axes=patient"].filter(Boolean).join("&");
  }

  // Planes merged into one: every acquired one that lies within the thickness; between slices there is none to merge.
  function slabWords(scene, plane, slice) {
    const [, mm, mode] = /slab=([\d.]+),(\w+)/.exec(slice.key) || [];
    if (!mode) return "";
    const name = `${NAMES[mode]} ${mm}\u2009mm`;
    const { step, places, count } = scene.planes[plane];
    if (slice.sampling !== "acquired" || places) return name;
    const reach = Math.trunc(Number(mm) / 2 / Math.abs(step) + TOUCHES);
    const merged = Math.min(count - 1, slice.index + reach) - Math.max(0, slice.index - reach) + 1;
    return `${name} of ${merged} ${merged === 1 ? "slice" : "slices"}`;
  }

  const words = (scene, plane, slice) => [
    scene.acquired ? "patient axes" : "", slabWords(scene, plane, slice),
  ].filter(Boolean).join(" · ");

  function asked(scene, search) {
    const [mm, mode] = (trueslice.link.asked(search, "slab") || "").split(",");
    const isSlab = MODES.includes(mode) && Number(mm) > 0 && Number(mm) <= THICKEST_MM;
    const slab = isSlab ? { mm: Number(mm), mode } : null;
    shown = { key: scene.key, slab, patient: trueslice.link.asked(search, "axes") === "patient" };
  }

  function chosen(mode, mm, axes) {
    const thick = trueslice.patient.clamp(Number(mm) || FIRST_MM, 0.1, THICKEST_MM);
    shown = { ...shown, slab: MODES.includes(mode) ? { mm: Math.round(thick * 10) / 10, mode } : null, patient: axes === "patient" };
  }

  // Which planes, and the controls that say so.
  function planes(scene, mode, mm, axes, search) {
    if (!scene || !scene.key) return [null, "", FIRST_MM, "acquired", `${BUTTON} is-absent`];
    if (trueslice.page.triggers().has("scene") || shown.key !== scene.key) asked(scene, search);
    else chosen(mode, mm, axes);
    const { slab, patient } = choice(scene);
    document.getElementById("page").dataset.recut = how(of(scene)) ? "1" : "";
    trueslice.link.changed();
    return [
      { key: scene.key, how: how(of(scene)) }, slab ? slab.mode : "", slab ? slab.mm : mm || FIRST_MM,
      patient ? "patient" : "acquired", `${BUTTON} ${isAble(scene) ? "" : "is-absent"} ${slab || patient ? "is-on" : ""}`,
    ];
  }

  const tell = (id, value) => window.dash_clientside.set_props(id, { value });

  trueslice.nextSlab = () => {
    const { slab } = choice(trueslice.scene);
    tell("slab-mode", ["", ...MODES, ""][["", ...MODES].indexOf(slab ? slab.mode : "") + 1]);
  };
  trueslice.otherAxes = () => tell("plane-axes", choice(trueslice.scene).patient ? "acquired" : "patient");

  // A slice by its acquired number: in planes along the patient, the cursor goes onto it.
  trueslice.goToSlice = (plane, index) => {
    const { scene, cursor } = trueslice;
    if (!choice(scene).patient) return void trueslice.scrollTo(plane, index);
    return void trueslice.painter.goTo(trueslice.patient.onSlice(acquired(scene), plane, cursor, index));
  };

  trueslice.link.field("slab", (scene) => choice(scene).slab && `${choice(scene).slab.mm},${choice(scene).slab.mode}`);
  trueslice.link.field("axes", (scene) => (choice(scene).patient ? "patient" : null));

  trueslice.planes = { of, acquired, how, words, asked };
  dash.trueslice = Object.assign(dash.trueslice || {}, { planes });
})();

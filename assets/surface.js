// The clientside callbacks of the surface: its level, and the 3D pane with mesh and planes.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PLANES = ["axial", "coronal", "sagittal"];
  const TEXTURE = 128; // samples along one side of a plane in 3D: it is for place, not for reading
  const SETTLE_MS = 250;
  const LETTER_OUT = 1.1;
  const AIR_HU = -300;
  const NEARLY_BLACK = 0.04; // of the window
  const EYE_ANGLE = Math.PI / 4; // from top to bottom of the pane
  const NEARER = 0.85; // of the distance at which every corner shows: what is drawn hardly fills the corners

  let question = 0;
  let mesh = { name: null, parts: null };

  const triggers = () => new Set(dash.callback_context.triggered.map((one) => one.prop_id.split(".")[0]));
  const none = dash.no_update;

  // level ---------------------------------------------------------------------------------------------------
  function firstLevel(scene, search) {
    const told = Number(new URLSearchParams(search || "").get("level") || NaN);
    if (Number.isFinite(told)) return told;
    const bone = scene.levels.find((one) => one.value === "200") || scene.levels[0];
    if (bone) return Number(bone.value);
    const [low, high] = scene.range || [0, 1];
    return Number((low + (high - low) * 0.25).toPrecision(3));
  }

  function level(scene, preset, field, slider, search) {
    if (!scene || !scene.key || scene.kind !== "volume" || scene.colour) {
      const why = scene && scene.kind === "volume" ? "No surface: colours have no level." : "No surface: not a volume.";
      return [[], null, "", none, none, none, why];
    }
    const changed = triggers();
    const chosen = { "surface-preset": Number(preset), "surface-level": Number(field), "surface-slider": slider };
    const [cause] = Object.keys(chosen).filter((id) => changed.has(id));
    const opened = changed.has("scene");
    const value = opened || !cause ? firstLevel(scene, search) : chosen[cause];
    if (!Number.isFinite(value) || (cause === "surface-level" && field === "")) return Array(7).fill(none);
    const [low, high] = scene.range;
    const offered = scene.levels.find((one) => Number(one.value) === value);
    const { written } = trueslice.patient;
    const unit = scene.unit ? ` ${scene.unit}` : "";
    const told = `Level in ${scene.unit || "stored values, no unit recorded"}, from ${written(low, 0)} to ${written(high, 0)}${unit}.`;
    const limits = opened ? [low, high] : [none, none];
    return [opened ? scene.levels : none, offered ? offered.value : null, value, value, ...limits, told];
  }

  // mesh ----------------------------------------------------------------------------------------------------
  function column(values, width, at) {
    const picked = new values.constructor(values.length / width);
    for (let row = 0; row < picked.length; row += 1) picked[row] = values[row * width + at];
    return picked;
  }

  async function fetchMesh({ key, of, artifact }) {
    const name = `${of || key}/${artifact}`;
    if (mesh.name === name) return mesh;
    const response = await fetch(`/volumes/${of || key}/mesh/${artifact}`, { cache: "no-store" });
    if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await trueslice.cache.refusalOf(response) });
    const header = (field) => Number(response.headers.get(`Mesh-${field}`) || NaN);
    const [corners, faces] = [header("Vertices"), header("Faces")];
    const buffer = await response.arrayBuffer();
    const vertices = new Float32Array(buffer, 0, corners * 3);
    const triangles = new Int32Array(buffer, corners * 12, faces * 3);
    const [x, y, z] = [0, 1, 2].map((at) => column(vertices, 3, at));
    const [i, j, k] = [0, 1, 2].map((at) => column(triangles, 3, at));
    mesh = { name, parts: { x, y, z, i, j, k }, faces, level: header("Level"), steps: response.headers.get("Mesh-Grid-Step").split(" ").map(Number) };
    return mesh;
  }

  // planes --------------------------------------------------------------------------------------------------
  const samples = (count) => {
    const taken = Math.min(count, TEXTURE);
    return Array.from({ length: taken }, (_, at) => Math.round((at * (count - 1)) / Math.max(1, taken - 1)));
  };

  // Black lies on black ground: what the window draws black is left out and shows what is behind; so is air.
  function hung(scene, plane, slice, low) {
    const rows = samples(slice.rows);
    const columns = samples(slice.columns);
    const grid = () => rows.map(() => new Float32Array(columns.length));
    const [x, y, z, surfacecolor] = [grid(), grid(), grid(), grid()];
    rows.forEach((row, r) => columns.forEach((column_, c) => {
      const mm = trueslice.patient.pointAt(
        scene, plane, slice.index, slice.x0 + column_ * slice.dx, slice.y0 + row * slice.dy);
      const value = trueslice.values.brightness(slice, row, column_);
      [x[r][c], y[r][c], z[r][c]] = value > low ? mm : [mm[0], mm[1], NaN];
      surfacecolor[r][c] = value;
    }));
    return { x, y, z, surfacecolor, visible: true };
  }

  function cornersOf(scene, plane, { index, rows, columns, x0, dx, y0, dy }) {
    const [right, bottom] = [x0 + (columns - 1) * dx, y0 + (rows - 1) * dy];
    const places = [[x0, y0], [right, y0], [right, bottom], [x0, bottom]];
    return places.map(([x, y]) => trueslice.patient.pointAt(scene, plane, index, x, y));
  }

  function rimOf(scene, plane, slice) {
    const corners = cornersOf(scene, plane, slice);
    corners.push(corners[0]);
    const [x, y, z] = [0, 1, 2].map((axis) => corners.map((corner) => corner[axis]));
    return { x, y, z, visible: true };
  }

  async function hangAll(scene, cursor, low) {
    const { get, load } = trueslice.cache;
    const source = trueslice.sourceOf(scene);
    const slices = PLANES.map((plane) => {
      const index = trueslice.patient.indexAt(scene, plane, cursor);
      return get(source, plane, index) || load(source, plane, index);
    });
    const taken = await Promise.all(slices);
    return {
      planes: taken.map((slice, at) => hung(scene, PLANES[at], slice, low)),
      rims: taken.map((slice, at) => rimOf(scene, PLANES[at], slice)),
    };
  }

  // The box of the volume, for the letters and the axes that are never seen.
  function boxOf(scene) {
    const ends = [0, scene.planes.axial.count - 1];
    const corners = ends.flatMap((index) => cornersOf(scene, "axial", { ...scene.planes.axial, index }));
    const low = [0, 1, 2].map((axis) => Math.min(...corners.map((corner) => corner[axis])));
    const high = [0, 1, 2].map((axis) => Math.max(...corners.map((corner) => corner[axis])));
    return { centre: low.map((value, axis) => (value + high[axis]) / 2), half: low.map((value, axis) => (high[axis] - value) / 2) };
  }

  // Where the eye stands, in the direction of the template's, so that the whole box just fits the pane. Plotly measures
  // in lengths of which the box's three have the product 1, and looks through an angle of 45° from top to bottom.
  function eyeBefore(half, { x, y, z }, pane) {
    const { dot } = trueslice.patient;
    const unit = Math.cbrt(8 * half[0] * half[1] * half[2]);
    const far = Math.hypot(x, y, z);
    const out = [x / far, y / far, z / far];
    const flat = Math.hypot(x, y);
    const right = [-y / flat, x / flat, 0];
    const up = [-out[2] * right[1], out[2] * right[0], flat / far];
    const high = Math.tan(EYE_ANGLE / 2);
    const wide = (high * pane.width) / pane.height;
    const signs = [-1, 1].flatMap((a) => [-1, 1].flatMap((b) => [-1, 1].map((c) => [a, b, c])));
    const distances = signs.map((sign) => {
      const corner = sign.map((one, axis) => (one * half[axis]) / unit);
      return dot(corner, out) + Math.max(Math.abs(dot(corner, right)) / wide, Math.abs(dot(corner, up)) / high);
    });
    const distance = Math.max(...distances) * NEARER;
    return { x: out[0] * distance, y: out[1] * distance, z: out[2] * distance };
  }

  function space(template, scene) {
    const { centre, half } = boxOf(scene);
    const reach = Math.max(...half) * (LETTER_OUT - 1);
    const annotations = template.annotations.map((letter) => {
      const [axis, sign] = letter.name.split(" ").map(Number);
      const [x, y, z] = centre.map((value, at) => (at === axis ? value + sign * (half[at] + reach) : value));
      return { ...letter, text: trueslice.patient.side(letter.text), x, y, z };
    });
    const range = (axis) => ({ range: [centre[axis] - half[axis] - reach, centre[axis] + half[axis] + reach], autorange: false });
    const eye = eyeBefore(half.map((value) => value + reach), template.camera.eye, trueslice.boxOf("solid"));
    return {
      ...template, annotations, uirevision: scene.key, camera: { ...template.camera, eye },
      xaxis: { ...template.xaxis, ...range(0) }, yaxis: { ...template.yaxis, ...range(1) }, zaxis: { ...template.zaxis, ...range(2) },
    };
  }

  const thousands = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");

  function label(scene, made, region) {
    if (scene.colour) return "three planes · brightness of the colours";
    if (!made) return "three planes · no surface yet";
    const name = scene.levels.find((one) => Number(one.value) === made.level);
    const word = name ? `${name.label.split(" ·")[0].toLowerCase()} ` : "";
    const unit = scene.unit ? `\u2009${scene.unit}` : "";
    const what = region || `${word}${trueslice.patient.written(made.level, 0)}${unit}`;
    const steps = [...new Set(made.steps.map((mm) => mm.toFixed(2)))].reverse().join(" × ");
    const step = ` · grid ${steps}\u2009mm`;
    return `${what} · ${thousands(made.faces)} triangles${step}`;
  }

  async function draw(scene, meshFact, shown, cursor, window_, template) {
    const made = meshFact && meshFact.key === scene.key ? await fetchMesh(meshFact) : null;
    const hidden = { planes: [], rims: [] };
    const black = window_.invert ? -Infinity : window_.center + window_.width * (NEARLY_BLACK - 0.5);
    const low = Math.max(black, scene.unit === "HU" ? AIR_HU : -Infinity);
    const { planes, rims } = shown ? await hangAll(scene, cursor, low) : hidden;
    const grey = trueslice.voi.coarse(window_);
    const [solid, ...hangers] = template.data;
    const filled = [...planes.map((plane) => ({ ...plane, ...grey })), ...rims];
    const traces = hangers.map((trace, at) => ({ ...trace, ...filled[at] }));
    const figure = {
      data: [made ? { ...solid, ...made.parts, color: meshFact.colour || solid.color, visible: true } : solid, ...traces],
      layout: { ...template.layout, meta: `${scene.key}/solid/0`, uirevision: scene.key, scene: space(template.layout.scene, scene) },
    };
    return [figure, label(scene, made, meshFact && meshFact.label)];
  }

  const stl = (made, scene) =>
    (made && scene && made.key === scene.key ? `/volumes/${made.of || made.key}/mesh/${made.artifact}.stl` : "");

  const isShown = (scene, view) =>
    scene.kind === "volume" && (trueslice.smallScreen.matches || view.maximised ? view.single === "solid" : true);

  // The scene follows when the hand rests: software rendering would otherwise hold up the slices.
  async function solid(scene, meshFact, shown, cursor, window_, view, _stage, template) {
    question += 1;
    const mine = question;
    if (!scene || !scene.key || !cursor || !window_ || window_.key !== scene.key || !isShown(scene, view)) return [none, none];
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    if (mine !== question) return [none, none];
    try {
      const drawn = await draw(scene, meshFact, shown, cursor, window_, template);
      return mine === question ? drawn : [none, none];
    } catch (failure) {
      if (failure.name !== "AbortError") trueslice.say(failure.refusal);
      return [none, none];
    }
  }

  dash.trueslice = Object.assign(dash.trueslice || {}, { level, solid, stl });
})();

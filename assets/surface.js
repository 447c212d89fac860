// The clientside callback of the 3D pane: surfaces, cut open where that is asked for, and the three planes.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PLANES = ["axial", "coronal", "sagittal"];
  const TEXTURE = 128; // samples along one side of a plane in 3D: it is for place, not for reading
  const SETTLE_MS = 250;
  const LETTER_OUT = 1.1;
  const BEHIND = 0.97; // cosine from the line of sight
  const AIR_HU = -300;
  const NEARLY_BLACK = 0.04; // of the window
  const EYE_ANGLE = Math.PI / 4; // from top to bottom of the pane
  const NEARER = 0.85; // of the distance at which every corner shows: seen askew, what is drawn hardly fills them

  let question = 0;
  let meshes = new Map(); // name -> what is on screen, and nothing else
  let onScreen = null; // what a click may meet

  const none = dash.no_update;
  const NO_3D = "this browser draws nothing in 3D: WebGL is missing or switched off";

  // Asked once, and given back at once: a page may hold few of them.
  let webgl = null;
  function drawsSolids() {
    if (webgl === null) {
      const asked = document.createElement("canvas").getContext("webgl");
      webgl = asked !== null;
      if (webgl) asked.getExtension("WEBGL_lose_context")?.loseContext();
    }
    return webgl;
  }

  // mesh ----------------------------------------------------------------------------------------------------
  function column(values, width, at) {
    const picked = new values.constructor(values.length / width);
    for (let row = 0; row < picked.length; row += 1) picked[row] = values[row * width + at];
    return picked;
  }

  async function read({ of, artifact }) {
    const response = await fetch(`/volumes/${of}/mesh/${artifact}`, { cache: "no-store" });
    if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await trueslice.cache.refusalOf(response) });
    const header = (field) => Number(response.headers.get(`Mesh-${field}`) || NaN);
    const [corners, faces] = [header("Vertices"), header("Faces")];
    const buffer = await response.arrayBuffer();
    const vertices = new Float32Array(buffer, 0, corners * 3);
    const triangles = new Int32Array(buffer, corners * 12, faces * 3);
    const [x, y, z] = [0, 1, 2].map((at) => column(vertices, 3, at));
    const [i, j, k] = [0, 1, 2].map((at) => column(triangles, 3, at));
    return { x, y, z, i, j, k };
  }

  // The parts of each mesh, fetched once; those no longer shown are let go.
  async function fetchAll(wanted) {
    const named = wanted.map((made) => [`${made.of}/${made.artifact}`, made]);
    const parts = await Promise.all(named.map(([name, made]) => meshes.get(name) || read(made)));
    meshes = new Map(named.map(([name], at) => [name, parts[at]]));
    return parts;
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

  async function hangAll(opened, cursor, low) {
    const { get, load } = trueslice.cache;
    const scene = trueslice.planes.of(opened);
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

  // Where the eye stands, in a direction, so that the whole box just fits the pane. Plotly measures in lengths of which
  // the box's three have the product 1, and looks through an angle of 45° from top to bottom.
  function eyeBefore({ half, unit }, { eye, up }, pane) {
    const { dot } = trueslice.patient;
    const far = Math.hypot(eye.x, eye.y, eye.z);
    const out = [eye.x / far, eye.y / far, eye.z / far];
    const { right, above } = trueslice.surfaceView.screen(out, [up.x, up.y, up.z]);
    const high = Math.tan(EYE_ANGLE / 2);
    const wide = (high * pane.width) / pane.height;
    const signs = [-1, 1].flatMap((a) => [-1, 1].flatMap((b) => [-1, 1].map((c) => [a, b, c])));
    const distances = signs.map((sign) => {
      const corner = sign.map((one, axis) => (one * half[axis]) / unit);
      return dot(corner, out) + Math.max(Math.abs(dot(corner, right)) / wide, Math.abs(dot(corner, above)) / high);
    });
    const isAskew = out.filter(Boolean).length > 1;
    const distance = Math.max(...distances) * (isAskew ? NEARER : 1);
    return { x: out[0] * distance, y: out[1] * distance, z: out[2] * distance };
  }

  // The box that is seen: its middle and half its size with room for the letters, mm, and Plotly's own unit in mm.
  function stageOf(scene) {
    const { centre, half } = boxOf(scene);
    const reach = Math.max(...half) * (LETTER_OUT - 1);
    const seen = half.map((value) => value + reach);
    return { centre, half: seen, inner: half, unit: Math.cbrt(8 * seen[0] * seen[1] * seen[2]) };
  }

  // A letter behind the middle would be read together with the one before it.
  const lettered = (annotations, { eye, center }) => {
    const out = ["x", "y", "z"].map((axis) => eye[axis] - center[axis]);
    const far = Math.hypot(...out);
    return annotations.map((letter) => {
      const [axis, sign] = letter.name.split(" ").map(Number);
      return { ...letter, visible: out[axis] * sign > -BEHIND * far };
    });
  };

  const cameraTo = (scene, camera) => ({ ...camera, eye: eyeBefore(stageOf(scene), camera, trueslice.boxOf("solid")) });

  function space(template, scene) {
    const { centre, half } = stageOf(scene);
    const annotations = template.annotations.map((letter) => {
      const [axis, sign] = letter.name.split(" ").map(Number);
      const [x, y, z] = centre.map((value, at) => (at === axis ? value + sign * half[at] : value));
      return { ...letter, text: trueslice.patient.side(letter.text), x, y, z };
    });
    const range = (axis) => ({ range: [centre[axis] - half[axis], centre[axis] + half[axis]], autorange: false });
    const camera = trueslice.surfaceView.cameraOf(scene) || cameraTo(scene, template.camera);
    return {
      ...template, annotations: lettered(annotations, camera), camera,
      xaxis: { ...template.xaxis, ...range(0) }, yaxis: { ...template.yaxis, ...range(1) }, zaxis: { ...template.zaxis, ...range(2) },
    };
  }

  const thousands = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");

  function label(scene, shown, levels) {
    if (scene.colour) return "three planes · brightness of the colours";
    if (!shown.length) return "three planes · no surface yet";
    const words = shown.map((made) => {
      const told = trueslice.surfaceModel.titleOf(scene, levels, made);
      return made.region ? told : told.charAt(0).toLowerCase() + told.slice(1);
    });
    const steps = (made) => [...new Set(made.steps.map((mm) => mm.toFixed(2)))].reverse().join(" × ");
    const grids = [...new Set(shown.map(steps))].map((step) => ` · grid ${step}\u2009mm`).join("");
    const triangles = shown.reduce((sum, made) => sum + made.triangles, 0);
    return `${words.join(" and ")} · ${thousands(triangles)} triangles${grids}`;
  }

  const surfaceTrace = (empty, parts, { colour, opacity }) => ({ ...empty, ...parts, color: colour, opacity, visible: true });

  async function draw(scene, made, { shown, clip, cursor, window_, levels }, template) {
    const wanted = (made || []).filter((one) => one.key === scene.key && one.shown);
    const parts = (await fetchAll(wanted)).map((one) => trueslice.surfaceCut.cut(one, scene, clip, cursor));
    const black = window_.invert ? -Infinity : window_.center + window_.width * (NEARLY_BLACK - 0.5);
    const low = Math.max(black, scene.unit === "HU" ? AIR_HU : -Infinity);
    const { planes, rims } = shown ? await hangAll(scene, cursor, low) : { planes: [], rims: [] };
    const grey = trueslice.voi.coarse(window_);
    const solids = template.data.filter(({ type }) => type === "mesh3d");
    const hangers = template.data.filter(({ type }) => type !== "mesh3d");
    const surfaces = solids.map((empty, at) => (parts[at] ? surfaceTrace(empty, parts[at], wanted[at]) : empty));
    const filled = [...planes.map((plane) => ({ ...plane, ...grey })), ...rims];
    const traces = hangers.map((trace, at) => ({ ...trace, ...filled[at] }));
    const figure = {
      data: [...surfaces, ...traces],
      layout: { ...template.layout, meta: `${scene.key}/solid/0`, uirevision: scene.key, scene: space(template.layout.scene, scene) },
    };
    return { figure, told: label(scene, wanted, levels), seen: { key: scene.key, parts, planes: planes.map(({ z }, at) => ({ z, rim: rims[at] })), ...stageOf(scene) } };
  }

  // Nothing is drawn, and the pane says why; what it shows belongs to the stack all the same.
  function withoutSolids(scene, { layout: { paper_bgcolor } }) {
    const hidden = { visible: false };
    const meta = `${scene.key}/solid/0`;
    return [{ data: [], layout: { paper_bgcolor, plot_bgcolor: paper_bgcolor, xaxis: hidden, yaxis: hidden, meta } }, NO_3D];
  }

  const isShown = (scene, view) =>
    scene.kind === "volume" && (trueslice.smallScreen.matches || view.maximised ? view.single === "solid" : true);

  // The scene follows when the hand rests: software rendering would otherwise hold up the slices.
  async function solid(scene, made, shown, clip, cursor, window_, view, _stage, levels, template) {
    question += 1;
    const mine = question;
    if (!scene || !scene.key || !cursor || !window_ || window_.key !== scene.key || !isShown(scene, view)) return [none, none];
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS); });
    if (mine !== question) return [none, none];
    if (!drawsSolids()) return withoutSolids(scene, template);
    try {
      const { figure, told, seen } = await draw(scene, made, { shown, clip, cursor, window_, levels }, template);
      if (mine !== question) return [none, none];
      onScreen = seen;
      return [figure, told];
    } catch (failure) {
      if (failure.name !== "AbortError") trueslice.say(failure.refusal);
      return [none, none];
    }
  }

  trueslice.surface = { onScreen: () => onScreen, cameraTo, lettered };
  dash.trueslice = Object.assign(dash.trueslice || {}, { solid });
})();

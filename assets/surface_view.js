// Looking at the 3D pane: the camera by hand, by button and by key, and a click that moves the cursor.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const HALF_ANGLE = Math.PI / 8; // the eye's, from the middle to the top of the pane
  const STILL_PX = 4;
  const UP = { x: 0, y: 0, z: 1 };
  const FRONT_UP = { x: 0, y: -1, z: 0 };
  // Where the eye stands, and what is up: patient LPS.
  const VIEWS = {
    A: { eye: { x: 0, y: -1, z: 0 }, up: UP }, P: { eye: { x: 0, y: 1, z: 0 }, up: UP },
    L: { eye: { x: 1, y: 0, z: 0 }, up: UP }, R: { eye: { x: -1, y: 0, z: 0 }, up: UP },
    H: { eye: { x: 0, y: 0, z: 1 }, up: FRONT_UP }, F: { eye: { x: 0, y: 0, z: -1 }, up: FRONT_UP },
  };

  const { tell, graphOf } = trueslice.panes;
  let camera = { key: null, value: null }; // as somebody turned it, or a link told
  let pressed = null;

  const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const minus = (a, b) => a.map((value, axis) => value - b[axis]);
  const unitOf = (vector) => vector.map((value) => value / Math.hypot(...vector));
  const list = ({ x, y, z }) => [x, y, z];
  const named = ([x, y, z]) => ({ x, y, z });
  const dot = (a, b) => trueslice.patient.dot(a, b);
  const solidGraph = () => graphOf(document.getElementById("pane-solid"));

  // What lies to the right and above on the screen, seen from a direction.
  function screen(out, up) {
    const right = unitOf(cross(up, out));
    return { right, above: cross(out, right) };
  }

  // camera --------------------------------------------------------------------------------------------------
  function fromLink(search) {
    const told = trueslice.page.askedNumbers(search, "cam", 9);
    if (!told) return null;
    const [eye, up, center] = [0, 3, 6].map((from) => named(told.slice(from, from + 3)));
    return { eye, up, center, projection: { type: "perspective" } };
  }

  function cameraOf(scene) {
    if (camera.key !== scene.key) camera = { key: scene.key, value: fromLink(window.location.search) };
    return camera.value;
  }

  // Eye, up and centre as nine numbers; none while nobody has turned it.
  function numbers(scene) {
    const value = cameraOf(scene);
    return value ? [value.eye, value.up, value.center].flatMap(list) : [];
  }

  function keep(value) {
    const { scene } = trueslice;
    if (!scene || !scene.key) return;
    camera = { key: scene.key, value };
    tell("surface-camera", { data: numbers(scene) });
  }

  const letters = (value) => trueslice.surface.lettered(solidGraph().layout.scene.annotations, value);

  function turned(value) {
    keep(value);
    const now = letters(value);
    const before = solidGraph().layout.scene.annotations;
    if (now.some(({ visible }, at) => visible !== before[at].visible)) window.Plotly.relayout(solidGraph(), { "scene.annotations": now });
  }

  // Only the camera moves: nothing is drawn anew, and the next figure carries the same one.
  function look(letter) {
    const { scene } = trueslice;
    if (!scene || scene.kind !== "volume" || !solidGraph()) return;
    const value = trueslice.surface.cameraTo(scene, { ...VIEWS[letter], center: { x: 0, y: 0, z: 0 }, projection: { type: "perspective" } });
    window.Plotly.relayout(solidGraph(), { "scene.camera": value, "scene.annotations": letters(value) });
    keep(value);
  }

  // click ---------------------------------------------------------------------------------------------------
  // The line of sight through a place of the pane: start and direction, patient LPS, mm.
  function sight(event, { centre, unit }) {
    const graph = solidGraph();
    const box = graph.getBoundingClientRect();
    const { eye, up, center } = graph._fullLayout.scene.camera;
    const out = unitOf(minus(list(eye), list(center)));
    const { right, above } = screen(out, list(up));
    const high = Math.tan(HALF_ANGLE);
    const across = (2 * (event.clientX - box.left) / box.width - 1) * high * (box.width / box.height);
    const down = (1 - 2 * (event.clientY - box.top) / box.height) * high;
    const way = out.map((value, axis) => right[axis] * across + above[axis] * down - value);
    return { start: centre.map((value, axis) => value + list(eye)[axis] * unit), way: unitOf(way) };
  }

  // How far along the line it meets the nearest triangle, mm (Möller and Trumbore 1997); written out for speed.
  function toMesh({ x, y, z, i, j, k }, { start: [sx, sy, sz], way: [wx, wy, wz] }) {
    let nearest = Infinity;
    for (let face = 0; face < i.length; face += 1) {
      const [a, b, c] = [i[face], j[face], k[face]];
      const [ux, uy, uz] = [x[b] - x[a], y[b] - y[a], z[b] - z[a]];
      const [vx, vy, vz] = [x[c] - x[a], y[c] - y[a], z[c] - z[a]];
      const [px, py, pz] = [wy * vz - wz * vy, wz * vx - wx * vz, wx * vy - wy * vx];
      const size = ux * px + uy * py + uz * pz;
      if (size === 0) continue;
      const [tx, ty, tz] = [sx - x[a], sy - y[a], sz - z[a]];
      const first = (tx * px + ty * py + tz * pz) / size;
      if (first < 0 || first > 1) continue;
      const [qx, qy, qz] = [ty * uz - tz * uy, tz * ux - tx * uz, tx * uy - ty * ux];
      const second = (wx * qx + wy * qy + wz * qz) / size;
      if (second < 0 || first + second > 1) continue;
      const far = (vx * qx + vy * qy + vz * qz) / size;
      if (far > 0 && far < nearest) nearest = far;
    }
    return nearest;
  }

  // The same for a plane, where it is drawn; its places run evenly from corner to corner.
  function toPlane({ z, rim }, { start, way }) {
    const [rows, columns] = [z.length - 1, z[0].length - 1];
    const [corner, right, below] = [0, 1, 3].map((at) => [rim.x[at], rim.y[at], rim.z[at]]);
    const [across, down] = [minus(right, corner), minus(below, corner)];
    const normal = cross(across, down);
    const far = dot(minus(corner, start), normal) / dot(way, normal);
    const from = minus(start.map((value, axis) => value + far * way[axis]), corner);
    const column = Math.round((dot(from, across) / dot(across, across)) * columns);
    const row = Math.round((dot(from, down) / dot(down, down)) * rows);
    const isThere = far > 0 && row >= 0 && row <= rows && column >= 0 && column <= columns && Number.isFinite(z[row][column]);
    return isThere ? far : Infinity;
  }

  // The patient point under a place of the pane; null beside everything.
  function under(event) {
    const seen = trueslice.surface.onScreen();
    if (!seen || !trueslice.scene || seen.key !== trueslice.scene.key) return null;
    const line = sight(event, seen);
    const far = Math.min(...seen.parts.map((mesh) => toMesh(mesh, line)), ...seen.planes.map((plane) => toPlane(plane, line)));
    return Number.isFinite(far) ? line.start.map((value, axis) => value + far * line.way[axis]) : null;
  }

  const inPane = (event) => event.target.closest && event.target.closest("#pane-solid .picture");

  document.addEventListener("pointerdown", (event) => {
    pressed = inPane(event) && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
  }, true);
  document.addEventListener("pointerup", (event) => {
    const still = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) <= STILL_PX;
    pressed = null;
    const point = still ? under(event) : null;
    if (point) tell("click", { data: { key: trueslice.scene.key, number: `3D ${performance.now()}`, point } });
  }, true);

  // buttons and keys ----------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-view]");
    if (button) look(button.dataset.view);
  });

  document.addEventListener("keydown", (event) => {
    if (!event.shiftKey || !(event.key in VIEWS) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], [role=dialog], .ag-root")) return;
    event.preventDefault();
    look(event.key);
  });

  function begin() {
    const pane = document.getElementById("pane-solid");
    const graph = pane && graphOf(pane);
    if (!graph || !graph.on) return void setTimeout(begin, 50);
    graph.on("plotly_relayout", (change) => {
      if (change["scene.camera"]) turned(change["scene.camera"]);
    });
  }
  begin();

  trueslice.surfaceView = { screen, cameraOf, numbers };
})();

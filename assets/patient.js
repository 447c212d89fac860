// Places in the patient: index, millimetres, the letters that name them, and numbers as they are written.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const LETTERS = [["L", "R"], ["P", "A"], ["S", "I"]];
  const PATIENT_AXIS = [2, 1, 0]; // k runs along z, j along y, i along x
  const THIN = "\u2009";
  const PLANES = ["axial", "coronal", "sagittal"];

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const nearest = (value, count) => clamp(Math.round(value), 0, count - 1);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

  // Axis of the stack that is scrolled, runs down, runs to the right. Rows run against k: the head is above.
  const AXES = { axial: [0, 1, 2], coronal: [1, 0, 2], sagittal: [2, 0, 1] };
  const upward = (axis) => axis === 0;

  // Where a plane's slice lies along its scroll direction, mm. Uneven slices have a list, even ones a start and a step.
  function along(scene, plane, index) {
    const { places, start, step } = scene.planes[plane];
    return places ? places[index] : start + index * step;
  }

  // The slice of a plane that is nearest to a patient point.
  function indexAt(scene, plane, mm) {
    const { axis, places, start, step, count } = scene.planes[plane];
    const wanted = dot(mm, scene.directions[axis]);
    if (!places) return nearest((wanted - start) / step, count);
    return places.reduce((best, place, at) => (Math.abs(place - wanted) < Math.abs(places[best] - wanted) ? at : best), 0);
  }

  // A patient point moved along one plane's scroll direction onto one of its slices.
  function onSlice(scene, plane, mm, index) {
    const direction = scene.directions[scene.planes[plane].axis];
    const shift = along(scene, plane, index) - dot(mm, direction);
    return mm.map((value, at) => value + shift * direction[at]);
  }

  // The patient point of the place (x, y) of a plane's slice; x and y are mm along the shown axes, y downwards.
  function pointAt(scene, plane, index, x, y) {
    const [scrolled, down, right] = AXES[plane].map((axis) => scene.directions[axis]);
    const depth = along(scene, plane, index);
    const below = upward(AXES[plane][1]) ? -y : y;
    return [0, 1, 2].map((at) => depth * scrolled[at] + below * down[at] + x * right[at]);
  }

  // Where a patient point appears in a plane, mm along the shown axes.
  function placeIn(scene, plane, mm) {
    const [, down, right] = AXES[plane];
    const below = dot(mm, scene.directions[down]);
    return { x: dot(mm, scene.directions[right]), y: upward(down) ? -below : below };
  }

  const middle = (scene) => PLANES.reduce(
    (mm, plane) => onSlice(scene, plane, mm, Math.floor(scene.planes[plane].count / 2)), [0, 0, 0]);

  function written(value, digits) {
    const text = digits === undefined ? String(Number(Math.abs(value).toPrecision(6))) : Math.abs(value).toFixed(digits);
    return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
  }

  // Sides of a person's body do not hold for an animal on four legs: there the axes are named.
  const SIGNED = { R: "\u2212x", L: "+x", A: "\u2212y", P: "+y", I: "\u2212z", S: "+z" };
  const byAxes = () => Boolean(trueslice.scene && trueslice.scene.letters === "axes");

  function side(letters) {
    return byAxes() ? SIGNED[letters[0]] || "" : letters;
  }

  function coordinate(value, axis) {
    if (byAxes()) return `${"xyz"[axis]}${THIN}${written(value, 1)}`;
    return `${LETTERS[axis][value >= 0 ? 0 : 1]}${THIN}${Math.abs(value).toFixed(1)}`;
  }

  const place = (mm) => mm.map((value, axis) => coordinate(value, axis)).join(" ");

  // Where a slice lies along its own scroll axis, named after the nearest patient axis.
  const position = (scene, plane, index) => coordinate(along(scene, plane, index), PATIENT_AXIS[scene.planes[plane].axis]);

  trueslice.patient = {
    PLANES, middle, dot, side, along, indexAt, onSlice, pointAt, placeIn, clamp, nearest, coordinate, place, position, written,
  };
})();

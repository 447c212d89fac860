// Places in the patient: index, millimetres, the letters that name them, and numbers as they are written.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const LETTERS = [["L", "R"], ["P", "A"], ["S", "I"]];
  const PATIENT_AXIS = [2, 1, 0]; // k runs along z, j along y, i along x
  const THIN = "\u2009";

  const times = (matrix, [a, b, c]) => matrix.slice(0, 3).map((row) => row[0] * a + row[1] * b + row[2] * c + row[3]);
  const toMm = (scene, kji) => times(scene.affine, kji);
  const toKji = (scene, mm) => times(scene.inverse, mm);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const nearest = (value, count) => clamp(Math.round(value), 0, count - 1);

  // Rows run against k in coronal and sagittal views: the head is above.
  const AXES = { axial: [0, 1, 2], coronal: [1, 0, 2], sagittal: [2, 0, 1] };

  function kjiOf(scene, plane, index, row, column) {
    const [axis, down, right] = AXES[plane];
    const kji = [0, 0, 0];
    kji[axis] = index;
    kji[right] = column;
    kji[down] = down === 0 ? scene.shape_kji[0] - 1 - row : row;
    return kji;
  }

  function pixelOf(scene, plane, kji) {
    const [, down, right] = AXES[plane];
    return { column: kji[right], row: down === 0 ? scene.shape_kji[0] - 1 - kji[0] : kji[down] };
  }

  function written(value, digits) {
    const text = digits === undefined ? String(Number(Math.abs(value).toPrecision(6))) : Math.abs(value).toFixed(digits);
    return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
  }

  function coordinate(value, axis) {
    return `${LETTERS[axis][value >= 0 ? 0 : 1]}${THIN}${Math.abs(value).toFixed(1)}`;
  }

  const place = (mm) => mm.map((value, axis) => coordinate(value, axis)).join(" ");

  // Where a slice lies along its own scroll axis, named after the nearest patient axis.
  function position(scene, plane, index) {
    const axis = AXES[plane][0];
    const step = scene.affine.slice(0, 3).map((row) => row[axis]);
    const long = Math.hypot(...step);
    const kji = [0, 0, 0];
    kji[axis] = index;
    const along = toMm(scene, kji).reduce((sum, value, at) => sum + (value * step[at]) / long, 0);
    return coordinate(along, PATIENT_AXIS[axis]);
  }

  function value(number, unit) {
    if (!Number.isFinite(number)) return "no data";
    const text = written(number, Number.isInteger(number) ? 0 : 2);
    return unit ? `${text}${THIN}${unit}` : text;
  }

  trueslice.patient = { AXES, toMm, toKji, kjiOf, pixelOf, clamp, nearest, place, position, value, written };
})();

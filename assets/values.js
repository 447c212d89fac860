// Values in words: with their unit, in every scale they are known in, or as the colour they are.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const THIN = "\u2009";

  // Digits that are meant: whole numbers whole, others to three digits at least.
  function number(value) {
    const { written } = trueslice.patient;
    if (Number.isInteger(value)) return written(value, 0);
    return Math.abs(value) < 1 ? written(Number(value.toPrecision(3))) : written(value, Math.abs(value) < 1e4 ? 2 : 0);
  }

  const withUnit = (value, unit) => (unit ? `${number(value)}${THIN}${unit}` : `stored value ${number(value)}`);

  // Slope and intercept of a scale at a slice; null where it has none there.
  function linear(scale, slice) {
    const [slope, intercept] = scale.slopes
      ? [scale.slopes[slice], (scale.intercepts || [])[slice] || 0] : [scale.slope, scale.intercept || 0];
    return Number.isFinite(slope) ? { slope, intercept } : null;
  }

  function inScale(scale, value, slice) {
    const map = linear(scale, slice);
    return map ? `${scale.name} ${number(value * map.slope + map.intercept)}${scale.unit ? THIN + scale.unit : ""}` : "";
  }

  // The slice of the stack that a place of a view belongs to; -1 where a value may be of several.
  function sliceOf(scene, { plane, index, mm }) {
    if (trueslice.planes.how(scene)) return -1;
    if (plane === scene.slice_plane || !mm) return index;
    return trueslice.patient.indexAt(scene, scene.slice_plane, mm);
  }

  function colour([red, green, blue, opacity]) {
    return opacity === 0 ? "no data" : `R${THIN}${red} G${THIN}${green} B${THIN}${blue}`;
  }

  // What lies under the pointer, the chosen scale first.
  function told(scene, found, chosen) {
    const { value } = found;
    if (scene.colour) return colour(value);
    if (!Number.isFinite(value)) return found.acquired ? "padding" : "no data";
    const slice = sliceOf(scene, found);
    const scales = scene.scales.map((scale) => inScale(scale, value, slice));
    const first = chosen === null ? "" : scales.splice(chosen, 1)[0];
    return [first, withUnit(value, scene.unit), ...scales].filter(Boolean).join(" · ");
  }

  // Scales that hold for every slice can carry the numbers of a window.
  const usable = (scene) => scene.scales.map((scale, at) => at).filter((at) => linear(scene.scales[at], -1));

  function options(scene) {
    const names = usable(scene).map((at) => ({ value: String(at), label: words(scene, at) }));
    return names.length ? [{ value: "own", label: scene.unit || "stored values" }, ...names] : [];
  }

  function words(scene, at) {
    const { name, unit } = scene.scales[at];
    return [name, unit].filter(Boolean).join(" ");
  }

  // Uptake is read in SUV wherever it is known.
  const first = (scene) => usable(scene).find((at) => scene.scales[at].name.startsWith("SUV")) ?? null;

  const map = (scene, chosen) => (chosen === null ? { slope: 1, intercept: 0 } : linear(scene.scales[chosen], -1));

  // A window's numbers as they are written in a scale, and back.
  function seen(scene, chosen, { center, width }) {
    const { slope, intercept } = map(scene, chosen);
    return { center: center * slope + intercept, width: width * Math.abs(slope) };
  }

  function meant(scene, chosen, { center, width }) {
    const { slope, intercept } = map(scene, chosen);
    return { center: (center - intercept) / slope, width: width / Math.abs(slope) };
  }

  const unit = (scene, chosen) => (chosen === null ? scene.unit : scene.scales[chosen].unit);

  // The brightness of a colour, as an eye weighs it (ITU-R BT.601); of a value the value itself.
  function brightness(slice, row, column) {
    if (slice.depth === 1) return slice.z[row][column];
    const [red, green, blue, opacity] = slice.z[row].subarray(column * slice.depth, (column + 1) * slice.depth);
    return opacity === 0 ? NaN : 0.299 * red + 0.587 * green + 0.114 * blue;
  }

  trueslice.values = { told, options, usable, first, seen, meant, unit, brightness, number };
})();

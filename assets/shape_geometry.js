// What is measured: lengths, angles and regions in true millimetres, each with how far it can be off.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const SHOWN = { axial: [1, 2], coronal: [0, 2], sagittal: [0, 1] }; // axes of k, j, i that run down and to the right

  // How large a step of the picture is across and down, mm; along the slices never less than their thickness.
  function stepsOf(scene, plane, { dx, dy }) {
    if (!scene.directions) return [1, 1];
    const [down, right] = SHOWN[plane];
    const least = (axis, step) => (axis === scene.slice_axis ? Math.max(step, scene.thickness_mm || 0) : step);
    return [least(right, dx), least(down, dy)];
  }

  const between = ([ax, ay], [bx, by]) => [bx - ax, by - ay];
  const lengthOf = (a, b) => Math.hypot(...between(a, b));

  // Each end is set to within half a step: along the line that is one step in all.
  function doubtOf(a, b, [across, down]) {
    const [x, y] = between(a, b);
    const length = Math.hypot(x, y) || 1;
    return (Math.abs(x) * across + Math.abs(y) * down) / length;
  }

  function angleOf([a, corner, b]) {
    const [ax, ay] = between(corner, a);
    const [bx, by] = between(corner, b);
    return Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by)) * (180 / Math.PI);
  }

  const doubtOfAngle = ([a, corner, b], steps) => [a, b].reduce(
    (sum, end) => sum + Math.atan2(Math.max(...steps) / 2, lengthOf(corner, end)) * (180 / Math.PI), 0);

  function sidesOf([a, b]) {
    const [x, y] = between(a, b);
    return [Math.abs(x), Math.abs(y)];
  }

  function areaOf(kind, points) {
    const [wide, high] = sidesOf(points);
    return kind === "ellipse" ? (Math.PI / 4) * wide * high : wide * high;
  }

  const doubtOfArea = (points, [across, down]) => {
    const [wide, high] = sidesOf(points);
    return wide * down + high * across;
  };

  // Whether the centre of a pixel lies in a region.
  function isInside(kind, [a, b], x, y) {
    const [u, v] = [(2 * x - a[0] - b[0]) / (b[0] - a[0]), (2 * y - a[1] - b[1]) / (b[1] - a[1])];
    return kind === "ellipse" ? u * u + v * v <= 1 : Math.abs(u) <= 1 && Math.abs(v) <= 1;
  }

  // Mean, spread, ends and number of the values whose pixels' centres lie in a region; nothing measured, nothing said.
  function valuesIn(kind, points, slice) {
    const { x0, dx, y0, dy, z } = slice;
    const [xs, ys] = [0, 1].map((at) => points.map((point) => point[at]));
    const firstOf = (low, start, step) => Math.max(0, Math.ceil((low - start) / step));
    let [count, without, sum, squares, low, high] = [0, 0, 0, 0, Infinity, -Infinity];
    for (let row = firstOf(Math.min(...ys), y0, dy); row < z.length && y0 + row * dy <= Math.max(...ys); row += 1) {
      for (let column = firstOf(Math.min(...xs), x0, dx); column < z[row].length && x0 + column * dx <= Math.max(...xs); column += 1) {
        if (!isInside(kind, points, x0 + column * dx, y0 + row * dy)) continue;
        const value = z[row][column];
        if (!Number.isFinite(value)) { without += 1; continue; }
        count += 1;
        sum += value;
        squares += value * value;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (!count) return { count, without };
    const mean = sum / count;
    return { count, without, mean, sd: Math.sqrt(Math.max(0, squares / count - mean * mean)), low, high };
  }

  // Everything measured of one shape; `steps` null where the picture has no millimetres.
  function measured(kind, points, steps) {
    if (kind === "angle") return { angle: angleOf(points), doubt: doubtOfAngle(points, steps) };
    if (kind === "length") return { length: lengthOf(...points), doubt: doubtOf(...points, steps) };
    return { area: areaOf(kind, points), doubt: doubtOfArea(points, steps), sides: sidesOf(points) };
  }

  trueslice.geometry = { stepsOf, measured, valuesIn };
})();

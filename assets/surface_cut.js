// A mesh cut open along a plane at the cursor: what lies on one side is left out, and what crosses ends at the plane.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});

  // Signed distances of corners from the plane, mm; above zero stays.
  function distances({ x, y, z }, normal, at) {
    const kept = new Float32Array(x.length);
    for (let corner = 0; corner < kept.length; corner += 1) {
      kept[corner] = x[corner] * normal[0] + y[corner] * normal[1] + z[corner] * normal[2] - at;
    }
    return kept;
  }

  // Corners where edges cross the plane, each made once.
  function crossings(mesh, depth) {
    const [x, y, z] = [[], [], []];
    const known = new Map();
    const first = depth.length;
    const between = (inside, outside) => {
      const name = inside < outside ? inside * first + outside : outside * first + inside;
      if (!known.has(name)) {
        const share = depth[inside] / (depth[inside] - depth[outside]);
        [x, y, z].forEach((list, axis) => {
          const from = mesh["xyz"[axis]];
          list.push(from[inside] + share * (from[outside] - from[inside]));
        });
        known.set(name, first + x.length - 1);
      }
      return known.get(name);
    };
    return { between, added: { x, y, z } };
  }

  // The corners that faces still have, and the faces renumbered.
  function used(mesh, added, faces) {
    const numbers = new Int32Array(mesh.x.length + added.x.length).fill(-1);
    let count = 0;
    for (let at = 0; at < faces.length; at += 1) {
      if (numbers[faces[at]] < 0) {
        numbers[faces[at]] = count;
        count += 1;
      }
    }
    const places = ["x", "y", "z"].map((axis) => {
      const column = new Float32Array(count);
      numbers.forEach((to, from) => {
        if (to >= 0) column[to] = from < mesh.x.length ? mesh[axis][from] : added[axis][from - mesh.x.length];
      });
      return column;
    });
    const columns = [0, 1, 2].map((corner) => {
      const column = new Int32Array(faces.length / 3);
      for (let face = 0; face < column.length; face += 1) column[face] = numbers[faces[face * 3 + corner]];
      return column;
    });
    const [x, y, z] = places;
    const [i, j, k] = columns;
    return { x, y, z, i, j, k };
  }

  function along(mesh, normal, at) {
    const depth = distances(mesh, normal, at);
    const { between, added } = crossings(mesh, depth);
    const faces = new Int32Array(mesh.i.length * 6);
    let count = 0;
    const add = (a, b, c) => {
      faces[count] = a;
      faces[count + 1] = b;
      faces[count + 2] = c;
      count += 3;
    };
    for (let face = 0; face < mesh.i.length; face += 1) {
      const corners = [mesh.i[face], mesh.j[face], mesh.k[face]];
      const inside = corners.map((corner) => depth[corner] > 0);
      const stays = inside[0] + inside[1] + inside[2];
      if (stays === 3) add(...corners);
      if (stays === 0 || stays === 3) continue;
      // Turned so that the corner that is alone on its side comes first; the way round stays the same.
      const alone = inside.indexOf(stays === 1);
      const [a, b, c] = [0, 1, 2].map((step) => corners[(alone + step) % 3]);
      if (stays === 1) add(a, between(a, b), between(a, c));
      else {
        const [ab, ac] = [between(b, a), between(c, a)];
        add(ab, b, c);
        add(ab, c, ac);
      }
    }
    return used(mesh, added, faces.subarray(0, count));
  }

  // clip: "AXIS,SIDE" of the stack's k, j, i; the side of the cursor that stays, along the axis or against it.
  function cut(mesh, scene, clip, cursor) {
    if (!clip) return mesh;
    const [axis, side] = clip.split(",").map(Number);
    const normal = scene.directions[axis].map((part) => part * side);
    return along(mesh, normal, trueslice.patient.dot(cursor, normal));
  }

  trueslice.surfaceCut = { cut };
})();

// What lies over the pictures: regions and a second stack, asked for by the plane on screen and painted in its place.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const PLANES = ["axial", "coronal", "sagittal"];
  const MOST_BYTES = 64 << 20;
  const HALF = 128; // a share from which a voxel counts as inside
  const LINE_PX = 1.5;
  const CROSS_PX = 5;
  const KINDS = { uint8: Uint8Array, uint16: Uint16Array };
  const AHEAD = 3; // slices that are asked for before they are scrolled to
  const AGAIN_MS = 150; // by then the slices ahead have come
  const GREYS = 256;
  const LONGEST_NAME = 14;

  const answers = new Map(); // name -> what lies over one plane, oldest first
  const underway = new Map(); // name -> {line, index, controller}; a line is a plane and what lies over it
  const scrolled = {}; // plane -> {name, index, direction, timer} of the slice shown last
  let bytes = 0;
  let stamp = 0; // of how things look: what was painted under an older one is painted again
  let looks = nothing(null);

  function nothing(key) {
    return { key, overlays: [], stacks: [], shown: new Set(), style: "both", opacity: 0.45, fused: null };
  }

  const paneOf = (plane) => document.getElementById(`pane-${plane}`);
  const graphIn = (plane) => trueslice.panes.graphOf(paneOf(plane));
  const sceneIs = () => trueslice.scene && trueslice.scene.kind === "volume" && looks.key === trueslice.scene.key;
  const idOf = (overlay, region) => `${overlay.key}/${region.layer}/${region.value}`;
  const visible = (overlay) => overlay.regions.filter((region) => looks.shown.has(idOf(overlay, region)));

  function placed(plane, source, slice) {
    const [, time = 0, how = ""] = source.split("@");
    return { slice, source, time: Number(time), slab: new URLSearchParams(how).get("slab"), name: [plane, slice.index, how].filter((part) => part !== "").join("/") };
  }

  // The slice on screen, and the name of its plane.
  function shown(plane) {
    const graph = graphIn(plane);
    const [source, drawn, index] = ((graph && graph.layout && graph.layout.meta) || "").split("/");
    const [key, , how = ""] = source.split("@");
    if (!sceneIs() || drawn !== plane || key !== looks.key || how !== trueslice.planes.how(trueslice.scene)) return null;
    const slice = trueslice.cache.get(source, plane, Number(index));
    return slice ? placed(plane, source, slice) : null;
  }

  // asking ---------------------------------------------------------------------------------------------------
  function planeOf(plane, { slice, slab }) {
    const at = (x, y) => trueslice.patient.pointAt(trueslice.scene, plane, slice.index, x, y);
    const first = at(slice.x0, slice.y0);
    const towards = (x, y) => at(slice.x0 + x, slice.y0 + y).map((part, axis) => part - first[axis]);
    return {
      first_mm: first, right: towards(1, 0), down: towards(0, 1), step_mm: [slice.dy, slice.dx], shape: [slice.rows, slice.columns],
      ...(slab ? { slab } : {}),
    };
  }

  function keep(name, answer) {
    answers.set(name, answer);
    bytes += answer.bytes;
    for (const [oldest, other] of answers) {
      if (bytes <= MOST_BYTES || oldest === name) break;
      answers.delete(oldest);
      bytes -= other.bytes;
    }
  }

  function regionsFrom(response, buffer) {
    const header = (field) => response.headers.get(`Over-${field}`);
    const [top, left, rows, columns] = header("Box").split(" ").map(Number);
    const Kind = KINDS[header("Dtype")];
    const count = Number(header("Layers"));
    const layers = Array.from({ length: count }, (_, at) =>
      new Kind(buffer, at * rows * columns * Kind.BYTES_PER_ELEMENT, rows * columns));
    return { top, left, rows, columns, layers, bytes: buffer.byteLength + 64 };
  }

  function valuesFrom(response, buffer) {
    const header = (field) => response.headers.get(`Slice-${field}`);
    const [rows, columns, depth = 1] = header("Shape").split(" ").map(Number);
    const values = trueslice.cache.decode(header("Filter"), buffer, header("Dtype"), [rows, columns, depth]);
    return { top: 0, left: 0, rows, columns, values, bytes: 5 * values.byteLength };
  }

  // Of what is far from the slice on screen the questions are given up; nothing is painted that is not for that slice.
  function giveUp(line, index) {
    for (const other of underway.values()) {
      if (other.line === line && Math.abs(other.index - index) > AHEAD) other.controller.abort();
    }
  }

  async function ask(plane, other, now) {
    const name = `${other}/${now.time}/${now.name}`;
    if (underway.has(name) || answers.has(name)) return;
    const controller = new AbortController();
    underway.set(name, { line: `${plane}/${other}`, index: now.slice.index, controller });
    try {
      const response = await fetch(`/volumes/${looks.key}/over/${other}?t=${now.time}`, {
        method: "POST", cache: "no-store", signal: controller.signal,
        headers: { "Content-Type": "application/json" }, body: JSON.stringify(planeOf(plane, now)),
      });
      if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await trueslice.cache.refusalOf(response) });
      const buffer = await response.arrayBuffer();
      keep(name, response.headers.has("Over-Box") ? regionsFrom(response, buffer) : valuesFrom(response, buffer));
      if ((shown(plane) || {}).name === now.name) paint(plane);
    } catch (failure) {
      if (failure.name !== "AbortError" && (shown(plane) || {}).name === now.name) trueslice.say(failure.refusal);
    } finally {
      underway.delete(name);
    }
  }

  function answerFor(plane, other, now) {
    const answer = answers.get(`${other}/${now.time}/${now.name}`);
    if (!answer) {
      giveUp(`${plane}/${other}`, now.slice.index);
      void ask(plane, other, now);
    }
    return answer;
  }

  function askAhead(plane, keys, now, direction) {
    if ((shown(plane) || {}).name !== now.name) return;
    for (let step = 1; step <= AHEAD; step += 1) {
      const slice = trueslice.cache.get(now.source, plane, now.slice.index + direction * step);
      if (slice) keys.forEach((other) => void ask(plane, other, placed(plane, now.source, slice)));
    }
  }

  // What lies over the slices that come next, in the direction of the last step.
  function scroll(plane, keys, now) {
    const before = scrolled[plane] || {};
    const { index } = now.slice;
    if (before.name === now.name) return;
    clearTimeout(before.timer);
    const direction = index < before.index ? -1 : 1;
    askAhead(plane, keys, now, direction);
    const timer = setTimeout(() => askAhead(plane, keys, now, direction), AGAIN_MS);
    scrolled[plane] = { name: now.name, index, timer };
  }

  // painting -------------------------------------------------------------------------------------------------
  const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

  function bitmap(answer, fill) {
    if (answer.stamp !== stamp) {
      const canvas = Object.assign(document.createElement("canvas"), { width: answer.columns, height: answer.rows });
      const context = canvas.getContext("2d");
      const image = context.createImageData(answer.columns, answer.rows);
      fill(image.data);
      context.putImageData(image, 0, 0);
      Object.assign(answer, { bitmap: canvas, stamp, paths: null });
    }
    return answer.bitmap;
  }

  function fillRegions(overlay, answer, data) {
    for (const region of visible(overlay)) {
      const layer = answer.layers[region.layer];
      const [red, green, blue] = rgb(region.colour);
      for (let at = 0, to = 0; at < layer.length; at += 1, to += 4) {
        if (overlay.shares ? layer[at] === 0 : layer[at] !== region.value) continue;
        data[to] = red;
        data[to + 1] = green;
        data[to + 2] = blue;
        data[to + 3] = overlay.shares ? layer[at] : 255;
      }
    }
  }

  // The edges of pixels that lie between inside and outside.
  function edgesOf({ rows, columns }, inside) {
    const path = new Path2D();
    const is = (row, column) => row >= 0 && column >= 0 && row < rows && column < columns && inside(row * columns + column);
    for (let row = 0; row <= rows; row += 1) {
      for (let column = 0; column <= columns; column += 1) {
        const here = is(row, column);
        if (here !== is(row - 1, column)) {
          path.moveTo(column, row);
          path.lineTo(column + 1, row);
        }
        if (here !== is(row, column - 1)) {
          path.moveTo(column, row);
          path.lineTo(column, row + 1);
        }
      }
    }
    return path;
  }

  function outlines(overlay, answer) {
    if (!answer.paths) {
      answer.paths = visible(overlay).map((region) => {
        const layer = answer.layers[region.layer];
        const inside = overlay.shares ? (at) => layer[at] >= HALF : (at) => layer[at] === region.value;
        return layer.some((_, at) => inside(at)) ? { colour: region.colour, path: edgesOf(answer, inside) } : null;
      }).filter(Boolean);
    }
    return answer.paths;
  }

  function fillValues({ map, low, high }, answer, data) {
    const colours = Array.from({ length: GREYS }, (_, grey) => trueslice.colourMaps.colourOf(map, grey));
    const each = (GREYS - 1) / (high - low);
    answer.values.forEach((value, at) => {
      if (!(value > low)) return; // nothing measured, or at the dark end: what lies below shows
      const [red, green, blue] = colours[Math.min(GREYS - 1, Math.round((value - low) * each))];
      const to = 4 * at;
      data[to] = red;
      data[to + 1] = green;
      data[to + 2] = blue;
      data[to + 3] = 255;
    });
  }

  function canvasOver(plane) {
    const picture = paneOf(plane).querySelector(".picture");
    let canvas = paneOf(plane).querySelector(".over");
    if (!canvas) {
      canvas = Object.assign(document.createElement("canvas"), { className: "over" });
      canvas.setAttribute("aria-hidden", "true");
      picture.after(canvas);
    }
    const { clientWidth: width, clientHeight: height } = picture;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) }); // empties it
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    return context;
  }

  // From the pixels of a slice to those of the pane.
  function placing(plane, { x0, dx, y0, dy }) {
    const { xaxis, yaxis } = graphIn(plane)._fullLayout;
    const x = (column) => xaxis.d2p(x0 + (column - 0.5) * dx) + xaxis._offset;
    const y = (row) => yaxis.d2p(y0 + (row - 0.5) * dy) + yaxis._offset;
    return { x: x(0), y: y(0), across: x(1) - x(0), down: y(1) - y(0) };
  }

  function paintAnswer(context, place, answer, source, opacity) {
    context.globalAlpha = opacity;
    context.drawImage(source, place.x + answer.left * place.across, place.y + answer.top * place.down,
      answer.columns * place.across, answer.rows * place.down);
    context.globalAlpha = 1;
  }

  function paintRegions(context, plane, place, now, overlay) {
    const answer = answerFor(plane, overlay.key, now);
    if (!answer || !answer.rows) return;
    const filled = bitmap(answer, (data) => fillRegions(overlay, answer, data));
    if (looks.style !== "outlined") paintAnswer(context, place, answer, filled, looks.opacity);
    if (looks.style === "filled") return;
    const corner = [place.x + answer.left * place.across, place.y + answer.top * place.down];
    for (const { colour, path } of outlines(overlay, answer)) {
      const laid = new Path2D();
      laid.addPath(path, new DOMMatrix([place.across, 0, 0, place.down, ...corner]));
      Object.assign(context, { strokeStyle: colour, lineWidth: LINE_PX, lineCap: "square" });
      context.stroke(laid);
    }
  }

  // Points lie on the slice that is nearest to them.
  function paintPoints(context, plane, overlay) {
    const { xaxis, yaxis } = graphIn(plane)._fullLayout;
    const { scene } = trueslice;
    const { index } = shown(plane).slice;
    for (const region of visible(overlay)) {
      for (const point of region.points_mm.filter((mm) => trueslice.patient.indexAt(scene, plane, mm) === index)) {
        const { x, y } = trueslice.patient.placeIn(scene, plane, point);
        const [across, down] = [xaxis.d2p(x) + xaxis._offset, yaxis.d2p(y) + yaxis._offset];
        context.strokeStyle = region.colour;
        context.lineWidth = LINE_PX;
        context.stroke(new Path2D(`M${across - CROSS_PX} ${down}h${2 * CROSS_PX}M${across} ${down - CROSS_PX}v${2 * CROSS_PX}`));
      }
    }
  }

  function paint(plane) {
    const old = paneOf(plane).querySelector(".over");
    const drawn = looks.overlays.filter((overlay) => visible(overlay).length);
    const now = drawn.length || looks.fused ? shown(plane) : null;
    if (!now) return void (old && old.remove());
    const context = canvasOver(plane);
    const place = placing(plane, now.slice);
    const under = looks.fused && answerFor(plane, looks.fused.key, now);
    const keys = [...(looks.fused ? [looks.fused.key] : []), ...drawn.map(({ key }) => key)];
    if (under) paintAnswer(context, place, under, bitmap(under, (data) => fillValues(looks.fused, under, data)), looks.fused.opacity);
    drawn.forEach((overlay) => paintRegions(context, plane, place, now, overlay));
    drawn.forEach((overlay) => paintPoints(context, plane, overlay));
    // Of which slice all is painted; until then of none.
    context.canvas.dataset.of = keys.every((key) => answers.has(`${key}/${now.time}/${now.name}`)) ? now.name : "";
    return scroll(plane, keys, now);
  }

  let frame = 0;
  function change(fields) {
    stamp += 1;
    looks = { ...looks, ...fields };
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => PLANES.forEach(paint));
    trueslice.link.changed();
  }

  // So that the value stays in sight on a phone.
  const shortened = (name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

  // What lies over the place under the pointer, in words.
  function told({ plane, row, column }) {
    const now = sceneIs() && PLANES.includes(plane) && shown(plane);
    if (!now) return "";
    const at = (answer) => {
      const [down, across] = [Math.round(row) - answer.top, Math.round(column) - answer.left];
      return down >= 0 && across >= 0 && down < answer.rows && across < answer.columns ? down * answer.columns + across : -1;
    };
    const words = [];
    const under = looks.fused && answers.get(`${looks.fused.key}/${now.time}/${now.name}`);
    const value = under && at(under) >= 0 ? under.values[at(under)] : NaN;
    if (under) words.push(`${shortened(looks.fused.name)} ${Number.isFinite(value) ? `${trueslice.values.number(value)}${looks.fused.unit ? `\u2009${looks.fused.unit}` : ""}` : "no data"}`);
    for (const overlay of looks.overlays) {
      const answer = answers.get(`${overlay.key}/${now.time}/${now.name}`);
      const place = answer && answer.rows ? at(answer) : -1;
      const meant = (region) => (overlay.shares ? answer.layers[region.layer][place] >= HALF : answer.layers[region.layer][place] === region.value);
      if (place >= 0) words.push(...visible(overlay).filter(meant).map(({ label }) => label));
    }
    return words.length ? ` · ${words.join(" · ")}` : "";
  }

  function open(key, listing) {
    underway.forEach(({ controller }) => controller.abort());
    answers.clear();
    bytes = 0;
    const overlays = listing.overlays.filter(({ verdict }) => verdict !== "refused");
    const all = overlays.flatMap((overlay) => overlay.regions.map((region) => idOf(overlay, region)));
    looks = { ...nothing(key), style: looks.style, opacity: looks.opacity };
    change({ ...listing, overlays, shown: new Set(all) });
  }

  function listen() {
    const graphs = PLANES.map((plane) => paneOf(plane) && graphIn(plane));
    if (!graphs.every(Boolean)) return void setTimeout(listen, 50);
    return graphs.forEach((graph, at) => graph.on("plotly_afterplot", () => paint(PLANES[at])));
  }

  trueslice.overlays = { open, change, told, idOf, looks: () => looks, close: () => open(null, nothing(null)) };
  listen();
})();

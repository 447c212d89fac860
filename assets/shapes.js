// Measuring: a tool drawn with the pointer, shapes over the pictures that keep to their place in the patient, their list.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const SVG = "http://www.w3.org/2000/svg";
  const PLANES = ["axial", "coronal", "sagittal", "picture"];
  const POINTS = { length: 2, angle: 3, rectangle: 2, ellipse: 2 };
  const NAMES = { length: "Length", angle: "Angle", rectangle: "Rectangle", ellipse: "Ellipse" };
  const KEYS = { l: "length", g: "angle", r: "rectangle", o: "ellipse", Escape: null };
  const NEAR_PX = 9;
  const STILL_PX = 3;
  const MOST = 200;

  const { tell, graphOf } = trueslice.panes;
  const { stepsOf, measured, valuesIn } = trueslice.geometry;
  const paneOf = (plane) => document.getElementById(`pane-${plane}`);
  let tool = null;
  let list = []; // of the open stack
  let owner = null; // the stack they belong to
  let drawing = null; // {shape, at, from, moved}: the point being placed, and where the pointer went down
  let waiting = 0;

  const scene = () => trueslice.planes.acquired(trueslice.scene);
  const inMm = () => Boolean(scene().directions);
  const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // places -------------------------------------------------------------------------------------------------
  const metaOf = (plane) => ((graphOf(paneOf(plane)) || {}).layout || {}).meta || "";

  // The slice on screen: which one, at which time; none where slabs or other planes than the acquired ones are shown.
  function shown(plane) {
    const [source, , index] = metaOf(plane).split("/");
    const [key, time, how] = source.split("@");
    return key === scene().key && !how && index !== undefined ? { source, index: Number(index), time: Number(time || 0) } : null;
  }

  const toView = (plane, point) => {
    if (!inMm()) return point;
    const { x, y } = trueslice.patient.placeIn(scene(), plane, point);
    return [x, y];
  };
  const fromView = (plane, index, [x, y]) => (inMm() ? trueslice.patient.pointAt(scene(), plane, index, x, y) : [x, y]);

  function underPointer(plane, { clientX, clientY }) {
    const graph = graphOf(paneOf(plane));
    const { xaxis, yaxis } = graph._fullLayout;
    const box = graph.getBoundingClientRect();
    return [xaxis.p2d(clientX - box.left - xaxis._offset), yaxis.p2d(clientY - box.top - yaxis._offset)];
  }

  function onScreen(plane, [x, y]) {
    const { xaxis, yaxis } = graphOf(paneOf(plane))._fullLayout;
    return [xaxis.d2p(x) + xaxis._offset, yaxis.d2p(y) + yaxis._offset];
  }

  const isShown = (shape, plane) => {
    const now = shown(plane);
    return shape.plane === plane && now && now.index === shape.index && now.time === shape.time;
  };

  // words --------------------------------------------------------------------------------------------------
  const number = (value, digits) => trueslice.patient.written(value, digits);
  const few = (value) => number(value, value < 10 ? 2 : 1);

  function pixelsOf(shape) {
    const source = shape.time ? `${scene().key}@${shape.time}` : scene().key;
    return trueslice.cache.get(source, shape.plane, shape.index);
  }

  const viewPoints = (shape) => shape.points.map((point) => toView(shape.plane, point));
  const isRegion = ({ kind }) => kind === "rectangle" || kind === "ellipse";

  // The values inside stay with the shape: they are known while its slice is at hand.
  function fill(shape) {
    const slice = isRegion(shape) && pixelsOf(shape);
    if (slice && (slice.depth || 1) === 1) shape.values = valuesIn(shape.kind, viewPoints(shape), slice);
  }

  // The result of a shape, as numbers and as words.
  function resultOf(shape) {
    const steps = stepsOf(scene(), shape.plane, scene().planes[shape.plane]);
    const found = measured(shape.kind, viewPoints(shape), steps);
    return { ...found, values: shape.values, size: sizeWords(found), statistics: valueWords(shape.values) };
  }

  function sizeWords({ angle, length, area, doubt }) {
    if (angle !== undefined) return inMm() ? `${number(angle, 1)}° ± ${number(doubt, 1)}°` : `${number(angle, 1)}° (if pixels are square)`;
    if (!inMm()) return "not measured in mm on single pictures";
    if (length !== undefined) return `${few(length)} ± ${few(doubt)}\u2009mm`;
    return `${few(area)} ± ${few(doubt)}\u2009mm²`;
  }

  function valueWords(values) {
    if (!values) return "";
    if (!values.count) return "nothing measured inside";
    const unit = scene().unit ? `\u2009${scene().unit}` : "";
    const digits = values.high - values.low < 20 ? 2 : 1;
    const ends = `${number(values.low, Number.isInteger(values.low) ? 0 : 2)} to ${number(values.high, Number.isInteger(values.high) ? 0 : 2)}`;
    const without = values.without ? `, ${values.without} without data` : "";
    return `mean ${number(values.mean, digits)}, SD ${number(values.sd, digits)}, ${ends}${unit} (${values.count} pixels${without})`;
  }

  const placeWords = ({ plane, index }) => `${plane} ${index + 1}/${scene().planes[plane].count}`;
  const cautionWords = () => (scene().verdict === "caution" ? "▲ caution: see the audit" : "");

  // drawing ------------------------------------------------------------------------------------------------
  function element(name, attributes) {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function overlay(plane) {
    const picture = paneOf(plane).querySelector(".picture");
    let layer = paneOf(plane).querySelector(".measures");
    if (!layer) {
      layer = element("svg", { class: "measures", "aria-hidden": "true" });
      picture.after(layer);
    }
    const { left, top, width, height } = picture.getBoundingClientRect();
    const around = paneOf(plane).getBoundingClientRect();
    Object.assign(layer.style, { left: `${left - around.left}px`, top: `${top - around.top}px`, width: `${width}px`, height: `${height}px` });
    return layer;
  }

  const OUTLINES = {
    length: (points) => [element("polyline", { points: points.join(" ") })],
    angle: (points) => [element("polyline", { points: points.join(" ") })],
    rectangle: ([[ax, ay], [bx, by]]) => [element("rect", {
      x: Math.min(ax, bx), y: Math.min(ay, by), width: Math.abs(bx - ax), height: Math.abs(by - ay),
    })],
    ellipse: ([[ax, ay], [bx, by]]) => [element("ellipse", {
      cx: (ax + bx) / 2, cy: (ay + by) / 2, rx: Math.abs(bx - ax) / 2, ry: Math.abs(by - ay) / 2,
    })],
  };

  function drawn(shape, plane) {
    const points = shape.points.map((point) => onScreen(plane, toView(plane, point)));
    const group = element("g", { class: "measure" });
    if (points.length < 2) return group;
    const outline = points.length < POINTS[shape.kind] ? OUTLINES.length : OUTLINES[shape.kind];
    group.append(...outline(points), ...points.map(([cx, cy]) => element("circle", { cx, cy, r: 3 })));
    if (points.length < POINTS[shape.kind]) return group;
    fill(shape);
    const { size, values } = resultOf(shape);
    const [x, y] = points.reduce((right, point) => (point[0] > right[0] ? point : right));
    const lines = [size, values && values.count ? `mean ${number(values.mean, 1)}` : "", scene().verdict === "caution" ? "▲" : ""];
    const text = element("text", { x: x + 8, y: y + 4 });
    text.textContent = lines.filter(Boolean).join(" · ");
    group.append(text);
    return group;
  }

  function redraw(plane) {
    const layer = overlay(plane);
    const shapes = [...list, ...(drawing && !list.includes(drawing.shape) ? [drawing.shape] : [])];
    layer.replaceChildren(...(scene() && owner === scene().key
      ? shapes.filter((shape) => isShown(shape, plane)).map((shape) => drawn(shape, plane)) : []));
  }

  function redrawAll() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => PLANES.forEach((plane) => metaOf(plane) && redraw(plane)));
  }

  // the list -----------------------------------------------------------------------------------------------
  const node = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });

  function row(shape) {
    const { size, statistics } = resultOf(shape);
    const item = node("li", "measure-row", "");
    const go = node("button", "measure-go", `${NAMES[shape.kind]} · ${placeWords(shape)}`);
    go.title = "Go there";
    go.addEventListener("click", () => goTo(shape));
    const drop = node("button", "quiet-button measure-drop", "Delete");
    drop.setAttribute("aria-label", `Delete ${NAMES[shape.kind].toLowerCase()} ${size}`);
    drop.addEventListener("click", () => change(list.filter((other) => other !== shape)));
    item.append(go, drop, node("p", "measure-size", size));
    [statistics, cautionWords()].filter(Boolean).forEach((words) => item.append(node("p", "quiet", words)));
    return item;
  }

  function listAll() {
    const place = document.getElementById("measure-list");
    if (place) place.replaceChildren(...(scene() && owner === scene().key ? list.map(row) : []));
    document.getElementById("page").dataset.measures = String(list.length);
  }

  function goTo(shape) {
    if (scene().time && scene().time.points > 1) tell("time-slider", { value: shape.time });
    trueslice.goToSlice(shape.plane, shape.index);
    if (trueslice.smallScreen.matches) tell("panel-tabs", { value: null });
    if (trueslice.smallScreen.matches || trueslice.view.maximised) trueslice.setView({ single: shape.plane });
  }

  // Shapes that changed are drawn, listed, and told to the server.
  function change(shapes) {
    list = shapes;
    list.forEach(fill);
    redrawAll();
    listAll();
    tell("measures-drawn", { data: { key: owner, shapes: list } });
  }

  // pointer ------------------------------------------------------------------------------------------------
  function planeUnder(event) {
    const pane = event.target.closest && event.target.closest(".pane[data-plane]");
    const { plane } = pane ? pane.dataset : {};
    const usable = PLANES.includes(plane) && !event.target.closest(".rail, .pane-mark, .play-button");
    return usable && scene() && scene().key && shown(plane) ? plane : null;
  }

  // The point of a shape on screen that lies under the pointer.
  function handleUnder(plane, event) {
    const here = onScreen(plane, underPointer(plane, event));
    for (const shape of list.filter((one) => isShown(one, plane))) {
      const at = shape.points.findIndex((point) => {
        const [x, y] = onScreen(plane, toView(plane, point));
        return Math.hypot(x - here[0], y - here[1]) <= NEAR_PX;
      });
      if (at >= 0) return { shape, at };
    }
    return null;
  }

  function begin(plane, event) {
    const now = shown(plane);
    const point = fromView(plane, now.index, underPointer(plane, event));
    const shape = { id: newName(), kind: tool, plane, index: now.index, time: now.time, points: [point, point] };
    return { shape, at: 1 };
  }

  function down(event) {
    if (event.button !== 0 || !trueslice.geometry) return;
    if (drawing) return void stop(event); // the pointer goes down again: the next point of an angle
    const plane = planeUnder(event);
    if (!plane) return;
    const found = handleUnder(plane, event);
    if (!found && (!tool || list.length >= MOST)) return;
    drawing = { ...(found || begin(plane, event)), x: event.clientX, y: event.clientY, moved: false };
    trueslice.activate(plane);
    stop(event);
  }

  function stop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function move(event) {
    if (!drawing) return;
    const { shape, at } = drawing;
    drawing.moved = drawing.moved || Math.hypot(event.clientX - drawing.x, event.clientY - drawing.y) > STILL_PX;
    shape.points[at] = fromView(shape.plane, shape.index, underPointer(shape.plane, event));
    redraw(shape.plane);
    stop(event);
  }

  // A point is set where the button comes up; a first click that did not move waits for the second.
  function up(event) {
    if (!drawing) return;
    stop(event);
    const { shape, at, moved } = drawing;
    if (list.includes(shape)) return void finish(list);
    if (!moved && at === 1 && shape.points.length === 2 && !drawing.clicked) {
      drawing.clicked = true;
      return;
    }
    if (shape.points.length < POINTS[shape.kind]) {
      shape.points.push(shape.points[at]);
      drawing = { ...drawing, at: at + 1, clicked: true };
      return;
    }
    finish([...list, shape]);
  }

  function finish(shapes) {
    drawing = null;
    change(shapes);
  }

  function choose(kind) {
    tool = kind === tool ? null : kind;
    drawing = null;
    tell("measure-tool", { value: tool || "" });
    redrawAll();
  }

  function key(event) {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [role=dialog], [contenteditable]") || !scene() || !scene().key) return;
    choose(KEYS[event.key]);
  }

  // what is taken away ---------------------------------------------------------------------------------------
  const cell = (value) => {
    const text = value === undefined || value === null ? "" : String(value);
    return `"${(/^[=+@\t\r]|^-[^\d.]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  };

  const HEADS = [
    "kind", "plane", "slice", "time point", "length mm", "angle deg", "area mm2", "plus or minus", "mean", "sd",
    "minimum", "maximum", "unit", "pixels", "points (patient LPS mm, or column and row)",
  ];

  function record(shape) {
    const { length, angle, area, doubt, values } = resultOf(shape);
    const mm = (value) => (inMm() ? value : undefined);
    const { mean, sd, low, high, count } = values || {};
    const points = shape.points.map((point) => point.map((part) => part.toFixed(2)).join(" ")).join("; ");
    return [
      shape.kind, shape.plane, shape.index + 1, shape.time + 1, mm(length), angle, mm(area), mm(doubt), mean, sd, low,
      high, mean === undefined ? "" : scene().unit || "stored value", count, points,
    ];
  }

  function csv() {
    const audit = [[`Audit: ${scene().verdict}. ${scene().summary}`], ["Not for diagnosis."]];
    return [...audit, HEADS, ...list.map(record)].map((line) => line.map(cell).join(",")).join("\r\n");
  }

  function save() {
    if (!list.length) return 0;
    const address = URL.createObjectURL(new Blob([`\ufeff${csv()}\r\n`], { type: "text/csv" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: "trueslice-measurements.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    return list.length;
  }

  // callbacks ------------------------------------------------------------------------------------------------
  function kept(told, scene_) {
    owner = scene_ && scene_.key;
    drawing = null;
    list = told && told.key === owner ? told.shapes : [];
    redrawAll();
    listAll();
    return owner;
  }

  function isTool(value) {
    tool = value in POINTS ? value : null;
    document.getElementById("page").dataset.tool = tool || "";
    return tool;
  }

  trueslice.measuring = { csv, list: () => list, resultOf };
  dash.trueslice = Object.assign(dash.trueslice || {}, {
    measuresKept: kept, measureTool: isTool, measureSave: save,
  });

  function listen() {
    const graphs = document.querySelectorAll(".pane[data-plane] .js-plotly-plot");
    if (graphs.length < PLANES.length) return void setTimeout(listen, 50);
    PLANES.forEach((plane) => graphOf(paneOf(plane)).on("plotly_afterplot", () => redraw(plane)));
  }

  document.addEventListener("pointerdown", down, true);
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", up, true);
  document.addEventListener("keydown", key);
  listen();
})();

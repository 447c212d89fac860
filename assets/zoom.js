// One zoom for all planes: millimetres per pixel and the patient point in the middle of every pane.
//
// trueslice.zoomed(plane, change)  change(before) gives what is new of {scale, x, y} of one plane; the others follow
// trueslice.zoomOf(plane)          {scale, x, y}: how many times larger than fitting its pane, moved by mm
// trueslice.zoomAt(plane, from, factor, to)  larger by a factor; what was under one place of the screen is under another
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const { PLANES } = trueslice.patient;
  const SMALLEST = 0.5;
  const LARGEST = 20;
  const WHOLE = { scale: 0, centre: null }; // scale 0: each picture fits its own pane
  const HIDDEN_PX = 2;
  const REST = { scale: 1, x: 0, y: 0 };

  let zoom = WHOLE;

  const planesOf = (scene) => (scene.kind === "volume" ? PLANES : ["picture"]);

  // The box of a plane, or where another one is alone on show, the box that it would have.
  function boxFor(scene, plane) {
    const boxes = [plane, ...planesOf(scene)].map(trueslice.boxOf);
    return boxes.find(({ width }) => width >= HIDDEN_PX) || boxes[0];
  }

  // Millimetres per pixel at which a plane just fits its pane.
  function fitOf(scene, plane) {
    const { width, height } = boxFor(scene, plane);
    const { columns, rows, dx, dy } = scene.planes[plane];
    return Math.max((columns * dx) / width, (rows * dy) / height);
  }

  // Of the plane that needs the most: what the scale counts from.
  const wholeOf = (scene) => Math.max(...planesOf(scene).map((plane) => fitOf(scene, plane)));

  function middleOf(scene, plane) {
    const { x0, y0, dx, dy, columns, rows } = scene.planes[plane];
    return { x: x0 + ((columns - 1) * dx) / 2, y: y0 + ((rows - 1) * dy) / 2 };
  }

  function ownOf(scene, plane) {
    const scale = zoom.scale ? (zoom.scale * fitOf(scene, plane)) / wholeOf(scene) : 1;
    if (!zoom.centre) return { ...REST, scale };
    if (plane === "picture") return { scale, x: zoom.centre[0], y: zoom.centre[1] };
    const centre = trueslice.patient.placeIn(scene, plane, zoom.centre);
    const middle = middleOf(scene, plane);
    return { scale, x: centre.x - middle.x, y: centre.y - middle.y };
  }

  // What is in the middle of a plane that is moved by (x, y), on the slice that it shows.
  function centreOf(scene, plane, { x, y }) {
    if (plane === "picture") return [x, y, 0];
    const middle = middleOf(scene, plane);
    const index = trueslice.patient.indexAt(scene, plane, trueslice.cursor || trueslice.patient.middle(scene));
    return trueslice.patient.pointAt(scene, plane, index, middle.x + x, middle.y + y);
  }

  const isWhole = () => !zoom.scale && !zoom.centre;

  function spread() {
    const { scene } = trueslice;
    if (!scene || !scene.key) return;
    const data = isWhole() ? {} : Object.fromEntries(planesOf(scene).map((plane) => [plane, ownOf(scene, plane)]));
    trueslice.painter.setZoom(data);
    trueslice.link.changed();
  }

  trueslice.zoomOf = (plane) => (trueslice.scene && trueslice.scene.planes[plane] ? ownOf(trueslice.scene, plane) : REST);

  const bounded = (scene, plane, scale) => {
    const share = wholeOf(scene) / fitOf(scene, plane);
    return trueslice.patient.clamp(scale * share, SMALLEST, LARGEST) / share;
  };

  trueslice.zoomed = (plane, change) => {
    const { scene } = trueslice;
    const before = ownOf(scene, plane);
    const after = { ...before, ...change(before) };
    const isScaled = zoom.scale || after.scale !== 1;
    const scale = isScaled ? (bounded(scene, plane, after.scale) * wholeOf(scene)) / fitOf(scene, plane) : 0;
    zoom = { scale, centre: centreOf(scene, plane, after) };
    spread();
  };

  trueslice.zoomAt = (plane, from, factor, to = from) => trueslice.zoomed(plane, (before) => {
    const { scene } = trueslice;
    const { left, top, width, height } = document.querySelector(`#pane-${plane} .picture`).getBoundingClientRect();
    const scale = bounded(scene, plane, before.scale * factor);
    const [first, then] = [before.scale, scale].map((one) => fitOf(scene, plane) / one); // mm per pixel
    const across = ({ clientX }) => clientX - left - width / 2;
    const along = ({ clientY }) => clientY - top - height / 2;
    return { scale, x: before.x + across(from) * first - across(to) * then, y: before.y + along(from) * first - along(to) * then };
  });

  trueslice.unzoom = () => {
    zoom = WHOLE;
    spread();
  };

  trueslice.fitAgain = spread; // the panes have another size

  const short = (number, digits) => String(Number(number.toFixed(digits)));

  // Where a series opens: what its link tells.
  trueslice.zoomAsked = (scene, search) => {
    const [scale, ...centre] = trueslice.link.askedNumbers(search, "zoom", 4) || [0];
    const isKnown = centre.length === 3 && (scale === 0 || (scale >= SMALLEST && scale <= LARGEST));
    const before = zoom;
    zoom = isKnown ? { scale, centre } : WHOLE;
    if (before !== zoom) spread();
  };
  trueslice.link.field("zoom", () => (isWhole() || !zoom.centre ? null
    : [short(zoom.scale, 4), ...zoom.centre.map((mm) => short(mm, 2))].join(",")));

})();

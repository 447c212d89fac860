// The slice views: where the cursor and the rails stand, and each picture with its words; painter.js draws them.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const PANES = ["axial", "coronal", "sagittal", "picture"];
  const CUTS = { axial: ["sagittal", "coronal"], coronal: ["sagittal", "axial"], sagittal: ["coronal", "axial"] };

  const { triggers, same, askedNumbers } = trueslice.page;

  // place ---------------------------------------------------------------------------------------------------
  function cursorOf(scene, changed, click, rails, cursor, search) {
    const { PLANES, middle, onSlice, nearest } = trueslice.patient;
    if (changed.has("scene") || !cursor) return askedNumbers(search, "at", 3) || middle(scene);
    if (changed.has("click") && click && click.key === scene.key) return click.point;
    const moved = PLANES.filter((plane) => changed.has(`slider-${plane}`));
    return moved.reduce((mm, plane) => {
      const index = nearest(rails[PLANES.indexOf(plane)], scene.planes[plane].count);
      return onSlice(scene, plane, mm, index);
    }, cursor);
  }

  function placePictures(scene, changed, click, rail, cursor, search) {
    const { nearest } = trueslice.patient;
    const { count } = scene.planes.picture;
    const isNew = changed.has("scene");
    const [told] = askedNumbers(search, "picture", 1) || [Math.floor((count - 1) / 2)];
    let index = nearest(isNew ? told : rail, count);
    let point = isNew ? askedNumbers(search, "at", 3) : cursor;
    if (changed.has("click") && click && click.key === scene.key) {
      if (click.point) point = click.point;
      else index = nearest(click.index, count);
    }
    trueslice.cursor = point;
    return [point, ...same(3), index, ...same(3), Math.max(1, count - 1)];
  }

  function place(opened, click, axial, coronal, sagittal, picture, _planes, cursor, search) {
    const changed = triggers();
    if (opened && opened.key && changed.has("scene")) trueslice.planes.asked(opened, search);
    const scene = trueslice.planes.of(opened);
    trueslice.scene = scene;
    if (!scene || !scene.key) return [null, ...same(8)];
    if (changed.has("scene")) trueslice.clear(search);
    if (scene.kind !== "volume") return placePictures(scene, changed, click, picture, cursor, search);
    const point = cursorOf(scene, changed, click, [axial, coronal, sagittal], cursor, search);
    trueslice.cursor = point;
    const planes = PANES.slice(0, 3).map((plane) => scene.planes[plane]);
    const values = PANES.slice(0, 3).map((plane) => trueslice.patient.indexAt(scene, plane, point));
    const moved = values.map((value, at) => (value === [axial, coronal, sagittal][at] ? dash.no_update : value));
    const longest = changed.has("scene") || changed.has("planes") ? planes.map(({ count }) => Math.max(1, count - 1)) : same(3);
    return [point, ...moved, dash.no_update, ...longest, dash.no_update];
  }

  // pictures ----------------------------------------------------------------------------------------------------
  // Millimetres from edge to edge of the pane, so that both axes share one scale and the picture fits.
  function frame(plane, box, zoom) {
    const wide = plane.columns * plane.dx;
    const high = plane.rows * plane.dy;
    const scale = Math.max(wide / box.width, high / box.height) / zoom.scale; // mm per CSS pixel
    const x = plane.x0 + ((plane.columns - 1) * plane.dx) / 2 + zoom.x;
    const y = plane.y0 + ((plane.rows - 1) * plane.dy) / 2 + zoom.y;
    return {
      scale,
      x: [x - (scale * box.width) / 2, x + (scale * box.width) / 2],
      y: [y + (scale * box.height) / 2, y - (scale * box.height) / 2],
    };
  }

  function lines(template, scene, plane, cursor) {
    if (!cursor || !CUTS[plane] || trueslice.view.lines === false) return [];
    const { x, y } = trueslice.patient.placeIn(scene, plane, cursor);
    const [vertical, horizontal] = template.layout.shapes;
    return [{ ...vertical, x0: x, x1: x, visible: true }, { ...horizontal, y0: y, y1: y, visible: true }];
  }

  // Colours as a picture of their own, made once; only a browser's canvas can put them into one.
  function pictureOf(slice) {
    if (!slice.picture) {
      const canvas = Object.assign(document.createElement("canvas"), { width: slice.columns, height: slice.rows });
      const context = canvas.getContext("2d");
      const image = context.createImageData(slice.columns, slice.rows);
      image.data.fill(255);
      slice.z.forEach((line, row) => {
        for (let column = 0, to = row * slice.columns * 4; column < slice.columns; column += 1, to += 4) {
          for (let channel = 0; channel < slice.depth; channel += 1) image.data[to + channel] = line[column * slice.depth + channel];
        }
      });
      context.putImageData(image, 0, 0);
      slice.picture = canvas.toDataURL("image/png");
    }
    return slice.picture;
  }

  function placedPicture(template, slice, { dx, dy }) {
    const [empty] = template.layout.images;
    const place = { x: slice.x0 - dx / 2, y: slice.y0 - dy / 2, sizex: slice.columns * dx, sizey: slice.rows * dy };
    return { ...empty, ...place, source: pictureOf(slice), visible: true };
  }

  function figure(template, scene, plane, slice, state) {
    const { window: window_, cursor, frame: { x, y } } = state;
    const { layout } = template;
    const over = trueslice.reference.over(plane, scene, slice, cursor, state.reference);
    const { dx, dy } = slice;
    const seen = scene.colour ? { visible: false } : trueslice.voi.shades(window_);
    const trace = { ...template.data[0], z: slice.z, x0: slice.x0, dx, y0: slice.y0, dy, ...seen };
    const { key, index, sampling, depth } = slice;
    return {
      data: [trace],
      layout: {
        ...layout,
        meta: [key, slice.plane, index, sampling, depth].join("/"), // a text: Plotly redraws all for an object that was copied
        images: scene.colour ? [placedPicture(template, slice, { dx, dy })] : [],
        xaxis: { ...layout.xaxis, range: x }, yaxis: { ...layout.yaxis, range: y },
        shapes: [...lines(template, scene, plane, cursor), ...over.shapes],
        annotations: over.annotations,
      },
    };
  }

  const span = (children, className) => ({
    type: "Span", namespace: "dash_html_components", props: { children, className },
  });
  const SIDES = ["left", "right", "top", "bottom"];

  // What already stands on the page is not written again: each write is one more pass through every part of it.
  const unlessThere = (id, text, children) =>
    document.getElementById(id).textContent === text ? dash.no_update : children;

  function windowWords(scene, window_) {
    const { center, width } = trueslice.values.seen(scene, window_.scale, window_);
    const whole = (value) => trueslice.patient.written(value, Math.abs(width) < 20 ? 2 : 0);
    const unit = trueslice.values.unit(scene, window_.scale);
    return `W ${whole(width)}  L ${whole(center)}${unit ? `\u2009${unit}` : ""}${trueslice.voi.kindWords(scene, window_)}`;
  }

  // What is written round a picture.
  function texts(scene, plane, slice, window_) {
    const { count, oblique_deg } = scene.planes[plane];
    const { position } = trueslice.patient;
    const number = `${slice.index + 1}/${count}`;
    const picture = plane === "picture" && trueslice.reference.pictureWords(slice, number);
    const oblique = picture ? picture.oblique : oblique_deg;
    const apart = scene.planes[plane].apart ? ` · ${scene.planes[plane].apart}` : "";
    const step = picture ? picture.step : apart;
    const notes = [
      picture ? picture.name : plane, oblique ? `oblique ${oblique.toFixed(1)}°` : "", slice.sampling === "acquired" ? "" : slice.sampling,
      trueslice.planes.words(scene, plane, slice),
      scene.colour || Boolean(window_.invert) === Boolean(scene.inverted) ? "" : "inverted",
      scene.colour ? "" : trueslice.colourMaps.words(window_),
    ];
    const letters = slice.edges.map((letter) => (letter === "-" ? "" : trueslice.patient.side(letter)));
    const label = picture ? picture.label : `${position(scene, plane, slice.index)} · ${number}`;
    const foot = `${scene.colour ? "colour" : windowWords(scene, window_)}${step}`;
    const name = notes.filter(Boolean).join(" · ");
    return { label, letters, foot, name };
  }

  // The same as children of a pane that Dash writes.
  function words(scene, plane, slice, window_, pane) {
    const { label, letters, foot, name } = texts(scene, plane, slice, window_);
    return [
      unlessThere(`label-${pane}`, label, label),
      unlessThere(`edges-${pane}`, letters.join(""), letters.map((letter, side) => span(letter, `edge ${SIDES[side]}`))),
      unlessThere(`foot-${pane}`, foot, foot),
      unlessThere(`name-${pane}`, name, name),
    ];
  }

  // The time point on show; the first one of a stack that was just opened.
  let time = { key: null, index: 0 };
  trueslice.sourceOf = (scene) => {
    const [index, how] = [time.key === scene.key ? time.index : 0, trueslice.planes.how(scene)];
    if (how) return `${scene.key}@${index}@${how}`;
    return index ? `${scene.key}@${index}` : scene.key;
  };

  function setTime(scene, index, search) {
    const { points, words } = (scene && scene.time) || { points: 1, words: [""] };
    const [told] = triggers().has("scene") ? askedNumbers(search, "t", 1) || [0] : [index || 0];
    const now = trueslice.patient.nearest(told, points);
    time = { key: scene && scene.key, index: now };
    return [time, now, Math.max(1, points - 1), words[now], points > 1 ? "time-bar" : "time-bar is-absent"];
  }

  trueslice.slices = { frame, figure, lines, texts, words };
  dash.trueslice = Object.assign(dash.trueslice || {}, { place, time: setTime });
})();

// The panes: their size, their scale bar, what lies under a place of theirs, and whose pixels they show.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const RULERS_MM = [200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1];

  const tell = (id, props) => window.dash_clientside.set_props(id, props);
  const paneOf = (plane) => document.getElementById(`pane-${plane}`);
  const graphOf = (pane) => pane.querySelector(".js-plotly-plot");

  // As Plotly counts it once it has drawn: a range that misses its whole pixels makes it draw everything again.
  trueslice.boxOf = (plane) => {
    const { width, height } = paneOf(plane).querySelector(".picture").getBoundingClientRect();
    const drawn = (graphOf(paneOf(plane)) || {})._fullLayout;
    const current = drawn && Math.abs(drawn.width - width) < 2 && Math.abs(drawn.height - height) < 2;
    return current ? { width: drawn._size.w, height: drawn._size.h } : { width: width || 1, height: height || 1 };
  };

  // Pixels of another stack are never seen under this one's title: they are hidden until the new ones are drawn.
  const stackOf = (source) => source.split("@")[0];
  const sceneOf = (pane) => (pane.id === "pane-beside" ? trueslice.beside.scene() : trueslice.scene);

  function hideForeign(pane) {
    const graph = graphOf(pane);
    const [source] = ((graph && graph.layout && graph.layout.meta) || "").split("/");
    pane.classList.toggle("is-foreign", stackOf(source) !== (sceneOf(pane) || {}).key);
  }

  trueslice.clear = (search) => {
    document.querySelectorAll(".pane").forEach(hideForeign);
    trueslice.zoomAsked(trueslice.scene, search);
  };

  trueslice.waiting = (plane, is) => paneOf(plane).classList.toggle("is-waiting", is);

  trueslice.say = (refusal) => {
    const { cause, cure } = refusal || { cause: "The server cannot be reached.", cure: "Check the connection." };
    tell("error", { children: `${cause} ${cure}` });
  };

  // The scale bar: the longest round length that takes at most a third of the view.
  trueslice.measure = (plane, mmPerPixel, isEstimate) => {
    const ruler = paneOf(plane).querySelector(".ruler");
    ruler.classList.toggle("is-unknown", mmPerPixel === null);
    if (mmPerPixel === null) return;
    const room = trueslice.boxOf(plane).width / 3;
    const mm = RULERS_MM.find((length) => length / mmPerPixel <= room) || 0.1;
    ruler.querySelector(".ruler-bar").style.width = `${(mm / mmPerPixel).toFixed(1)}px`;
    const length = mm >= 10 ? `${mm / 10}\u2009cm` : `${mm}\u2009mm`;
    ruler.querySelector(".ruler-text").textContent = isEstimate ? `≈ ${length}` : length;
  };

  // A rail's thumb follows the hand; Dash writes the same place once it rests.
  trueslice.moveRail = (plane, index, count) => {
    const rail = paneOf(plane).querySelector(".rail");
    const thumb = rail && rail.querySelector(".mantine-Slider-thumb");
    if (!thumb) return;
    const share = `${(100 * index) / Math.max(1, count - 1)}%`;
    thumb.style.setProperty("--slider-thumb-offset", share);
    thumb.setAttribute("aria-valuenow", String(index));
    rail.querySelector(".mantine-Slider-bar").style.setProperty("--slider-bar-width", `calc(${share} + 2 * var(--slider-size))`);
  };

  // A value, or a colour as its three or four numbers; undefined beside the picture.
  function pixelAt(line, column, depth) {
    if (!line || column < 0 || column * depth >= line.length) return undefined;
    return depth > 1 ? Array.from(line.subarray(column * depth, (column + 1) * depth)) : line[column];
  }

  // What lies under a place on the screen: the pixel on screen itself, not the one asked for.
  function under(pane, { clientX, clientY }) {
    const graph = graphOf(pane);
    const scene = sceneOf(pane);
    const [source, plane, index, sampling, depth] = ((graph && graph.layout && graph.layout.meta) || "").split("/");
    if (!scene || stackOf(source) !== scene.key) return null;
    const { xaxis, yaxis } = graph._fullLayout;
    const box = graph.getBoundingClientRect();
    const trace = graph.data[0];
    const column = (xaxis.p2d(clientX - box.left - xaxis._offset) - trace.x0) / trace.dx;
    const row = (yaxis.p2d(clientY - box.top - yaxis._offset) - trace.y0) / trace.dy;
    const value = pixelAt(trace.z[Math.round(row)], Math.round(column), Number(depth));
    if (value === undefined) return null;
    const [x, y] = [trace.x0 + column * trace.dx, trace.y0 + row * trace.dy];
    const drawn = scene.directions ? null : trueslice.cache.get(source, plane, Number(index));
    const mm = scene.directions ? trueslice.patient.pointAt(scene, plane, Number(index), x, y)
      : drawn && trueslice.reference.pointOn(drawn, x, y);
    return { value, row, column, mm, plane, index: Number(index), acquired: sampling === "acquired" };
  }

  trueslice.panes = { tell, graphOf, hideForeign, under };
})();

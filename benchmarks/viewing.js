// Runs inside the page: how long from a wheel notch, or a window, to the pixels; and how long bare Plotly takes.
// Arguments: the name of the measurement, its options, and the function that takes the answer.
const [what, options, done] = arguments;
const PLANES = ["axial", "coronal", "sagittal"];
const { cache } = window.trueslice;

const graphOf = (plane) => document.querySelector(`#pane-${plane} .js-plotly-plot`);
const indexOf = (graph) => Number(graph.layout.meta.split("/")[2]); // meta of the pixels on screen: source/plane/index/…
const keyOf = () => window.trueslice.scene.key;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// A frame that has been painted: the message comes behind the frame whose callback sent it.
const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = resolve;
  port2.postMessage(null);
}));
const drawn = (graph, is) => new Promise((resolve) => {
  const look = () => {
    if (!is(graph)) return;
    graph.removeListener("plotly_afterplot", look);
    resolve();
  };
  graph.on("plotly_afterplot", look);
});

async function until(is) {
  while (!is()) await wait(5);
}

async function timed(act, finished) {
  const start = performance.now();
  const end = finished();
  act();
  await end;
  await painted();
  return performance.now() - start;
}

// All that lies over the slice on screen is painted too.
const laid = (graph, plane) => until(() => {
  const over = document.querySelector(`#pane-${plane} .over`);
  return over && over.dataset.of === `${plane}/${indexOf(graph)}`;
});

// One notch of the wheel on a view; with Shift it goes ten slices, beyond those fetched in advance.
async function notch({ plane = "axial", far, step, over = false }) {
  const graph = graphOf(plane);
  const before = indexOf(graph);
  const key = keyOf();
  if (!far) await until(() => cache.get(key, plane, before + step));
  else if (cache.get(key, plane, before + 10 * step)) throw new Error("this slice has been fetched before");
  await wait(300);
  const turn = { deltaY: 100 * step, shiftKey: far, bubbles: true, cancelable: true };
  const changed = (shown) => indexOf(shown) !== before;
  const ended = async () => {
    await drawn(graph, changed);
    if (over) await laid(graph, plane);
  };
  return timed(() => graph.dispatchEvent(new WheelEvent("wheel", turn)), ended);
}

async function toSlice({ plane = "axial", index = 0 }) {
  const graph = graphOf(plane);
  if (indexOf(graph) === index) return 0;
  return timed(() => window.trueslice.scrollTo(plane, index), () => drawn(graph, (shown) => indexOf(shown) === index));
}

// A graph with the same figure and size as the page's own, but nobody else's.
async function bare(plane) {
  const name = `bare-${plane}`;
  const found = document.getElementById(name);
  if (found) return found;
  const graph = graphOf(plane);
  const { width, height, left, top } = graph.getBoundingClientRect();
  const div = Object.assign(document.createElement("div"), { id: name });
  Object.assign(div.style, {
    position: "fixed", zIndex: 1000, width: `${width}px`, height: `${height}px`, left: `${left}px`, top: `${top}px`,
  });
  document.body.append(div);
  await Plotly.newPlot(div, structuredClone(graph.data), structuredClone(graph.layout), { staticPlot: true });
  await wait(300);
  return div;
}

async function restyle({ index }) {
  const { z } = await cache.load(keyOf(), "axial", index);
  const div = await bare("axial");
  await wait(300);
  let ended;
  const taken = await timed(() => { ended = Plotly.restyle(div, { z: [z] }, [0]); }, async () => { await null; await ended; });
  div.remove();
  return taken;
}

// One move of the pointer that pulls the window, on all three views.
async function windowed({ pixels }) {
  const pane = document.getElementById("pane-axial");
  const { left, top, width, height } = pane.getBoundingClientRect();
  const at = (type, dx) => pane.querySelector(".picture").dispatchEvent(new PointerEvent(type, {
    pointerId: 1, button: 0, clientX: left + width / 2 + dx, clientY: top + height / 2, bubbles: true, cancelable: true,
  }));
  const before = PLANES.map((plane) => graphOf(plane).data[0].zmax);
  const changed = (graph) => graph.data[0].zmax !== before[PLANES.indexOf(graph.closest(".pane").dataset.plane)];
  const requests = performance.getEntriesByType("resource").length;
  pane.setPointerCapture = () => {}; // there is no such pointer
  at("pointerdown", 0);
  const taken = await timed(() => at("pointermove", pixels), () => Promise.all(PLANES.map((plane) => drawn(graphOf(plane), changed))));
  at("pointerup", pixels);
  await wait(500);
  return { taken, requests: performance.getEntriesByType("resource").length - requests };
}

async function restyleThree({ width }) {
  const divs = await Promise.all(PLANES.map(bare));
  await wait(300);
  let ended;
  const range = { zmin: -width / 2, zmax: width / 2 };
  const taken = await timed(
    () => { ended = Promise.all(divs.map((div) => Plotly.restyle(div, range, [0]))); },
    async () => { await null; await ended; },
  );
  divs.forEach((div) => div.remove());
  return taken;
}

({ toSlice, notch, restyle, windowed, restyleThree })[what](options).then(
  (value) => done({ value }),
  (error) => done({ error: String(error) }),
);

// Runs inside the page: a wheel that is held, a film, and scrolling over a thin line, each watched frame by frame.
// Arguments: the name of the measurement, its options, and the function that takes the answer.
const [what, options, done] = arguments;
const PLANE = "axial";
const REST_MS = 1500;
const graph = document.querySelector(`#pane-${PLANE} .js-plotly-plot`);
const indexOf = () => Number(graph.layout.meta.split("/")[2]);
const labelled = () => Number(document.getElementById(`label-${PLANE}`).textContent.split("·").pop().split("/")[0]) - 1;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const last = () => window.trueslice.scene.planes[PLANE].count - 1;

// What is on screen at every frame, until told to stop.
function watch() {
  const frames = [];
  let isOver = false;
  const look = () => {
    frames.push({ at: performance.now(), index: indexOf(), label: labelled() });
    if (!isOver) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return () => {
    isOver = true;
    return frames;
  };
}

const changes = (frames) => frames.filter(({ index }, place) => place && index !== frames[place - 1].index);
const turn = (step) => graph.dispatchEvent(new WheelEvent("wheel", { deltaY: 100 * step, bubbles: true, cancelable: true }));

async function toFirst() {
  window.trueslice.scrollTo(PLANE, 0);
  while (indexOf() !== 0) await wait(20);
  await wait(REST_MS);
}

// So many notches a second, down to the last slice and no further.
async function held({ rate, seconds }) {
  await toFirst();
  const end = watch();
  const start = performance.now();
  const wanted = Math.min(last(), rate * seconds);
  let sent = 0;
  let sentAt = start;
  while (sent < wanted) {
    for (; sent < Math.min(wanted, ((performance.now() - start) * rate) / 1000); sent += 1) {
      turn(1);
      sentAt = performance.now();
    }
    await wait(1000 / rate / 4);
  }
  await wait(REST_MS);
  const frames = end();
  const shown = changes(frames);
  const there = shown.find(({ index }) => index === wanted);
  return {
    paints: shown.length, end: there ? there.at - sentAt : null, is_right: indexOf() === wanted,
    disordered: shown.filter(({ index }, place) => place && index < shown[place - 1].index).length,
    mislabelled: frames.filter(({ index, label }) => index !== label).length,
  };
}

async function film({ seconds }) {
  await toFirst();
  window.trueslice.play(PLANE);
  await wait(1000);
  const end = watch();
  await wait(seconds * 1000);
  const frames = end();
  window.trueslice.play(PLANE);
  return changes(frames).length / seconds;
}

// The next notch as soon as the slice before it is on screen: slices a second, and the bytes of one.
async function line({ seconds }) {
  await toFirst();
  performance.clearResourceTimings();
  performance.setResourceTimingBufferSize(10000);
  const first = indexOf() + 30; // beyond what was fetched in advance
  window.trueslice.scrollTo(PLANE, first);
  while (indexOf() !== first) await wait(5);
  const start = performance.now();
  let before = first;
  while (performance.now() - start < seconds * 1000 && before < last()) {
    turn(1);
    while (indexOf() === before) await wait(2);
    before = indexOf();
  }
  const taken = (performance.now() - start) / 1000;
  const sizes = performance.getEntriesByType("resource").filter(({ name }) => name.includes(`/${PLANE}/`)).map(({ transferSize }) => transferSize);
  const bytes = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return { slices: before - first, seconds: taken, bytes };
}

({ held, film, line })[what](options).then((value) => done({ value }), (error) => done({ error: String(error) }));

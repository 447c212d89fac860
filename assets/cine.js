// Playing: pictures at the times they were taken, slices of a volume at an even pace, only while somebody can see it.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const EVEN_MS = 100;
  const SHORTEST_MS = 10;

  let playing = null; // {key, plane, index, due, timer}

  // How long a picture stands: until the next one was taken; the last one as long as the one before it.
  function standsMs(scene, plane, index) {
    const times = plane === "picture" && scene.frame_times_ms;
    if (!times || times.length < 2) return EVEN_MS;
    const at = Math.min(index, times.length - 2);
    return Math.max(SHORTEST_MS, times[at + 1] - times[at]);
  }

  function say(is) {
    const button = document.getElementById("play");
    if (!button) return;
    button.textContent = is ? "Pause" : "Play";
    button.setAttribute("aria-pressed", String(is));
  }

  function stop() {
    if (playing) clearTimeout(playing.timer);
    playing = null;
    say(false);
  }

  // A picture that is late holds up the film; it does not make the ones after it hurry.
  function step() {
    const { scene } = trueslice;
    if (!scene || scene.key !== playing.key || !scene.planes[playing.plane]) return stop();
    if (trueslice.cache.busy(playing.plane)) return wait(EVEN_MS / 5);
    playing.index = (playing.index + 1) % scene.planes[playing.plane].count;
    trueslice.scrollTo(playing.plane, playing.index);
    playing.due = Math.max(playing.due, performance.now() - EVEN_MS) + standsMs(scene, playing.plane, playing.index);
    return wait(playing.due - performance.now());
  }

  function wait(ms) {
    if (document.hidden) return;
    playing.timer = setTimeout(step, Math.max(0, ms));
  }

  function start(plane) {
    const { scene } = trueslice;
    const index = trueslice.shownIndex(plane);
    if (scene.planes[plane].count < 2 || index === null) return;
    playing = { key: scene.key, plane, index, due: performance.now() + standsMs(scene, plane, index) };
    say(true);
    wait(playing.due - performance.now());
  }

  trueslice.play = (plane) => {
    if (!trueslice.scene || !trueslice.scene.key) return;
    if (playing) stop();
    else start(plane);
  };
  trueslice.isPlaying = () => Boolean(playing);

  document.addEventListener("visibilitychange", () => {
    if (!playing) return;
    clearTimeout(playing.timer);
    playing.due = performance.now();
    wait(EVEN_MS);
  });
  // Whoever scrolls by hand wants to stop there.
  document.addEventListener("wheel", stop, { passive: true });
  document.addEventListener("keydown", ({ key }) => {
    if (/^(Arrow(Up|Down)|Page(Up|Down)|Home|End)$/.test(key)) stop();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#play")) trueslice.play("picture");
  });
})();

// Fingers over the pictures: two pinch and move, one that rests probes what lies under it.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const PRESS_MS = 450;
  const STILL_PX = 10;

  const fingers = new Map(); // pointer -> {pane, x, y, from}
  let pinch = null; // {apart, x, y} of two fingers a moment ago
  let press = 0;
  let probing = null; // {id, pane}

  const paneFingers = () => [...fingers.values()];

  function between([one, other]) {
    return {
      apart: Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)),
      clientX: (one.x + other.x) / 2, clientY: (one.y + other.y) / 2,
    };
  }

  function pinched() {
    const now = between(paneFingers());
    trueslice.zoomAt(paneFingers()[0].pane.dataset.plane, pinch, now.apart / pinch.apart, now);
    pinch = now;
  }

  // The read-out also stands above the finger that covers what it tells.
  const words = Object.assign(document.createElement("output"), { className: "probe", hidden: true });
  document.body.append(words);

  function probe({ clientX, clientY }) {
    trueslice.look(probing.pane, { clientX, clientY });
    requestAnimationFrame(() => {
      words.textContent = document.getElementById("read-out").textContent;
      words.hidden = !probing || !words.textContent;
      words.style.left = `${trueslice.patient.clamp(clientX, words.offsetWidth / 2, window.innerWidth - words.offsetWidth / 2)}px`;
      words.style.top = `${clientY}px`;
    });
  }

  function stop() {
    clearTimeout(press);
    probing = null;
    words.hidden = true;
  }

  document.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !trueslice.overPicture) return;
    const pane = trueslice.overPicture(event);
    if (!pane) return;
    fingers.set(event.pointerId, { pane, x: event.clientX, y: event.clientY, from: event });
    stop();
    if (fingers.size === 2) {
      trueslice.letGo();
      pinch = between(paneFingers());
      return;
    }
    press = setTimeout(() => {
      if (fingers.size !== 1 || !trueslice.letGo()) return;
      probing = { id: event.pointerId, pane };
      probe(event);
    }, PRESS_MS);
  });

  document.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    Object.assign(finger, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2 && pinch) return void pinched();
    if (probing && probing.id === event.pointerId) return void probe(event);
    if (Math.hypot(event.clientX - finger.from.clientX, event.clientY - finger.from.clientY) > STILL_PX) clearTimeout(press);
  });

  ["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, ({ pointerId }) => {
    if (!fingers.delete(pointerId)) return;
    pinch = null;
    stop();
  }));
})();

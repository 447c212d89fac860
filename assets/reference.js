// Reference lines over the pictures, the words of a single picture's place, and the way to another stack.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const OFF = "off";
  const MOST_ANSWERS = 256;
  const MOST_LINES = 40;
  const LABEL_AT = 0.06; // share of a line at which its number stands
  const WORTH = {
    patient: "", region: "in the ultrasound region", magnification: "estimated, magnification removed",
    detector: "estimated, at the detector", unstated: "estimated, not said whether at the detector",
  };
  const PATIENT_AXIS = { axial: 2, coronal: 1, sagittal: 0 };
  const tell = (id, props) => window.dash_clientside.set_props(id, props);
  const NOTHING = { shapes: [], annotations: [] };

  const answers = new Map(); // address -> answer, oldest first; null while it is on its way or was refused
  let chosen = { key: null, of: null, colour: null };
  let cameFrom = null;
  let arrived = 0;

  const linksOf = (scene) => ((scene && scene.links) || []).filter(({ placed }) => placed);

  // A picture starts with lines, a volume without: its own planes already cross it.
  function firstChoice(scene, links) {
    const told = trueslice.link.asked(window.location.search, "of");
    if (told === "none" || links.some(({ key }) => key === told)) return told === "none" ? OFF : told;
    if (scene.kind === "volume") return OFF;
    return links.some(({ key }) => key === cameFrom) ? cameFrom : links[0].key;
  }

  function choose(scene, value) {
    const links = linksOf(scene);
    if (!links.length) return [null, [], null, "lines-bar is-absent"];
    const now = trueslice.page.triggers().has("scene") ? firstChoice(scene, links) : value;
    const link = links.find(({ key }) => key === now);
    chosen = { key: scene.key, of: link ? link.key : null, colour: link && link.colour };
    trueslice.link.changed();
    const options = [{ value: OFF, label: "no other stack" }, ...links.map(({ key, name }) => ({ value: key, label: name }))];
    return [{ ...chosen }, options, now, link ? "lines-bar" : "lines-bar is-off"];
  }

  async function ask(address) {
    answers.set(address, null);
    if (answers.size > MOST_ANSWERS) answers.delete(answers.keys().next().value);
    try {
      const response = await fetch(address, { cache: "no-store" });
      if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await trueslice.cache.refusalOf(response) });
      answers.set(address, await response.json());
      arrived += 1;
      tell("lines", { data: { ...chosen, arrived } });
    } catch (failure) {
      answers.delete(address);
      trueslice.say(failure.refusal);
    }
  }

  // The slice of the drawn stack that is nearest to the cursor.
  function current({ normal, depths }, cursor) {
    if (!normal || !cursor) return null;
    const wanted = normal.reduce((sum, part, at) => sum + part * cursor[at], 0);
    return depths.reduce((best, depth, at) => (Math.abs(depth - wanted) < Math.abs(depths[best] - wanted) ? at : best), 0);
  }

  // First, last and current slice of a volume; every picture of a stack that is none.
  function drawn(answer, cursor) {
    const all = answer.lines.map((_, index) => index);
    const now = current(answer, cursor);
    const wanted = answer.normal ? [0, all.length - 1, now === null ? 0 : now] : all.slice(0, MOST_LINES);
    const indices = [...new Set(wanted)].filter((index) => answer.lines[index]).sort((a, b) => a - b);
    return indices.map((index) => ({ index, line: answer.lines[index], is_current: index === now }));
  }

  const note = (words) => {
    const place = document.querySelector(".lines-note");
    if (place && place.textContent !== words) place.textContent = words;
  };

  function shapesOf({ shape, label }, lines) {
    const { colour } = chosen;
    const shapes = lines.map(({ line: [x0, y0, x1, y1], is_current }) => ({
      ...shape, x0, y0, x1, y1, opacity: is_current ? 1 : shape.opacity,
      line: { ...shape.line, color: colour, dash: is_current ? "solid" : "dot" },
    }));
    const annotations = lines.map(({ index, line: [x0, y0, x1, y1], is_current }) => ({
      ...label, x: x0 + LABEL_AT * (x1 - x0), y: y0 + LABEL_AT * (y1 - y0), font: { ...label.font, color: colour },
      text: is_current ? `<b>${index + 1}</b>` : String(index + 1),
    }));
    return { shapes, annotations };
  }

  // What lies over a picture: nothing as long as the answer is on its way; it draws the picture again.
  function over(plane, scene, slice, cursor, template) {
    if (!chosen.of || chosen.key !== scene.key || scene.acquired || (plane === "picture" && !slice.place)) {
      if (plane === "picture") note("");
      return NOTHING;
    }
    const address = `/volumes/${scene.key}/${plane}/${slice.index}/lines/${chosen.of}`;
    const answer = answers.get(address);
    if (answer === undefined) void ask(address);
    if (!answer) return NOTHING;
    const lines = drawn(answer, cursor);
    if (plane === "picture") note(lines.length ? "" : "None of its slices cuts this picture.");
    return shapesOf(template, lines);
  }

  // A single picture's place in words -------------------------------------------------------------------------
  function pictureWords(slice, number) {
    const { facing, size } = slice;
    const pixel = size ? `${slice.dx.toFixed(2)} × ${slice.dy.toFixed(2)}\u2009mm a pixel` : "no millimetres";
    const step = ` · ${[pixel, WORTH[size] || ""].filter(Boolean).join(", ")}`;
    if (!facing) return { name: "picture", oblique: 0, label: number, step };
    const { plane, oblique, position } = facing;
    const place = trueslice.patient.coordinate(position, PATIENT_AXIS[plane]);
    return { name: plane, oblique, label: `${place} · ${number}`, step };
  }

  // The patient point of a place on a single picture, mm from its first pixel; null where the picture has no place.
  function pointOn({ place }, x, y) {
    return place && [0, 1, 2].map((at) => place[at] + x * place[3 + at] + y * place[6 + at]);
  }

  function open(key) {
    const { scene, cursor } = trueslice;
    const link = (scene.links || []).find((one) => one.key === key);
    const at = link && link.placed && cursor ? `&at=${cursor.map((mm) => Number(mm.toFixed(2))).join(",")}` : "";
    cameFrom = scene.key;
    window.history.pushState({}, "", `/?stack=${key}${at}`);
    window.dispatchEvent(new PopStateEvent("popstate")); // dcc.Location reads the address again
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-stack], #lines-open");
    if (!button || !trueslice.scene || !trueslice.scene.key) return;
    const key = button.dataset.stack || chosen.of;
    if (key) open(key);
  });

  trueslice.link.field("of", (scene) => {
    const known = linksOf(scene).length && chosen.key === scene.key;
    return known ? chosen.of || (scene.kind === "volume" ? null : "none") : null;
  });

  trueslice.reference = { over, pictureWords, pointOn, isEstimate: (size) => !["patient", "region"].includes(size) };
  dash.trueslice = Object.assign(dash.trueslice || {}, { lines: choose });
})();

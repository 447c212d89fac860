// The surface panel's list, histogram, facts and check, drawn from what is wished for and what was made.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const SVG = "http://www.w3.org/2000/svg";
  const WIDE = 316;
  const HIGH = 64;
  const LINE = 13; // of the marks' words
  const LETTER = 5.6; // their width, about
  const THIN = "\u2009";

  const rows = new Map(); // place -> the parts of a row that change
  let numbered = 0;
  let last = null; // what the histogram shows

  const byId = (id) => document.getElementById(id);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
  const plural = (count, one, many) => `${grouped(count)} ${count === 1 ? one : many}`;
  const mm = (value) => (value < 0.1 ? value.toFixed(3) : value.toFixed(2));

  function act(does, fields) {
    numbered += 1;
    window.dash_clientside.set_props("surface-act", { data: { key: trueslice.scene.key, number: numbered, do: does, ...fields } });
  }

  function element(tag, fields, ...children) {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...children);
    return made;
  }

  // list ----------------------------------------------------------------------------------------------------
  function newRow(place) {
    const name = element("button", { className: "surface-name", onclick: () => act("choose", { place }) });
    const colour = element("input", { type: "color", onchange: () => act("colour", { place, value: colour.value }) });
    const opacity = element("input", { type: "range", min: 10, max: 100, step: 5 });
    opacity.addEventListener("input", () => act("opacity", { place, value: Number(opacity.value) / 100 }));
    const show = element("button", { className: "row-button", textContent: "Shown" });
    show.addEventListener("click", () => act("show", { place, value: show.ariaPressed !== "true" }));
    const remove = element("button", { className: "row-button", textContent: "Remove", onclick: () => act("remove", { place }) });
    const bar = element("progress", { max: 100 });
    const stop = element("button", { className: "row-button", textContent: "Stop" });
    const note = element("p", { className: "surface-note", role: "status" });
    const making = element("div", { className: "surface-making" }, bar, stop);
    const head = element("div", { className: "surface-head" }, colour, opacity, show, remove);
    return { root: element("li", { className: "surface-row" }, name, making, note, head), name, colour, opacity, show, remove, bar, stop, note, making };
  }

  function fillRow(row, one, { active, said, label }) {
    const { place, colour, opacity, shown } = one;
    const busy = Boolean(said && said.job);
    row.root.classList.toggle("is-active", place === active);
    row.name.textContent = label;
    row.name.ariaPressed = String(place === active);
    row.colour.value = colour;
    row.colour.ariaLabel = `Colour of ${label}`;
    if (document.activeElement !== row.opacity) row.opacity.value = Math.round(opacity * 100);
    row.opacity.ariaLabel = `Opacity of ${label}`;
    row.opacity.title = `Opacity ${Math.round(opacity * 100)}${THIN}%`;
    row.show.ariaPressed = String(shown);
    row.show.ariaLabel = `${label} shown`;
    row.show.title = shown ? "Hide" : "Show";
    row.remove.ariaLabel = `Remove ${label}`;
    row.making.hidden = !busy;
    if (said && said.percent) row.bar.value = said.percent;
    else row.bar.removeAttribute("value");
    row.bar.ariaLabel = `Progress of ${label}`;
    const note = (said && said.note) || "";
    if (row.note.textContent !== note) row.note.textContent = note;
    row.stop.onclick = () => (said.mesh ? act("revert", { place, value: askedOf(said.mesh.options) }) : act("remove", { place }));
  }

  const askedOf = ({ level, largest, island_ml, smooth_mm, closed }) => ({ level, largest, island_ml, smooth_mm, closed });

  function showRows(scene, levels, model, work) {
    const list = byId("surface-rows");
    for (const [place, { root }] of rows) {
      if (!model.list.some((one) => one.place === place)) {
        root.remove();
        rows.delete(place);
      }
    }
    for (const one of model.list) {
      if (!rows.has(one.place)) rows.set(one.place, newRow(one.place));
      const row = rows.get(one.place);
      if (!row.root.isConnected) list.append(row.root);
      fillRow(row, one, { active: model.active, said: saidOf(work, model, one.place), label: trueslice.surfaceModel.titleOf(scene, levels, one) });
    }
  }

  const saidOf = (work, model, place) => (work && work.places && work.key === model.key && work.places[place]) || null;

  // facts ---------------------------------------------------------------------------------------------------
  const steps = (mesh) => [...mesh.grid_step_mm].reverse().map((step) => step.toFixed(2)).join(" × ");

  function thinned({ deviation, found, islands }) {
    if (!deviation) return islands ? "" : "Nothing was thinned out.";
    const { p95_mm: most, max_mm: worst } = deviation;
    return `Thinned out from ${grouped(found)} triangles: 95${THIN}% of it lies within ${mm(most)}${THIN}mm of the whole one, the farthest place measured ${mm(worst)}${THIN}mm.`;
  }

  function factsOf(mesh) {
    const [k, j, i] = mesh.coarsened;
    const { smoothed_mm: smoothed, islands, islands_ml: ml, options } = mesh;
    const fewer = smoothed < options.smooth_mm ? `; ${options.smooth_mm}${THIN}mm were asked for, and more cannot be done here` : "";
    return [
      `${grouped(mesh.triangles)} triangles on a grid of ${steps(mesh)}${THIN}mm.`,
      Math.max(i, j, k) > 1 ? `For the screen ${i} × ${j} × ${k} voxels are averaged into one; a file is made of all.` : "",
      thinned(mesh),
      islands ? `${plural(islands, "part was", "parts were")} left out, ${ml.toFixed(1)}${THIN}ml together.` : "",
      smoothed ? `Details below ${smoothed.toFixed(1)}${THIN}mm are smoothed away${fewer}.` : "",
    ].filter(Boolean);
  }

  function checkOf(scene, mesh, { format, space }) {
    const { watertight, volume_ml: ml, area_cm2: area, box_mm: box, components } = mesh.solid;
    const number = (value) => grouped(value < 100 ? value.toFixed(1) : value.toFixed(0));
    const cure = mesh.options.closed ? "" : " “Closed where the pictures end” may close it.";
    const tight = watertight ? "watertight." : `not watertight: it is open, and its volume is only an estimate.${cure}`;
    return [
      `${grouped(mesh.triangles)} triangles in ${plural(components, "part", "parts")}, ${tight}`,
      `Volume ${number(ml)}${THIN}ml, surface ${number(area)}${THIN}cm², box ${box.map((one) => one.toFixed(1)).join(" × ")}${THIN}mm.`,
      `${space.toUpperCase()}, mm.${format === "glb" ? " GLB itself is in metres with Y up, as its standard wants." : ""}`,
      `Geometry ${scene.verdict}: ${scene.summary}`,
    ];
  }

  // Sentences, and behind them what a surface may show or the way to stop it; written only where they changed.
  function paragraphs(id, lines, { face = "", stop = null } = {}) {
    const box = byId(id);
    const told = [...lines, face, Boolean(stop)].join("\n");
    if (box.dataset.told === told) return;
    box.dataset.told = told;
    box.replaceChildren(
      ...lines.map((line) => element("p", { textContent: line })),
      ...(face ? [element("p", { className: "surface-face", textContent: `▲ ${face}` })] : []),
      ...(stop ? [element("button", { className: "row-button", textContent: "Stop", onclick: stop })] : []),
    );
  }

  // histogram -----------------------------------------------------------------------------------------------
  function drawn(tag, fields, text) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(fields).forEach(([name, value]) => made.setAttribute(name, value));
    if (text) made.textContent = text;
    return made;
  }

  function bars({ counts, edges }, at) {
    const top = Math.log1p(Math.max(...counts));
    const shape = counts.map((count, bar) => {
      const y = (HIGH * (1 - Math.log1p(count) / top)).toFixed(1);
      return `L${at(edges[bar]).toFixed(1)} ${y}L${at(edges[bar + 1]).toFixed(1)} ${y}`;
    });
    return drawn("path", { class: "bars", d: `M${at(edges[0]).toFixed(1)} ${HIGH}${shape.join("")}L${at(edges[edges.length - 1]).toFixed(1)} ${HIGH}Z` });
  }

  // Each mark in the first line where its word has room.
  function marks(list, at) {
    const ends = [];
    return list.flatMap(({ name, low, high }) => {
      const [from, to] = [Math.max(0, at(low)), Math.min(WIDE, at(high))];
      const start = Math.min(from, WIDE - name.length * LETTER);
      const free = ends.findIndex((end) => end < start);
      const line = free < 0 ? ends.length : free;
      ends[line] = Math.max(to, start + name.length * LETTER) + 6;
      const y = HIGH + 3 + line * LINE;
      return [
        drawn("rect", { class: "mark", x: from, y, width: Math.max(2, to - from), height: 2 }),
        drawn("text", { x: start, y: y + 11 }, name),
      ];
    });
  }

  function levelLines(model, at) {
    return model.list.filter((one) => trueslice.surfaceModel.isNumber(one.level) && !one.region).map((one) => {
      const x = Math.min(WIDE, Math.max(0, at(Number(one.level))));
      return drawn("line", { class: one.place === model.active ? "is-active" : "", x1: x, x2: x, y1: 0, y2: HIGH, stroke: one.colour });
    });
  }

  function showHistogram(scene, levels, model) {
    const box = byId("surface-histogram");
    const known = levels && levels.key === scene.key && levels.counts;
    box.hidden = !known;
    if (!known) return;
    const [low, high] = trueslice.surfaceModel.boundsOf(scene, levels);
    const at = (value) => ((value - low) / (high - low)) * WIDE;
    last = { low, high, step: trueslice.surfaceModel.stepOf([low, high]) };
    const placed = marks(levels.marks, at);
    const bottom = Math.max(HIGH + 2, ...placed.filter((one) => one.tagName === "text").map((one) => Number(one.getAttribute("y")) + 3));
    const picture = drawn("svg", { viewBox: `0 0 ${WIDE} ${bottom}` });
    picture.append(bars(levels, at), ...placed, ...levelLines(model, at));
    box.replaceChildren(picture);
  }

  // A press or a drag in the histogram is a level.
  function pressed(event) {
    const box = event.target.closest && event.target.closest("#surface-histogram");
    if (!box || !last || !(event.buttons & 1)) return;
    const { left, width } = box.getBoundingClientRect();
    const value = last.low + Math.min(1, Math.max(0, (event.clientX - left) / width)) * (last.high - last.low);
    act("level", { value: trueslice.surfaceModel.short(Math.round(value / last.step) * last.step) });
  }
  document.addEventListener("pointerdown", pressed);
  document.addEventListener("pointermove", pressed);

  // On a phone the pictures lie under the panel: what is made is seen when it is put away.
  document.addEventListener("click", (event) => {
    if (trueslice.smallScreen.matches && event.target.id === "surface-start") trueslice.setView({ single: "solid" });
  });

  // all -----------------------------------------------------------------------------------------------------
  function fileOf(scene, levels, model, work, { format, space }) {
    const said = saidOf(work, model, "export");
    const mesh = said && said.mesh;
    const isThis = mesh && !said.job && !said.note;
    const region = mesh && model.list.map((one) => one.region).find((one) => one && one.of === mesh.of && one.value === mesh.options.region);
    const name = mesh ? trueslice.surfaceModel.titleOf(scene, levels, { level: mesh.level, region }) : "";
    const busy = said && said.job;
    const note = said && said.note ? [`${said.note}${busy && said.percent ? ` ${said.percent.toFixed(0)}${THIN}%` : ""}`] : [];
    const lines = isThis ? [`${name}:`, ...checkOf(scene, mesh, { format, space })] : note;
    paragraphs("surface-check", lines, { face: isThis ? mesh.face : "", stop: busy ? () => act("forget", {}) : null });
    if (!isThis) return ["", ""];
    return [`/volumes/${mesh.of}/mesh/${mesh.artifact}.${format}?space=${space}`, `Download ${format.toUpperCase()}, ${space.toUpperCase()}`];
  }

  function show(scene, levels, model, work, kind) {
    showRows(scene, levels, model, work);
    showHistogram(scene, levels, model);
    const said = saidOf(work, model, model.active);
    const mesh = said && said.mesh;
    const one = model.list.find(({ place }) => place === model.active);
    const isOld = mesh && Number(one.level) !== mesh.level;
    const until = isOld ? [`Still on screen: ${trueslice.surfaceModel.words(scene, levels, mesh.level)}.`] : [];
    paragraphs("surface-facts", mesh ? [...until, ...factsOf(mesh)] : [], { face: mesh ? mesh.face : "" });
    const full = model.list.length >= 3;
    const start = byId("surface-start");
    start.hidden = full;
    start.textContent = model.list.length ? "Add a surface" : `Make a surface at ${trueslice.surfaceModel.words(scene, levels, model.draft)}`;
    byId("surface-export").disabled = model.active === null;
    return fileOf(scene, levels, model, work, kind);
  }

  trueslice.surfacePanel = { show, act };
})();

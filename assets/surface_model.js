// Which surfaces there are, what is asked of each, and what of that is asked of the server once the hand rests.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const MOST = 3;
  const REST_MS = 350;
  const ON_SCREEN = 300000; // triangles together
  const STEPS = 1000; // of the slider
  const COLOURS = ["#e6dcc8", "#e09a7f", "#8fb8de"];
  const SEE_THROUGH = 0.35;
  const BORDER = 0.5; // of a region
  const PLAIN = { largest: false, island_ml: 0, smooth_mm: 0, closed: false };
  const IN_TURN = ["Bone", "Skin", "Vessels with contrast", "Automatic", "Automatic, lower of two", "Automatic, upper of two"];
  const CLIP = /^[012],-?1$/;

  const none = dash.no_update;
  const { triggers, same } = trueslice.page;
  const asked = (search, name) => new URLSearchParams(search || "").get(name) || "";
  const short = (number) => Number(Number(number).toPrecision(6));
  const isNumber = (level) => level !== "" && level !== null && Number.isFinite(Number(level));

  let question = 0;
  let wished = "";
  let drawn = "";
  let first = ""; // wishes of a link are not waited for

  // What keeps a stack from having surfaces; empty where nothing does.
  function whyNone(scene, levels) {
    if (!scene || !scene.key) return "No series is open.";
    if (scene.kind !== "volume") return "No surface: these pictures do not form a volume.";
    if (scene.colour) return "No surface: these are colours, and a colour has no level.";
    if (levels && levels.key === scene.key && levels.refusal) return levels.refusal;
    return "";
  }

  // levels --------------------------------------------------------------------------------------------------
  async function surfaceLevels(scene, tab, levels, search) {
    if (whyNone(scene)) return null;
    const wanted = tab === "surface" || asked(search, "surf") || asked(search, "level");
    if (!wanted || (levels && levels.key === scene.key)) return none;
    try {
      const response = await fetch(`/volumes/${scene.key}/levels`, { cache: "no-store" });
      if (response.ok) return { key: scene.key, ...await response.json() };
      const { cause, cure } = await trueslice.cache.refusalOf(response);
      return { key: scene.key, refusal: `${cause} ${cure}` };
    } catch {
      trueslice.say();
      return none;
    }
  }

  function nameOf(levels, level) {
    const found = ((levels && levels.levels) || []).find((one) => one.value === Number(level));
    return found ? found.name : "";
  }

  // What a surface is called: its region, or its level.
  const titleOf = (scene, levels, { level, region }) => (region ? region.label : words(scene, levels, level));

  // A level in words, as "Bone 200 HU".
  function words(scene, levels, level) {
    const name = nameOf(levels, level);
    const unit = scene.unit ? `\u2009${scene.unit}` : "";
    return `${name ? `${name} ` : ""}${isNumber(level) ? trueslice.patient.written(Number(level)) : level}${isNumber(level) ? unit : ""}`;
  }

  function boundsOf(scene, levels) {
    const known = levels && levels.key === scene.key && levels.edges;
    const [low, high] = known ? [levels.edges[0], levels.edges[levels.edges.length - 1]] : scene.range || [0, 1];
    const offered = known ? levels.levels.map(({ value }) => value) : [];
    return [Math.min(low, ...offered), Math.max(high, ...offered)];
  }

  const stepOf = ([low, high]) => 10 ** Math.floor(Math.log10((high - low || 1) / STEPS));

  function suggestion(scene, levels, list) {
    const offered = levels && levels.key === scene.key ? levels.levels || [] : [];
    const free = offered.filter(({ value }) => !list.some((one) => Number(one.level) === value));
    const turn = IN_TURN.map((name) => free.find((one) => one.name === name)).find(Boolean) || free[0];
    if (turn) return turn.value;
    const [low, high] = boundsOf(scene, levels);
    return short(low + (high - low) * 0.25);
  }

  // link ----------------------------------------------------------------------------------------------------
  // One surface is LEVEL:RRGGBB:OPACITY, and behind another colon what is asked of it besides.
  const ENTRY = /^([-+.\de]+):([0-9a-f]{6}):(0?\.\d+|0|1)(?::(l?)(c?)(h?)(?:i([.\d]+))?(?:s([.\d]+))?)?$/i;

  function parsed(text, place) {
    const found = ENTRY.exec(text);
    if (!found || !isNumber(found[1])) return null;
    const [, level, colour, opacity, largest, closed, hidden, island, smooth] = found;
    return {
      place, level: Number(level), colour: `#${colour.toLowerCase()}`, opacity: Number(opacity), shown: !hidden,
      largest: Boolean(largest), closed: Boolean(closed), island_ml: Number(island) || 0, smooth_mm: Number(smooth) || 0,
    };
  }

  function entry({ level, colour, opacity, shown, largest, closed, island_ml: island, smooth_mm: smooth }) {
    const more = `${largest ? "l" : ""}${closed ? "c" : ""}${shown ? "" : "h"}${island ? `i${island}` : ""}${smooth ? `s${smooth}` : ""}`;
    return `${Number(level)}:${colour.slice(1)}:${opacity}${more ? `:${more}` : ""}`;
  }

  function fromLink(search) {
    const list = asked(search, "surf").split(",").slice(0, MOST).map(parsed).filter(Boolean);
    if (list.length) return list.map((one, place) => ({ ...one, place }));
    const level = asked(search, "level");
    return isNumber(level) ? [fresh(0, Number(level))] : [];
  }

  // What of the address is about surfaces.
  trueslice.surfaceFields = (scene, model, clip) => {
    const mine = model && model.key === scene.key ? model.list.filter((one) => isNumber(one.level) && !one.region) : [];
    return {
      surf: mine.map(entry).join(","),
      clip: clip || null,
      cam: trueslice.surfaceView.numbers(scene).map((number) => Number(number.toFixed(3))).join(","),
    };
  };

  // model ---------------------------------------------------------------------------------------------------
  const fresh = (place, level) => ({ place, level, colour: COLOURS[place], opacity: 1, shown: true, ...PLAIN });

  const current = (model) => model.list.find((one) => one.place === model.active) || null;

  const changed = (model, place, change) => ({
    ...model, list: model.list.map((one) => (one.place === place ? { ...one, ...change } : one)),
  });

  // What lies around others is seen through.
  function added(model, level) {
    if (model.list.length >= MOST) return model;
    const place = [0, 1, 2].find((free) => !model.list.some((one) => one.place === free));
    const inner = Math.max(...model.list.map((one) => Number(one.level)), -Infinity);
    const one = { ...fresh(place, level), opacity: Number(level) < inner ? SEE_THROUGH : 1 };
    const around = (other) => other.opacity === 1 && Number(other.level) < Number(level);
    const list = model.list.map((other) => (around(other) ? { ...other, opacity: SEE_THROUGH } : other));
    return { ...model, list: [...list, one], active: place };
  }

  // The surface of what was drawn over the pictures: half-way between its outside and its inside.
  function ofRegion(model, region) {
    const known = model.list.find((one) => one.region && one.region.of === region.of && one.region.layer === region.layer && one.region.value === region.value);
    if (known) return { ...changed(model, known.place, { shown: true }), active: known.place };
    const more = added(model, BORDER);
    return more === model ? model : changed(more, more.active, { region, colour: region.colour, opacity: 1, closed: true });
  }

  function levelled(model, level) {
    const one = current(model);
    if (!one || one.region) return added(model, level);
    return String(one.level) === String(level) ? model : changed(model, one.place, { level });
  }

  const typed = (text) => (isNumber(text) ? Number(text) : String(text ?? "").trim());

  function optionsOf({ level, largest, island_ml, smooth_mm, closed, region }, time) {
    const asked_ = { level, largest, island_ml, smooth_mm, closed, time };
    return region ? { ...asked_, time: region.layer, region: region.value, of: region.of } : asked_;
  }

  // The level that the controls show: that of the chosen surface, where it has one.
  function levelOf(model) {
    const one = current(model);
    return one && !one.region ? one.level : model.draft;
  }

  const ACTS = {
    choose: (model, { place }) => ({ ...model, active: place }),
    show: (model, { place, value }) => changed(model, place, { shown: value }),
    colour: (model, { place, value }) => changed(model, place, { colour: value }),
    opacity: (model, { place, value }) => changed(model, place, { opacity: value }),
    level: (model, { value }) => levelled(model, value),
    region: (model, { value }) => ofRegion(model, value),
    revert: (model, { place, value }) => changed(model, place, value),
    forget: (model) => ({ ...model, export: null }),
    remove: (model, { place }) => {
      const list = model.list.filter((one) => one.place !== place);
      return { ...model, list, active: list.length ? list[list.length - 1].place : null };
    },
  };

  function touched(scene, levels, model, cause, values) {
    const [preset, level, slider, largest, island, smooth, closed] = values;
    const one = current(model);
    const shown = levelOf(model);
    const set = (change) => (one ? changed(model, one.place, change) : model);
    const bounded = (value, most) => trueslice.patient.clamp(Number(value) || 0, 0, most);
    const moved = !isNumber(shown) || Math.abs(slider - Number(shown)) >= stepOf(boundsOf(scene, levels)) / 2;
    switch (cause) {
      case "surface-start": return added(model, one ? suggestion(scene, levels, model.list) : model.draft);
      case "surface-export": return one ? { ...model, export: optionsOf(one, trueslice.timeIndex(scene)) } : model;
      case "surface-preset": return isNumber(preset) ? levelled(model, Number(preset)) : model;
      case "surface-level": return String(typed(level)) === String(shown) ? model : levelled(model, typed(level));
      case "surface-slider": return moved ? levelled(model, short(slider)) : model;
      case "surface-largest": return set({ largest: Boolean(largest) });
      case "surface-closed": return set({ closed: Boolean(closed) });
      case "surface-island": return set({ island_ml: bounded(island, 10000) });
      case "surface-smooth": return set({ smooth_mm: bounded(smooth, 20) });
      default: return model;
    }
  }

  function opened(scene, levels, search) {
    const list = fromLink(search);
    first = list.length ? scene.key : "";
    return { key: scene.key, list, active: list.length ? 0 : null, draft: suggestion(scene, levels, []), export: null };
  }

  function surfaces(scene, levels, act, _added, _exported, ...rest) {
    const values = rest.slice(0, 7);
    const [before, search] = rest.slice(7);
    const why = whyNone(scene, levels);
    if (why) return [{ key: scene && scene.key, list: [], active: null, draft: null, export: null }, ...same(10), [], "", why, ""];
    const causes = triggers();
    const isNew = causes.has("scene") || !before || before.key !== scene.key;
    let model = isNew ? opened(scene, levels, search) : before;
    if (causes.has("surface-levels") && !model.list.length) model = { ...model, draft: suggestion(scene, levels, []) };
    if (!isNew && causes.has("surface-act") && act && act.key === scene.key) model = ACTS[act.do](model, act);
    else if (!isNew) [...causes].forEach((cause) => { model = touched(scene, levels, model, cause, values); });
    const clip = asked(search, "clip");
    return [model, ...controls(scene, levels, model), "", causes.has("scene") ? (CLIP.test(clip) ? clip : "") : none];
  }

  function controls(scene, levels, model) {
    const one = { ...PLAIN, ...current(model), level: levelOf(model) };
    const bounds = boundsOf(scene, levels);
    const { written, clamp } = trueslice.patient;
    const unit = scene.unit ? `\u2009${scene.unit}` : "";
    const offered = levels && levels.key === scene.key ? levels.levels || [] : [];
    const presets = offered.map(({ name, value }) => ({ value: String(value), label: `${name} · ${written(value)}${unit}` }));
    const preset = presets.find(({ value }) => value === String(one.level));
    const [low, high] = scene.range || bounds;
    const told = `In ${scene.unit || "stored values, no unit is recorded"}; the values run from ${written(short(low))} to ${written(short(high))}${unit}.`;
    const slider = isNumber(one.level) ? clamp(Number(one.level), ...bounds) : none;
    const unique = presets.filter(({ value }, at) => presets.findIndex((other) => other.value === value) === at);
    return [
      preset ? preset.value : null, String(one.level), slider, one.largest, one.island_ml, one.smooth_mm, one.closed,
      ...bounds, stepOf(bounds), unique, told,
    ];
  }

  // wishes --------------------------------------------------------------------------------------------------
  trueslice.timeIndex = (scene) => Number.parseInt(trueslice.sourceOf(scene).split("@")[1], 10) || 0;

  async function surfaceWishes(model, time) {
    question += 1;
    const mine = question;
    if (!model) return none;
    if (first !== model.key) await new Promise((resolve) => { setTimeout(resolve, REST_MS); });
    first = "";
    if (mine !== question) return none;
    const index = time && time.key === model.key ? time.index : 0;
    const places = Object.fromEntries(model.list.map((one) => [one.place, optionsOf(one, index)]));
    if (model.export) places.export = model.export;
    const wishes = { key: model.key, places };
    const now = JSON.stringify(wishes);
    if (now === wished) return none;
    wished = now;
    return wishes;
  }

  // shown ---------------------------------------------------------------------------------------------------
  // A mesh that would make too many waits until the others have made room for it.
  function meshesOf(model, work) {
    let room = ON_SCREEN;
    return model.list.flatMap(({ place, region, colour, opacity, shown }) => {
      const made = work && work.places && work.key === model.key && (work.places[place] || {}).mesh;
      if (!made || made.triangles > room) return [];
      room -= made.triangles;
      const { artifact, of, level, triangles, grid_step_mm: steps } = made;
      return [{ key: model.key, of, artifact, place, level, region, triangles, steps, colour, opacity, shown }];
    });
  }

  function surfaceShown(work, model, format, space, scene, levels) {
    if (!model || !model.key || !scene || model.key !== scene.key) return [[], "", ""];
    const file = trueslice.surfacePanel.show(scene, levels, model, work, { format, space });
    const meshes = meshesOf(model, work);
    const now = JSON.stringify(meshes);
    const isOld = now === drawn;
    drawn = now;
    return [isOld ? none : meshes, ...file];
  }

  trueslice.surfaceModel = { words, titleOf, nameOf, isNumber, boundsOf, stepOf, short };
  dash.trueslice = Object.assign(dash.trueslice || {}, { surfaceLevels, surfaces, surfaceWishes, surfaceShown });
})();

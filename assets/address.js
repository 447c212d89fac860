// The link is the view: every part of the page keeps its own field of the address, and reads it where a series opens.
//
// trueslice.link.field(name, write)  write(scene) gives the field's text or number, null, "" or false for none
// trueslice.link.view(read)          read(scene, search) gives the fields of VIEW that a link tells, where a series opens
// trueslice.link.changed()           something that stands in the address is another now
// trueslice.link.now()               the address with all of it, at once; asGuest() the one of the maker's preview
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const REST_MS = 400;

  // In the order of an address; webapp/views/link_fields.py and state.py know the same.
  const NAMES = [
    "stack", "at", "picture", "t", "wl", "voi", "scale", "map", "inv", "panel", "alone", "split", "lines", "of",
    "zoom", "slab", "axes", "turn", "level", "surf", "clip", "cam", "beside", "bwl", "bmap",
    "drawn", "hide", "over", "owl", "omap", "with", "show", "group", "against", "find", "as",
  ];
  // What speaks of other series than the open one, or of tags.
  const NOT_SHARED = [
    "of", "beside", "bwl", "bmap", "hide", "over", "owl", "omap", "with", "show", "group", "against", "find",
  ];
  // What somebody opens: another of these is a step that Back leads back from.
  const STEPS = ["panel", "alone", "axes", "beside"];

  const writers = new Map();
  const readers = [];
  let timer = 0;
  let isNew = true; // the first address of a series that was just opened says what it said, only in full
  let read = null; // what dcc.Location read last

  const asked = (search, name) => new URLSearchParams(search || "").get(name);

  function askedNumbers(search, name, count) {
    const found = (asked(search, name) || "").split(",").map((text) => (text.trim() === "" ? NaN : Number(text)));
    return found.length === count && found.every(Number.isFinite) ? found : null;
  }

  // A field nobody writes stays as it stands.
  function textOf(name, scene) {
    if (name === "stack") return scene.key;
    return writers.has(name) ? writers.get(name)(scene) : asked(window.location.search, name);
  }

  function query(scene) {
    const told = NAMES.map((name) => [name, textOf(name, scene)]).filter(([, text]) => text || text === 0);
    return `?${new URLSearchParams(told).toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
  }

  // Between a step back and its series, and on the way to another one, the address is not ours to write.
  const isOurs = (scene) => scene && scene.key && read !== null && asked(window.location.search, "stack") === scene.key;

  function write() {
    clearTimeout(timer);
    timer = 0;
    const { scene } = trueslice;
    if (!isOurs(scene)) return;
    const before = window.location.search;
    const now = query(scene);
    const isStep = !isNew && STEPS.some((name) => asked(before, name) !== asked(now, name));
    isNew = false;
    if (now === before) return;
    if (isStep) window.history.pushState(window.history.state, "", `/${now}`);
    else window.history.replaceState(window.history.state, "", `/${now}`);
  }

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(write, REST_MS);
  }

  // Called where a scene arrives, before anybody reads the address.
  function opened(search) {
    read = search || "";
    isNew = true;
    changed();
  }

  // dcc.Location says nothing of a search that is the one it read last, though the view has moved on since.
  function back() {
    clearTimeout(timer);
    const { search } = window.location;
    if (read === search) window.dash_clientside.set_props("location", { search });
    read = null;
  }
  window.addEventListener("popstate", back);

  trueslice.link = {
    NAMES, asked, askedNumbers, changed, opened,
    field: (name, writer) => { writers.set(name, writer); },
    view: (reader) => { readers.push(reader); },
    viewOf: (scene, search) => Object.assign({}, ...readers.map((reader) => reader(scene, search))),
    now() {
      write();
      return window.location.href;
    },
    asGuest() {
      write();
      const address = new URL(window.location.href);
      NOT_SHARED.forEach((name) => address.searchParams.delete(name));
      address.searchParams.set("as", "guest");
      return address.href;
    },
  };
})();

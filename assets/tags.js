// The clientside callbacks of the tag panel: the slice it follows, ways back to the slice, and its choices in the address.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const tell = (id, props) => dash.set_props(id, props);
  const SETTLED_AFTER_MS = 180;
  const REFERENCE_CHARS = 200000;

  let settle = 0;
  let sent = "";
  let jumped = null;
  let here = null; // the slice that the number was told last

  // The slice on show, in the view in which slices were acquired.
  function shown(scene, cursor, picture) {
    if (scene.kind !== "volume") return trueslice.patient.nearest(picture || 0, scene.planes.picture.count);
    return trueslice.patient.indexAt(scene, scene.slice_plane, cursor || trueslice.patient.middle(scene));
  }

  function tagWhere(scene, cursor, picture, time, tab) {
    clearTimeout(settle);
    if (!scene || !scene.key || tab !== "tags") return [dash.no_update, dash.no_update];
    const index = shown(scene, cursor, picture);
    const point = time && time.key === scene.key ? time.index : 0;
    const asked = `${scene.key} ${index} ${point}`;
    if (asked !== sent) {
      settle = setTimeout(() => {
        sent = asked;
        here = index;
        tell("tag-slice", { value: index + 1 });
        tell("tag-where", { data: { key: scene.key, index, time: point } });
      }, SETTLED_AFTER_MS);
    }
    const { count } = scene.planes[scene.slice_plane];
    return [count, count];
  }

  function tagSlice(number, scene) {
    const index = Number(number) - 1;
    if (!scene || !scene.key || number === "" || !Number.isInteger(index) || index === here) return;
    here = index;
    trueslice.scrollTo(scene.slice_plane, index);
  }

  // Where a differing element runs along the slices, its first difference comes on show, in the series beside too.
  function tagJump(chosen, scene) {
    const row = chosen && chosen[0];
    const is = row ? row.id : null;
    if (is === jumped) return;
    jumped = is;
    if (!row || !Number.isInteger(row.first)) return;
    trueslice.scrollTo(scene.slice_plane, row.first);
    Object.entries(row.others || {}).forEach(([key, index]) => trueslice.beside.showAt(key, index, row.first));
  }

  // A protocol is taken away and held against others: that is the owner's.
  function tagParts(scene, parts) {
    const guest = Boolean(scene && scene.guest);
    return parts.map((part) => (part.value === "protocol" ? { ...part, disabled: guest } : part));
  }

  function tagLink(link, scene) {
    const fields = new URLSearchParams(window.location.search);
    if (!link || !scene || !scene.key || link.stack !== scene.key || fields.get("stack") !== scene.key) return;
    for (const name of ["with", "show", "group", "against", "find"]) {
      if (link[name]) fields.set(name, link[name]);
      else fields.delete(name);
    }
    window.history.replaceState(window.history.state, "", `/?${fields.toString().replaceAll("%2C", ",")}`);
  }

  // A reference is read here and sent as text: what is too long to be one goes as far as it takes to be refused.
  async function load(input) {
    const [file] = input.files;
    if (!file) return;
    const text = await file.slice(0, 4 * REFERENCE_CHARS).text();
    tell("tag-reference", { data: text.slice(0, REFERENCE_CHARS + 1) });
  }

  function choose() {
    const input = Object.assign(document.createElement("input"), { type: "file", accept: ".json,application/json" });
    input.addEventListener("change", () => load(input));
    input.click();
  }

  // A tag that is a way into the table leads out of the look-up.
  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest("[data-tag]")) tell("tag-part", { value: "table" });
    if (event.target.closest("#tag-load")) choose();
  });

  dash.trueslice = Object.assign(dash.trueslice || {}, { tagWhere, tagSlice, tagJump, tagLink, tagParts, tagPart: (part) => part });
})();

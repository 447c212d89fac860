// The page's own store of slices: fetched, decoded, bounded in bytes, gone with the tab.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});

  const MIB = 1 << 20;
  const SMALL_SCREEN = window.matchMedia("(max-width: 760px)");
  const PREFETCHED_AHEAD = 8;
  const PREFETCHED_BEHIND = 2;
  const PREFETCHES_AT_ONCE = 3;
  const ARRAYS = { int16: Int16Array, uint16: Uint16Array, uint8: Uint8Array, float32: Float32Array };

  const kept = new Map(); // name -> slice, least recently used first
  const pending = new Map(); // name -> {promise, controller, plane, wanted, isAlone}
  let keptBytes = 0;
  let queue = []; // slices worth having, most likely first
  let running = 0;

  const limit = () => (SMALL_SCREEN.matches ? 96 : 256) * MIB;

  // A source is a stack's key, with "@time" behind it for every time point but the first, and "@time@slab=10,mip" or
  // the like where its planes are shown otherwise than they were acquired.
  function addressOf(source, plane, index) {
    const [key, time, how] = source.split("@");
    return `/volumes/${key}/${plane}/${index}${time ? `?t=${time}` : ""}${how ? `&${how}` : ""}`;
  }

  function isOf(source, { key, time }) {
    const [wanted, at] = source.split("@");
    return key === wanted && time === Number(at || 0);
  }

  const nameOf = (key, plane, index) => `${key}/${plane}/${index}`;

  function unzigzag(bytes, rows, columns, Kind) {
    const pixels = new Kind(rows * columns);
    const count = pixels.length;
    for (let row = 0, at = 0; row < rows; row += 1) {
      let value = 0;
      for (const end = at + columns; at < end; at += 1) {
        const zigzag = bytes[at] | (bytes[count + at] << 8);
        value = (value + ((zigzag >>> 1) ^ -(zigzag & 1))) & 0xffff;
        pixels[at] = value;
      }
    }
    return pixels;
  }

  function joinPlanes(bytes, count, Kind) {
    const pixels = new Kind(count);
    const joined = new Uint8Array(pixels.buffer);
    const size = Kind.BYTES_PER_ELEMENT;
    for (let byte = 0; byte < size; byte += 1) {
      for (let at = 0; at < count; at += 1) joined[at * size + byte] = bytes[byte * count + at];
    }
    return pixels;
  }

  // Colours: one channel after the other becomes one pixel after the other.
  function joinChannels(bytes, rows, columns, depth) {
    const pixels = new Uint8Array(bytes.length);
    let at = 0;
    for (let channel = 0; channel < depth; channel += 1) {
      for (let row = 0; row < rows; row += 1) {
        let value = 0;
        for (let column = 0; column < columns; column += 1, at += 1) {
          value = (value + bytes[at]) & 0xff;
          pixels[(row * columns + column) * depth + channel] = value;
        }
      }
    }
    return pixels;
  }

  // The inverse of webapp/imaging/filters.py: rows little-endian, as a flat typed array.
  function decode(filter, buffer, dtype, [rows, columns, depth]) {
    const Kind = ARRAYS[dtype];
    if (!Kind) throw new Error(`unknown dtype ${dtype}`);
    const bytes = new Uint8Array(buffer);
    if (bytes.length !== rows * columns * depth * Kind.BYTES_PER_ELEMENT) throw new Error("the slice did not arrive whole");
    if (filter === "left-channels") return joinChannels(bytes, rows, columns, depth);
    if (filter === "left-zigzag-planes") return unzigzag(bytes, rows, columns, Kind);
    if (filter === "planes") return joinPlanes(bytes, rows * columns, Kind);
    if (filter === "none") return new Kind(buffer);
    throw new Error(`unknown filter ${filter}`);
  }

  // Rows for a heatmap, or of colours. Pixels without data become NaN, which is drawn as ground; float32 holds every int16.
  function rowsOf(pixels, rows, noData) {
    const columns = pixels.length / rows;
    let shown = pixels;
    if (noData !== null && pixels.includes(noData)) {
      shown = Float32Array.from(pixels);
      for (let at = 0; at < shown.length; at += 1) if (pixels[at] === noData) shown[at] = NaN;
    }
    return Array.from({ length: rows }, (_, row) => shown.subarray(row * columns, (row + 1) * columns));
  }

  const numbers = (text) => text.split(" ").map(Number);

  // What a single picture says of itself: first pixel and directions, how it faces, what its millimetres are worth.
  function placeOf(header) {
    const [plane, oblique, position] = header("Facing").split(" ");
    return {
      place: header("Place") ? numbers(header("Place")) : null,
      facing: plane ? { plane, oblique: Number(oblique), position: Number(position) } : null,
      size: header("Size"),
    };
  }

  async function refusalOf(response) {
    try {
      return await response.json();
    } catch {
      return { code: "unreachable", cause: "The server did not answer as expected.", cure: "Reload the page." };
    }
  }

  async function read(key, plane, index, signal) {
    const response = await fetch(addressOf(key, plane, index), { signal, cache: "no-store" });
    if (!response.ok) throw Object.assign(new Error("refused"), { refusal: await refusalOf(response) });
    const header = (name) => response.headers.get(`Slice-${name}`) || "";
    const [rows, columns, depth = 1] = numbers(header("Shape"));
    const [x0, dx, y0, dy] = numbers(header("Grid"));
    const [slope, intercept] = numbers(header("Scale"));
    const noData = header("No-Data") === "" ? null : Number(header("No-Data"));
    const pixels = decode(header("Filter"), await response.arrayBuffer(), header("Dtype"), [rows, columns, depth]);
    if (!isOf(key, { key: header("Key"), time: Number(header("Time")) })) throw new Error("another slice was answered");
    return {
      key, plane: header("Plane"), index: Number(header("Index")),
      rows, columns, depth, x0, dx, y0, dy, slope, intercept, noData,
      edges: header("Edges").split(" "), sampling: header("Sampling"), ...placeOf(header),
      z: rowsOf(pixels, rows, noData), bytes: (depth > 1 ? 3 : 2) * pixels.byteLength, // of colours the picture as well
    };
  }

  function keep(name, slice) {
    kept.set(name, slice);
    keptBytes += slice.bytes;
    for (const [oldest, other] of kept) {
      if (keptBytes <= limit() || oldest === name) break;
      kept.delete(oldest);
      keptBytes -= other.bytes;
    }
  }

  function get(key, plane, index) {
    const name = nameOf(key, plane, index);
    const slice = kept.get(name);
    if (slice) {
      kept.delete(name);
      kept.set(name, slice);
    }
    return slice;
  }

  function request(key, plane, index, wanted) {
    const name = nameOf(key, plane, index);
    const underway = pending.get(name);
    if (underway) {
      underway.wanted = underway.wanted || wanted;
      return underway.promise;
    }
    const controller = new AbortController();
    const promise = read(key, plane, index, controller.signal)
      .then((slice) => (keep(name, slice), slice))
      .finally(() => pending.delete(name));
    pending.set(name, { promise, controller, key, plane, index, wanted, isAlone: wanted });
    return promise;
  }

  // The wanted slice. Whatever else is underway for this plane and no longer wanted is given up.
  function load(key, plane, index) {
    if (!pending.has(nameOf(key, plane, index))) queue = queue.filter((other) => other.plane !== plane);
    for (const other of pending.values()) {
      const far = Math.abs(other.index - index) > PREFETCHED_AHEAD;
      if (other.key !== key || (other.plane === plane && other.index !== index && (other.wanted || far))) {
        other.controller.abort();
      }
    }
    return request(key, plane, index, true);
  }

  function pump() {
    // A slice nobody foresaw has the line to itself; one that was on its way already does not stop those behind it.
    const waited = [...pending.values()].some((other) => other.isAlone);
    while (!waited && running < PREFETCHES_AT_ONCE && queue.length) {
      const { key, plane, index } = queue.shift();
      if (kept.has(nameOf(key, plane, index)) || pending.has(nameOf(key, plane, index))) continue;
      running += 1;
      request(key, plane, index, false)
        .catch(() => {}) // a neighbour that fails is asked for again when it is wanted
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  }

  // Planes along the patient cost the server a tenth of a second each, slabs of them a second and more.
  function reachOf(source) {
    const [, , how = ""] = source.split("@");
    if (!how.includes("axes")) return [PREFETCHED_AHEAD, PREFETCHED_BEHIND];
    return how.includes("slab") ? [0, 0] : [PREFETCHED_BEHIND, 0];
  }

  // Neighbours of the shown slice, those ahead first.
  function prefetch(key, plane, index, count, direction) {
    const [before, after] = reachOf(key);
    const ahead = Array.from({ length: before }, (_, step) => index + direction * (step + 1));
    const behind = Array.from({ length: after }, (_, step) => index - direction * (step + 1));
    const neighbours = [...ahead, ...behind].filter((place) => place >= 0 && place < count);
    queue = queue.filter((other) => other.plane !== plane && other.key === key);
    queue.unshift(...neighbours.map((place) => ({ key, plane, index: place })));
    pump();
  }

  const busy = (plane) => [...pending.values()].some((other) => other.plane === plane && other.wanted);

  trueslice.cache = {
    get, load, prefetch, busy, decode, refusalOf, read,
    size: () => ({ slices: kept.size, bytes: keptBytes, limit: limit() }),
  };
  trueslice.smallScreen = SMALL_SCREEN;
})();

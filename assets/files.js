// What is dropped or chosen, made ready to send: found in folders, packed into one stored zip without being copied,
// and known again by a fingerprint.
(function () {
  "use strict";

  const SLICE = 2 * 1024 * 1024;
  const EDGE = 64 * 1024;

  // ---- checksums -------------------------------------------------------------------------------------------

  const TABLES = (function () {
    const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
    for (let n = 0; n < 256; n += 1) {
      let value = n;
      for (let bit = 0; bit < 8; bit += 1) {
        value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
      }
      tables[0][n] = value;
    }
    for (let n = 0; n < 256; n += 1) {
      for (let t = 1; t < 4; t += 1) {
        tables[t][n] = (tables[t - 1][n] >>> 8) ^ tables[0][tables[t - 1][n] & 255];
      }
    }
    return tables;
  })();

  function crc32(bytes, start) {
    const [t0, t1, t2, t3] = TABLES;
    const whole = bytes.length - (bytes.length % 4);
    let crc = ~start;
    let i = 0;
    for (; i < whole; i += 4) {
      crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
      crc = t3[crc & 255] ^ t2[(crc >>> 8) & 255] ^ t1[(crc >>> 16) & 255] ^ t0[crc >>> 24];
    }
    for (; i < bytes.length; i += 1) {
      crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]) & 255];
    }
    return ~crc >>> 0;
  }

  async function bytesOf(blob, from, to) {
    return new Uint8Array(await blob.slice(from, to).arrayBuffer());
  }

  async function checksumOf(blob, onBytes) {
    let crc = 0;
    for (let at = 0; at < blob.size; at += SLICE) {
      const bytes = await bytesOf(blob, at, at + SLICE);
      crc = crc32(bytes, crc);
      onBytes(bytes.length);
    }
    return crc;
  }

  async function fingerprintOf(blob, changed) {
    if (!window.crypto || !window.crypto.subtle) {
      return null; // plain http under another name than localhost: nothing is remembered over a reload
    }
    const facts = new TextEncoder().encode(`${blob.size} ${changed} `);
    const head = await bytesOf(blob, 0, EDGE);
    const tail = await bytesOf(blob, Math.max(0, blob.size - EDGE), blob.size);
    const digest = await window.crypto.subtle.digest("SHA-256", await new Blob([facts, head, tail]).arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // ---- one stored zip out of many files, without copying them ---------------------------------------------

  const FULL_16 = 0xffff;
  const FULL_32 = 0xffffffff;
  const UTF8_NAMES = 0x0800;
  const FIRST_OF_1980 = 0x0021;

  function record(fields) {
    const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
    let at = 0;
    for (const [size, value] of fields) {
      if (size === 2) {
        view.setUint16(at, value, true);
      } else if (size === 4) {
        view.setUint32(at, value, true);
      } else {
        view.setBigUint64(at, BigInt(value), true);
      }
      at += size;
    }
    return view.buffer;
  }

  function localHeader(member) {
    const large = member.size >= FULL_32;
    const extra = large ? record([[2, 1], [2, 16], [8, member.size], [8, member.size]]) : new ArrayBuffer(0);
    const size = large ? FULL_32 : member.size;
    const fixed = record([
      [4, 0x04034b50], [2, large ? 45 : 20], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_OF_1980],
      [4, member.crc], [4, size], [4, size], [2, member.name.length], [2, extra.byteLength],
    ]);
    return [fixed, member.name, extra];
  }

  function directoryEntry(member) {
    const wide = [];
    if (member.size >= FULL_32) {
      wide.push([8, member.size], [8, member.size]);
    }
    if (member.offset >= FULL_32) {
      wide.push([8, member.offset]);
    }
    const extra = wide.length ? record([[2, 1], [2, 8 * wide.length], ...wide]) : new ArrayBuffer(0);
    const size = Math.min(member.size, FULL_32);
    const version = wide.length ? 45 : 20;
    const fixed = record([
      [4, 0x02014b50], [2, version], [2, version], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_OF_1980],
      [4, member.crc], [4, size], [4, size], [2, member.name.length], [2, extra.byteLength],
      [2, 0], [2, 0], [2, 0], [4, 0], [4, Math.min(member.offset, FULL_32)],
    ]);
    return [fixed, member.name, extra];
  }

  function directoryEnd(count, size, offset) {
    const wide = count >= FULL_16 || size >= FULL_32 || offset >= FULL_32;
    const end = record([
      [4, 0x06054b50], [2, 0], [2, 0], [2, Math.min(count, FULL_16)], [2, Math.min(count, FULL_16)],
      [4, Math.min(size, FULL_32)], [4, Math.min(offset, FULL_32)], [2, 0],
    ]);
    if (!wide) {
      return [end];
    }
    const end64 = record([
      [4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, count], [8, count], [8, size], [8, offset],
    ]);
    const locator = record([[4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]]);
    return [end64, locator, end];
  }

  function lengthOf(parts) {
    return parts.reduce((sum, part) => sum + (part.byteLength ?? part.size), 0);
  }

  async function pack(files, onBytes) {
    const encoder = new TextEncoder();
    const body = [];
    const directory = [];
    let offset = 0;
    for (const { path, file } of files) {
      const member = { name: encoder.encode(path), size: file.size, crc: await checksumOf(file, onBytes), offset };
      const header = localHeader(member);
      body.push(...header, file);
      directory.push(...directoryEntry(member));
      offset += lengthOf(header) + file.size;
    }
    const end = directoryEnd(files.length, lengthOf(directory), offset);
    return new Blob([...body, ...directory, ...end], { type: "application/zip" });
  }

  // ---- what was dropped or chosen ---------------------------------------------------------------------------

  function fileOf(entry) {
    return new Promise((resolve, reject) => entry.file(resolve, reject));
  }

  async function childrenOf(folder) {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) {
        return all;
      }
      all.push(...some);
    }
  }

  async function walk(entries) {
    const found = [];
    const waiting = [...entries];
    while (waiting.length) {
      const entry = waiting.pop();
      if (entry.isDirectory) {
        waiting.push(...(await childrenOf(entry)));
      } else {
        found.push({ path: entry.fullPath.replace(/^\/+/, ""), file: await fileOf(entry) });
      }
    }
    return found;
  }

  function distinct(files) {
    const taken = new Set();
    for (const item of files) {
      let path = item.path;
      for (let n = 2; taken.has(path); n += 1) {
        path = `${n}/${item.path}`;
      }
      item.path = path;
      taken.add(path);
    }
    return files;
  }

  function isZip(item) {
    return !item.path.includes("/") && /\.zip$/i.test(item.path);
  }

  // Zips and a lone file go as they are; everything else together in one zip.
  function bundlesOf(files) {
    const sorted = distinct(files.sort((a, b) => (a.path < b.path ? -1 : 1)));
    const zips = sorted.filter(isZip).map((item) => [item]);
    const rest = sorted.filter((item) => !isZip(item));
    return rest.length ? [...zips, rest] : zips;
  }

  function titleOf(bundle) {
    if (bundle.length === 1) {
      return bundle[0].file.name;
    }
    const folder = bundle[0].path.split("/")[0];
    const together = bundle.every((item) => item.path.startsWith(`${folder}/`));
    return together ? `${folder} (${bundle.length} files)` : `${bundle.length} files`;
  }

  window.truesliceFiles = { bundlesOf, fingerprintOf, pack, titleOf, walk };
})();

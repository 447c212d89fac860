// Uploads: packs what is dropped or chosen, sends it in parts by the tus protocol, goes on after a break.
//
//   drop, choose -> gather -> pack (several files: one stored zip) -> Transfer: POST, PATCH ..., HEAD after a break
//                -> the last answer names a job -> dash_clientside.set_props(UPLOAD_DONE) -> the page follows the job
//
// No file name is kept or sent by itself: an upload is found again by the SHA-256 of its size, time and ends.
(function () {
  "use strict";

  const ZONE = "drop-zone";
  const FILES = "file-input";
  const FOLDER = "folder-input";
  const CHOOSE_FILES = "choose-files";
  const CHOOSE_FOLDER = "choose-folder";
  const ROWS = "upload-rows";
  const DONE = "upload-done";

  const { bundlesOf, fingerprintOf, pack, titleOf, walk } = window.truesliceFiles;
  const { ADDRESS, Cancelled, Refusal, Transfer, keep, kept, percent, send } = window.truesliceTus;

  // ---- rows ------------------------------------------------------------------------------------------------

  const rows = new Set();

  function element(kind, className, text) {
    const node = document.createElement(kind);
    node.className = className;
    if (text !== undefined) {
      node.textContent = text;
    }
    return node;
  }

  function button(text, act) {
    const node = element("button", "quiet-button", text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  // React draws the container empty and may draw it anew: rows are put back where it is now.
  function place() {
    const box = document.getElementById(ROWS);
    for (const row of rows) {
      if (box && row.parentNode !== box) {
        box.appendChild(row);
      }
    }
  }

  class Row {
    constructor(title) {
      this.node = element("div", "upload-row");
      this.title = element("div", "upload-title", title);
      this.bar = element("progress", "upload-bar");
      this.bar.max = 1;
      this.bar.value = 0;
      this.words = element("div", "upload-words");
      this.buttons = element("div", "upload-buttons");
      this.node.append(this.title, this.bar, this.words, this.buttons);
      this.wanted = true;
      rows.add(this.node);
      place();
    }

    show(state, words, share) {
      this.node.dataset.state = state;
      this.words.textContent = words;
      if (share !== undefined) {
        this.bar.value = share;
      }
    }

    offer(...buttons) {
      this.buttons.replaceChildren(...buttons);
    }

    refuse(cause, cure) {
      this.node.className = "upload-row refusal-card";
      this.node.dataset.state = "refused";
      this.node.setAttribute("role", "alert");
      this.bar.remove();
      this.words.replaceChildren(element("div", "refusal-cause", `\u25a0 ${cause}`), element("div", "refusal-cure", cure));
      this.offer(button("Dismiss", () => this.remove()));
    }

    remove() {
      rows.delete(this.node);
      this.node.remove();
    }
  }

  let handed = 0;

  function handOver(job) {
    const ready = window.dash_clientside && window.dash_clientside.set_props && document.getElementById(ZONE);
    if (!ready) {
      window.setTimeout(() => handOver(job), 100);
      return;
    }
    handed += 1;
    window.dash_clientside.set_props(DONE, { data: { job, count: handed } });
  }

  // ---- one after the other ------------------------------------------------------------------------------------

  let line = Promise.resolve();
  const running = new Set();

  async function largest() {
    const reply = await send("OPTIONS", ADDRESS, {});
    return Number(reply.header("Tus-Max-Size")) || Infinity;
  }

  async function blobOf(bundle, row) {
    const total = bundle.reduce((sum, item) => sum + item.file.size, 0);
    if (!total) {
      throw new Refusal("There is nothing in here: it is empty.", "Choose the file or folder that holds the pictures.");
    }
    if (bundle.length === 1) {
      return bundle[0].file;
    }
    if (total > (await largest())) {
      throw new Refusal("These files together are larger than the limit.", "Send them one series at a time.");
    }
    let done = 0;
    return pack(bundle, (count) => {
      if (!row.wanted) {
        throw new Cancelled();
      }
      done += count;
      row.show("packing", `packing ${bundle.length} files ${percent(done / total)}`, done / total);
    });
  }

  function offerPause(row, upload) {
    const switchOver = upload.paused
      ? button("Continue", () => {
          upload.resume();
          offerPause(row, upload);
        })
      : button("Pause", () => {
          upload.pause();
          offerPause(row, upload);
        });
    row.offer(switchOver, button("Cancel", () => upload.cancel()));
  }

  async function transfer(bundle, row) {
    let upload = null;
    try {
      row.show("packing", "reading the files");
      const blob = await blobOf(bundle, row);
      const fingerprint = await fingerprintOf(blob, Math.max(...bundle.map((item) => item.file.lastModified)));
      forgetLeftover(fingerprint);
      upload = new Transfer(row, blob, fingerprint);
      running.add(upload);
      offerPause(row, upload);
      handOver(await upload.run());
      row.remove();
    } catch (error) {
      if (error instanceof Cancelled) {
        row.remove();
      } else if (error instanceof Refusal) {
        row.refuse(error.cause, error.cure);
      } else {
        row.refuse("This upload stopped: the browser could not read the files.", "Choose them again.");
      }
      if (upload) {
        await upload.abandon();
      }
    } finally {
      running.delete(upload);
    }
  }

  function take(files) {
    for (const bundle of bundlesOf(files)) {
      const row = new Row(titleOf(bundle));
      row.show("waiting", "waiting for its turn");
      row.offer(
        button("Cancel", () => {
          row.wanted = false;
          row.remove();
        }),
      );
      line = line.then(() => (row.wanted ? transfer(bundle, row) : undefined));
    }
  }

  // ---- uploads left unfinished by an earlier page ---------------------------------------------------------

  const leftovers = new Map();

  function forgetLeftover(fingerprint) {
    const row = leftovers.get(fingerprint);
    if (row) {
      leftovers.delete(fingerprint);
      row.remove();
    }
  }

  async function showLeftover(fingerprint, address) {
    const reply = await send("HEAD", address, {});
    if (reply.status === 404 || reply.status === 410) {
      keep(fingerprint, null);
    }
    if (reply.status !== 200 && reply.status !== 204) {
      return;
    }
    const job = reply.header("Trueslice-Job");
    if (job) {
      keep(fingerprint, null);
      handOver(job);
      return;
    }
    const share = Number(reply.header("Upload-Offset")) / Number(reply.header("Upload-Length"));
    const row = new Row("An upload is unfinished");
    row.show("left", `${percent(share)} received. Choose or drop the same file again: it goes on from there.`, share);
    row.offer(
      button("Discard", async () => {
        forgetLeftover(fingerprint);
        keep(fingerprint, null);
        await send("DELETE", address, {});
      }),
    );
    leftovers.set(fingerprint, row);
  }

  // ---- the page -------------------------------------------------------------------------------------------------

  function hiddenInput(id, folder) {
    const input = element("input", "upload-input");
    input.type = "file";
    input.id = id;
    input.multiple = true;
    input.webkitdirectory = folder;
    input.tabIndex = -1;
    input.setAttribute("aria-hidden", "true");
    input.addEventListener("change", () => {
      const files = Array.from(input.files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
      input.value = "";
      take(files);
    });
    document.body.appendChild(input);
    return input;
  }

  function isOpen() {
    const zone = document.getElementById(ZONE);
    return Boolean(zone && zone.offsetParent);
  }

  function hasFiles(event) {
    return Boolean(event.dataTransfer) && Array.from(event.dataTransfer.types).includes("Files");
  }

  function watchDrops() {
    let fade = 0;
    window.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) {
        return;
      }
      event.preventDefault();
      event.dataTransfer.dropEffect = isOpen() ? "copy" : "none";
      document.body.classList.toggle("is-dropping", isOpen());
      window.clearTimeout(fade);
      fade = window.setTimeout(() => document.body.classList.remove("is-dropping"), 200);
    });
    window.addEventListener("drop", async (event) => {
      if (!hasFiles(event)) {
        return;
      }
      event.preventDefault(); // else the browser would open the file in place of the page
      document.body.classList.remove("is-dropping");
      if (!isOpen()) {
        return;
      }
      const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry()).filter(Boolean);
      take(await walk(entries));
    });
  }

  function start() {
    const files = hiddenInput(FILES, false);
    const folder = hiddenInput(FOLDER, true);
    document.addEventListener("click", (event) => {
      if (event.target.closest(`#${CHOOSE_FILES}`)) {
        files.click();
      } else if (event.target.closest(`#${CHOOSE_FOLDER}`)) {
        folder.click();
      }
    });
    watchDrops();
    window.addEventListener("online", () => running.forEach((upload) => upload.paused || upload.wake()));
    window.setInterval(place, 500);
    for (const [fingerprint, address] of Object.entries(kept())) {
      showLeftover(fingerprint, address);
    }
  }

  start();
})();

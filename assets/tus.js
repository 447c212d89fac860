// One upload by the tus protocol: parts, pause, and going on after a lost connection, a restart or a reload.
//
//   create (POST) -> part (PATCH) -> part ... -> the last answer names the job
//                    any break -> wait, longer each time -> ask (HEAD) -> part
//
// Each step says which step is next. Nothing here touches the page: what is to be seen goes through `show`.
(function () {
  "use strict";

  const ADDRESS = "/uploads/";
  const KEPT = "trueslice-uploads";
  const LARGEST_PART = 8 * 1024 * 1024;
  const SMALLEST_PART = 256 * 1024;
  const LONGEST_WAIT_S = 30;
  const ABORTED = -1;
  const THIN = "\u2009";

  // ---- what is remembered over a reload: fingerprint -> address -------------------------------------------

  function kept() {
    try {
      return JSON.parse(window.localStorage.getItem(KEPT)) || {};
    } catch {
      return {};
    }
  }

  function keep(fingerprint, address) {
    const all = kept();
    if (address) {
      all[fingerprint] = address;
    } else {
      delete all[fingerprint];
    }
    try {
      if (Object.keys(all).length) {
        window.localStorage.setItem(KEPT, JSON.stringify(all));
      } else {
        window.localStorage.removeItem(KEPT);
      }
    } catch {
      // A browser that keeps nothing still uploads; it only cannot go on after a reload.
    }
  }

  // ---- words ---------------------------------------------------------------------------------------------

  function percent(share) {
    return `${Math.floor(100 * share)}${THIN}%`;
  }

  function rate(bytesPerSecond) {
    const mega = bytesPerSecond / 1e6;
    return mega >= 10 ? `${Math.round(mega)}${THIN}MB/s` : `${mega.toFixed(1)}${THIN}MB/s`;
  }

  function timeLeft(seconds) {
    if (seconds < 90) {
      return `${Math.max(1, Math.round(seconds))}${THIN}s left`;
    }
    return seconds < 5400 ? `${Math.round(seconds / 60)}${THIN}min left` : `${(seconds / 3600).toFixed(1)}${THIN}h left`;
  }

  // ---- talking to the server --------------------------------------------------------------------------------

  function send(method, address, headers, body, watch) {
    return new Promise((resolve) => {
      const xhr = new XMLHttpRequest();
      const end = (status) => resolve({ status, header: (name) => xhr.getResponseHeader(name), text: xhr.responseText });
      xhr.open(method, address);
      xhr.setRequestHeader("Tus-Resumable", "1.0.0");
      for (const [name, value] of Object.entries(headers)) {
        xhr.setRequestHeader(name, value);
      }
      xhr.onload = () => end(xhr.status);
      xhr.onerror = () => end(0);
      xhr.ontimeout = () => end(0);
      xhr.onabort = () => end(ABORTED);
      if (watch) {
        watch(xhr);
      }
      xhr.send(body);
    });
  }

  function isPassing(status) {
    return status === 0 || [408, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
  }

  class Refusal extends Error {
    constructor(cause, cure) {
      super(cause);
      this.cause = cause;
      this.cure = cure;
    }
  }

  function refusalIn(reply) {
    try {
      const { cause, cure } = JSON.parse(reply.text);
      return new Refusal(cause, cure);
    } catch {
      return new Refusal("The server does not take this upload.", "Reload the page and drop it again.");
    }
  }

  class Cancelled extends Error {}

  class Transfer {
    // `view.show(state, words, share)` puts up how far it is; without a fingerprint nothing is remembered.
    constructor(view, blob, fingerprint) {
      Object.assign(this, { view, blob, fingerprint, offset: 0, failures: 0, speed: 0 });
      this.part_bytes = LARGEST_PART;
      this.address = (fingerprint && kept()[fingerprint]) || null;
      this.job = null;
      this.paused = false;
      this.cancelled = false;
      this.wake = () => {};
    }

    // The id of the job that reads the upload, once all of it is there.
    async run() {
      let next = this.address ? this.ask : this.create;
      while (!this.job) {
        await this.held();
        next = await next.call(this);
      }
      this.remember(null);
      return this.job;
    }

    async create() {
      const reply = await this.say("POST", ADDRESS, { "Upload-Length": String(this.blob.size) });
      if (reply.status !== 201) {
        return this.recover(reply);
      }
      this.address = new URL(reply.header("Location"), window.location.href).pathname;
      this.remember(this.address);
      this.learn(reply);
      return this.part;
    }

    async ask() {
      const reply = await this.say("HEAD", this.address, {});
      if (reply.status !== 200 && reply.status !== 204) {
        return this.recover(reply);
      }
      this.learn(reply);
      return this.part;
    }

    async part() {
      const body = this.blob.slice(this.offset, Math.min(this.offset + this.part_bytes, this.blob.size));
      const headers = { "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" };
      const reply = await this.say("PATCH", this.address, headers, body);
      if (reply.status === 204) {
        this.failures = 0;
        this.part_bytes *= 2;
        this.learn(reply);
        return this.part;
      }
      this.part_bytes = Math.max(SMALLEST_PART, this.part_bytes / 2);
      if (reply.status === 0) {
        await this.check(body);
      }
      return this.recover(reply);
    }

    // A file that was changed or removed meanwhile looks like a broken connection; reading it tells them apart.
    async check(body) {
      try {
        await body.slice(0, 1).arrayBuffer();
      } catch {
        throw new Refusal("The file cannot be read any more: it was changed or moved.", "Choose it again.");
      }
    }

    learn(reply) {
      this.offset = Number(reply.header("Upload-Offset") || 0);
      this.part_bytes = Math.min(this.part_bytes, LARGEST_PART, Number(reply.header("Trueslice-Chunk")) || LARGEST_PART);
      this.job = reply.header("Trueslice-Job");
      this.progress(this.offset);
    }

    async recover(reply) {
      const again = this.address ? this.ask : this.create;
      if (reply.status === ABORTED) {
        return again;
      }
      if (this.address && (reply.status === 404 || reply.status === 410)) {
        this.remember(null);
        this.address = null;
        return this.create;
      }
      if (!isPassing(reply.status)) {
        throw refusalIn(reply);
      }
      await this.wait(reply);
      return again;
    }

    async wait(reply) {
      const backOff = Math.min(LONGEST_WAIT_S, 0.5 * 2 ** this.failures) * (0.75 + Math.random() / 2);
      const seconds = Math.max(backOff, Number(reply.header("Retry-After")) || 0);
      this.failures += 1;
      const why = { 0: "The connection is lost", 429: "Your other uploads come first" }[reply.status];
      this.view.show("waiting", `${why || "The server is busy"}: trying again in ${Math.ceil(seconds)}${THIN}s`);
      await new Promise((resolve) => {
        this.wake = resolve;
        window.setTimeout(resolve, 1000 * seconds);
      });
    }

    say(method, address, headers, body) {
      return send(method, address, headers, body, (xhr) => {
        this.xhr = xhr;
        if (body) {
          xhr.upload.onprogress = (event) => this.moved(Math.min(this.blob.size, this.offset + event.loaded));
        }
      });
    }

    moved(sent) {
      const now = performance.now();
      if (this.since === undefined) {
        Object.assign(this, { since: now, before: sent });
      } else if (now - this.since > 200) {
        const speed = (1000 * Math.max(0, sent - this.before)) / (now - this.since);
        this.speed = this.speed ? 0.8 * this.speed + 0.2 * speed : speed;
        Object.assign(this, { since: now, before: sent });
      }
      this.progress(sent);
    }

    progress(sent) {
      if (this.paused || this.cancelled) {
        return;
      }
      const share = sent / this.blob.size;
      const words = [`received ${percent(share)}`];
      if (this.speed > 0) {
        words.push(rate(this.speed), timeLeft((this.blob.size - sent) / this.speed));
      }
      this.view.show("sending", words.join(" \u00b7 "), share);
    }

    remember(address) {
      if (this.fingerprint) {
        keep(this.fingerprint, address);
      }
    }

    pause() {
      this.paused = true;
      const share = this.offset / this.blob.size;
      this.view.show("paused", `paused at ${percent(share)}`, share);
      this.stop();
    }

    resume() {
      Object.assign(this, { paused: false, since: undefined, speed: 0 });
      this.wake();
    }

    cancel() {
      Object.assign(this, { cancelled: true, paused: false });
      this.stop();
    }

    stop() {
      this.wake();
      if (this.xhr) {
        this.xhr.abort();
      }
    }

    async held() {
      while (this.paused) {
        await new Promise((resolve) => {
          this.wake = resolve;
        });
      }
      if (this.cancelled) {
        throw new Cancelled();
      }
    }

    // What the server has of it is of no use any more.
    async abandon() {
      this.remember(null);
      if (this.address) {
        await send("DELETE", this.address, {});
      }
    }
  }

  window.truesliceTus = { ADDRESS, Cancelled, Refusal, Transfer, keep, kept, percent, send };
})();

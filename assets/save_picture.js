// What is seen as a PNG: the panes with their letters, words and scale, and below them what it is and what it is not.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const SCALE = 2; // pixels of the file for one of the page
  const FOOT = 44;
  const LINE = 18;
  const MARGIN = 10;
  const NAME = "trueslice-picture.png";

  const { graphOf } = trueslice.panes;
  const byId = (id) => document.getElementById(id);
  const shownPanes = () => [...document.querySelectorAll(".panes .pane")].filter((pane) => pane.offsetWidth && graphOf(pane));

  async function pictureAt(address) {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  }

  // The lines of a text as they are broken on the page: [text, left, bottom].
  function linesOf(node) {
    const range = document.createRange();
    const lines = [];
    [...node.textContent].reduce((at, letter) => {
      range.setStart(node, at);
      range.setEnd(node, at + letter.length);
      const { left, bottom, width } = range.getBoundingClientRect();
      const line = lines[lines.length - 1];
      if (line && Math.abs(line.bottom - bottom) < 2) line.text += letter;
      else if (width) lines.push({ text: letter, left, bottom });
      return at + letter.length;
    }, 0);
    return lines;
  }

  function words(pen, element) {
    const style = getComputedStyle(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    if (!width || style.visibility === "hidden" || !element.textContent) return;
    pen.fillStyle = style.backgroundColor;
    pen.fillRect(left, top, width, height);
    pen.fillStyle = style.color;
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    pen.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      linesOf(node).forEach(({ text, left: x, bottom }) => {
        pen.fillText(style.textTransform === "uppercase" ? text.toUpperCase() : text, x, bottom - 3);
      });
    }
    pen.letterSpacing = "0px";
  }

  function ruler(pen, bar) {
    const { left, right, top, bottom, width } = bar.getBoundingClientRect();
    if (!width) return;
    pen.strokeStyle = getComputedStyle(bar).color;
    pen.beginPath();
    [[left, top], [left, bottom - 0.5], [right, bottom - 0.5], [right, top]].forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  }

  // What is drawn over a picture by hand, as a picture of its own.
  async function drawing(pen, svg) {
    const { left, top, width, height } = svg.getBoundingClientRect();
    const copy = svg.cloneNode(true);
    const parts = [[svg, copy], ...[...svg.querySelectorAll("*")].map((one, at) => [one, copy.querySelectorAll("*")[at]])];
    parts.forEach(([from, to]) => {
      const style = getComputedStyle(from);
      ["fill", "stroke", "stroke-width", "stroke-dasharray", "font", "opacity", "paint-order", "text-anchor"].forEach((name) => {
        to.style.setProperty(name, style.getPropertyValue(name));
      });
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width * SCALE);
    copy.setAttribute("height", height * SCALE);
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const text = new XMLSerializer().serializeToString(copy);
    pen.drawImage(await pictureAt(`data:image/svg+xml,${encodeURIComponent(text)}`), left, top, width, height);
  }

  async function paint(pen, pane) {
    const graph = graphOf(pane);
    const { left, top, width, height } = graph.getBoundingClientRect();
    const address = await window.Plotly.toImage(graph, { format: "png", width, height, scale: SCALE });
    pen.drawImage(await pictureAt(address), left, top, width, height);
    for (const svg of pane.querySelectorAll(":scope > svg")) await drawing(pen, svg);
    pane.querySelectorAll(".corner, .edge, .ruler-text").forEach((element) => words(pen, element));
    pane.querySelectorAll(".ruler-bar").forEach((bar) => ruler(pen, bar));
  }

  function foot(pen, { left, right, bottom }) {
    const style = getComputedStyle(document.body);
    const named = byId("picture-named").checked;
    const parts = [...document.querySelectorAll(named ? ".title-name, .title-part" : ".title-part")].map((part) => part.textContent);
    const what = parts.join("").replace(/^ · /, "");
    const verdict = byId("verdict").textContent.replace(/^(\W)/, "$1 ");
    pen.textBaseline = "alphabetic";
    pen.fillStyle = "#e6eaee";
    pen.font = `13px ${style.fontFamily}`;
    pen.fillText(`${verdict} · ${what}`, left + MARGIN, bottom + LINE);
    pen.fillText(byId("audit-line").textContent, left + MARGIN, bottom + 2 * LINE);
    const own = ["Trueslice", "not for diagnosis"];
    const wide = Math.max(...own.map((text) => pen.measureText(text).width)) + 2 * MARGIN;
    pen.fillStyle = "#000000"; // nothing runs into what this is not
    pen.fillRect(right - wide, bottom, wide, FOOT);
    pen.fillStyle = "#e6eaee";
    pen.textAlign = "right";
    own.forEach((text, at) => pen.fillText(text, right - MARGIN, bottom + (at + 1) * LINE));
  }

  async function picture() {
    const box = document.querySelector(".panes").getBoundingClientRect();
    const canvas = Object.assign(document.createElement("canvas"), { width: box.width * SCALE, height: (box.height + FOOT) * SCALE });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#000000";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(SCALE, 0, 0, SCALE, -box.left * SCALE, -box.top * SCALE);
    for (const pane of shownPanes()) await paint(pen, pane);
    foot(pen, box);
    return canvas;
  }

  async function save() {
    const note = byId("picture-note");
    if (shownPanes().some((pane) => pane.matches(".is-waiting, .is-foreign"))) {
      note.textContent = "The pictures are still on their way. Try again once they are there.";
      return;
    }
    const canvas = await picture();
    const file = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
    const address = URL.createObjectURL(file);
    Object.assign(document.createElement("a"), { href: address, download: NAME }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    note.textContent = `Saved as ${NAME}, ${canvas.width} × ${canvas.height} pixels.`;
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#picture-save")) void save();
  });

  trueslice.savePicture = { picture };
})();

// Colour maps: the colour that each grey of a window is painted in.
//
// hot-iron, hot-metal-blue, pet and pet-20-step are the palettes of PS3.6 B.1, as corners between which they run straight
// (to one part of 255); cividis is matplotlib's, of even steps in lightness and alike to eyes that confuse red and green.
"use strict";

(() => {
  const trueslice = (window.trueslice = window.trueslice || {});
  const WHITE = 255;

  // Name -> [grey, red, green, blue] of each corner, 0 to 255; webapp/views/link_fields.py knows the same names.
  const CORNERS = {
    "grey": [
      [0, 0, 0, 0], [255, 255, 255, 255]
    ],
    "hot-iron": [
      [0, 0, 0, 0], [128, 255, 0, 0], [191, 255, 126, 0], [255, 255, 255, 255]
    ],
    "hot-metal-blue": [
      [0, 0, 0, 0], [85, 0, 0, 167], [102, 50, 0, 200], [119, 90, 0, 150], [136, 140, 32, 50], [153, 190, 64, 0],
      [170, 255, 96, 0], [240, 255, 228, 206], [255, 255, 255, 255]
    ],
    "pet": [
      [0, 0, 0, 0], [63, 0, 128, 125], [128, 128, 0, 255], [192, 255, 128, 0], [255, 255, 255, 255]
    ],
    "pet-20-step": [
      [0, 0, 0, 0], [12, 0, 0, 0], [13, 96, 0, 80], [25, 96, 0, 80], [26, 48, 48, 80], [38, 48, 48, 80],
      [39, 48, 48, 112], [50, 48, 48, 112], [51, 80, 80, 128], [63, 80, 80, 128], [64, 96, 96, 176],
      [76, 96, 96, 176], [77, 112, 112, 192], [89, 112, 112, 192], [90, 128, 128, 224], [101, 128, 128, 224],
      [102, 48, 96, 48], [114, 48, 96, 48], [115, 48, 144, 48], [127, 48, 144, 48], [128, 80, 192, 80],
      [140, 80, 192, 80], [141, 64, 224, 64], [152, 64, 224, 64], [153, 224, 224, 80], [165, 224, 224, 80],
      [166, 208, 208, 96], [178, 208, 208, 96], [179, 208, 176, 64], [191, 208, 176, 64], [192, 208, 144, 0],
      [203, 208, 144, 0], [204, 192, 96, 0], [216, 192, 96, 0], [217, 176, 48, 0], [229, 176, 48, 0],
      [230, 255, 0, 0], [242, 255, 0, 0], [243, 255, 255, 255], [255, 255, 255, 255]
    ],
    "cividis": [
      [0, 0, 34, 78], [28, 18, 53, 112], [57, 59, 73, 108], [85, 87, 93, 109], [113, 112, 113, 115],
      [142, 138, 134, 120], [170, 165, 156, 116], [198, 195, 179, 105], [227, 225, 204, 85], [255, 254, 232, 56]
    ]
  };
  const WORDS = {
    "hot-iron": "hot iron", "hot-metal-blue": "hot metal blue", pet: "PET colours", "pet-20-step": "PET 20 steps", cividis: "cividis",
  };

  const known = (name) => (name in CORNERS ? name : "grey");

  // The colour of a grey, 0 to 255.
  function colourOf(name, grey) {
    const corners = CORNERS[known(name)];
    const above = Math.max(1, corners.findIndex(([place]) => place >= grey));
    const [from, to] = [corners[above - 1], corners[above]];
    const share = (grey - from[0]) / (to[0] - from[0]);
    return [1, 2, 3].map((channel) => Math.round(from[channel] + share * (to[channel] - from[channel])));
  }

  const paint = (name, grey) => `rgb(${colourOf(name, grey).join(",")})`;

  // A scale from black to white in this map, in its corners alone.
  function straight(name, invert) {
    const places = CORNERS[known(name)].map(([grey]) => grey);
    const greys = invert ? places.reverse() : places;
    return greys.map((grey) => [(invert ? WHITE - grey : grey) / WHITE, paint(name, grey)]);
  }

  trueslice.colourMaps = { known, colourOf, paint, straight, words: ({ map }) => WORDS[map] || "" };
})();

/** Paints the pictures in samples/ from the numbers below, so every run paints the same pictures. */
import { join } from "node:path";
import sharp from "sharp";

type Random = (from: number, to: number) => number;

/** Mulberry32, a public-domain generator by Tommy Ettinger. */
function seeded(seed: number): Random {
  let state = seed;
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return from + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (to - from);
  };
}

function times(count: number, draw: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => draw(index)).join("");
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random(0, items.length))] as Item;
}

function hsl(hue: number, saturation: number, lightness: number): string {
  return `hsl(${hue.toFixed(1)},${saturation.toFixed(1)}%,${lightness.toFixed(1)}%)`;
}

function verticalGradient(id: string, stops: readonly (readonly [offset: number, colour: string])[]): string {
  const elements = stops.map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`);
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${elements.join("")}</linearGradient>`;
}

function glow(id: string, colour: string): string {
  return `<radialGradient id="${id}"><stop offset="0" stop-color="${colour}" stop-opacity="0.95"/>
    <stop offset="0.35" stop-color="${colour}" stop-opacity="0.35"/>
    <stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`;
}

function blur(id: string, deviation: number): string {
  return `<filter id="${id}" x="-50%" y="-50%" width="200%" height="200%">
    <feGaussianBlur stdDeviation="${deviation}"/></filter>`;
}

/** Returns the path of a rolling skyline, from `base` down to the bottom of the picture. */
function ridge(random: Random, width: number, height: number, base: number, swing: number): string {
  const phases = [random(0, 6), random(0, 6), random(0, 6)] as const;
  const points = Array.from({ length: 81 }, (_, index) => {
    const x = (index / 80) * width;
    const t = (index / 80) * Math.PI * 2;
    const wave =
      Math.sin(t + phases[0]) + 0.45 * Math.sin(2.3 * t + phases[1]) + 0.16 * Math.sin(7.1 * t + phases[2]);
    return `${x.toFixed(1)},${(base - swing * wave).toFixed(1)}`;
  });
  return `M0,${height} L${points.join(" L")} L${width},${height} Z`;
}

function cloud(random: Random, x: number, y: number, size: number): string {
  const puffs = times(14, () => {
    const across = random(-1, 1);
    const radius = size * random(0.16, 0.34) * (1.1 - Math.abs(across));
    const up = size * 0.12 * random(-1, 1.2);
    return `<ellipse cx="${x + across * size}" cy="${y - up}" rx="${radius * 1.5}" ry="${radius * 0.7}"/>`;
  });
  return `<g fill="#fff" fill-opacity="0.5" filter="url(#haze)">${puffs}</g>`;
}

function tree(random: Random, x: number, y: number, size: number): string {
  const hue = random(85, 128);
  const crown = times(260, () => {
    const angle = random(0, Math.PI * 2);
    const reach = Math.sqrt(random(0, 1)) * size * 0.34;
    const cx = x + Math.cos(angle) * reach * 1.15;
    const cy = y - size * 0.62 + Math.sin(angle) * reach;
    const light = 22 + 16 * ((y - size * 0.3 - cy) / size) + random(-6, 8) + ((cx - x) / size) * 16;
    return `<circle cx="${cx}" cy="${cy}" r="${size * random(0.025, 0.06)}" fill="${hsl(hue, 42, light)}"/>`;
  });
  const trunk = `<path d="M${x - size * 0.045},${y} L${x - size * 0.02},${y - size * 0.5}
    L${x + size * 0.02},${y - size * 0.5} L${x + size * 0.05},${y} Z" fill="#4a3527"/>`;
  const shade = `<ellipse cx="${x - size * 0.16}" cy="${y}" rx="${size * 0.42}" ry="${size * 0.05}"
    fill="#17330f" fill-opacity="0.35"/>`;
  return shade + trunk + crown;
}

function grassBlade(random: Random, x: number, y: number, length: number): string {
  const lean = random(-0.4, 0.4) * length;
  const colour = hsl(random(78, 122), random(38, 62), random(22, 50));
  return `<path d="M${x.toFixed(1)},${y.toFixed(1)} q${(lean * 0.2).toFixed(1)},${(-length * 0.6).toFixed(1)}
    ${lean.toFixed(1)},${(-length).toFixed(1)}" stroke="${colour}" stroke-width="${(length * 0.06 + 0.5).toFixed(2)}"/>`;
}

const petals = [
  { hue: 352, saturation: 78, lightness: 52 },
  { hue: 322, saturation: 62, lightness: 66 },
  { hue: 48, saturation: 96, lightness: 57 },
  { hue: 268, saturation: 55, lightness: 62 },
  { hue: 20, saturation: 92, lightness: 58 },
  { hue: 50, saturation: 20, lightness: 96 },
] as const;

function flower(random: Random, x: number, y: number, size: number): string {
  const { hue, saturation, lightness } = pick(random, petals);
  const count = Math.floor(random(6, 10));
  const start = random(0, 360);
  const stem = `<path d="M${x},${y} q${random(-0.4, 0.4) * size},${size * 1.6} ${random(-0.3, 0.3) * size},${size * 3.4}"
    stroke="#3d6b26" stroke-width="${size * 0.16}" fill="none"/>`;
  const ring = times(count, (index) => {
    const fill = hsl(hue + random(-6, 6), saturation, lightness + random(-7, 6));
    return `<ellipse cx="${x}" cy="${y - size * 0.55}" rx="${size * 0.27}" ry="${size * 0.5}" fill="${fill}"
      transform="rotate(${start + (index * 360) / count} ${x} ${y})"/>`;
  });
  const heart = `<circle cx="${x}" cy="${y}" r="${size * 0.27}" fill="${hue === 48 ? "#8a4b12" : "#f3b62b"}"/>`;
  return stem + ring + heart;
}

/** Draws `count` things from far to near: `depth` runs from 0 at the horizon to 1 at the viewer's feet. */
function meadow(
  random: Random,
  count: number,
  draw: (x: number, y: number, depth: number) => string,
  { width, height, horizon }: { width: number; height: number; horizon: number },
): string {
  const depths = Array.from({ length: count }, () => random(0, 1) ** 0.75).sort((a, b) => a - b);
  return depths
    .map((depth) => draw(random(-20, width + 20), horizon + depth ** 1.5 * (height - horizon + 30), depth))
    .join("");
}

function svg(width: number, height: number, definitions: string, contents: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${definitions}</defs>${contents}</svg>`,
  );
}

/** Paints a flower meadow under a summer sky, whose edges fade into transparency. */
async function garden(path: string): Promise<void> {
  const [width, height, horizon] = [1280, 854, 470];
  const random = seeded(7);
  const field = { width, height, horizon };
  const definitions = [
    verticalGradient("sky", [
      [0, "#2f74c0"],
      [0.6, "#8fc3ea"],
      [1, "#f7ead0"],
    ]),
    verticalGradient("far", [
      [0, "#88a9bd"],
      [1, "#a9c0b4"],
    ]),
    verticalGradient("middle", [
      [0, "#5f8f6d"],
      [1, "#86ab66"],
    ]),
    verticalGradient("near", [
      [0, "#8fb455"],
      [0.35, "#5d8f35"],
      [1, "#2a5518"],
    ]),
    glow("sunlight", "#fff6d8"),
    blur("haze", 7),
    blur("close", 5),
    blur("feather", 26),
    `<mask id="edge"><rect x="64" y="64" width="${width - 128}" height="${height - 128}" rx="190" fill="#fff" filter="url(#feather)"/></mask>`,
  ].join("");
  const scene = [
    `<rect width="${width}" height="${height * 0.6}" fill="url(#sky)"/>`,
    `<circle cx="965" cy="190" r="270" fill="url(#sunlight)"/><circle cx="965" cy="190" r="44" fill="#fffdf2"/>`,
    cloud(random, 330, 175, 170),
    cloud(random, 640, 265, 120),
    cloud(random, 1120, 330, 110),
    `<path d="${ridge(random, width, height, 405, 24)}" fill="url(#far)"/>`,
    `<path d="${ridge(random, width, height, 446, 17)}" fill="url(#middle)"/>`,
    times(16, () => tree(random, random(60, width - 60), random(452, 472), random(26, 48))),
    `<path d="${ridge(random, width, height, horizon + 6, 7)}" fill="url(#near)"/>`,
    tree(random, 225, 545, 270),
    tree(random, 1080, 520, 170),
    `<g fill="none" stroke-linecap="round">${meadow(random, 5200, (x, y, depth) => grassBlade(random, x, y, 3 + depth * 34), field)}</g>`,
    meadow(random, 330, (x, y, depth) => flower(random, x, y - depth * 40, 2.2 + depth * 17), field),
    `<g filter="url(#close)">${times(9, () => flower(random, random(120, width - 120), random(760, 820), random(42, 60)))}</g>`,
  ].join("");
  const image = svg(width, height, definitions, `<g mask="url(#edge)">${scene}</g>`);
  await sharp(image).png({ compressionLevel: 9 }).toFile(path);
}

/** Paints a lighthouse at dusk as phones store a photo: the pixels lie on their side, and orientation 6 turns them upright. */
async function lighthouse(path: string): Promise<void> {
  const [width, height, horizon] = [1200, 1600, 1010];
  const random = seeded(11);
  const definitions = [
    verticalGradient("sky", [
      [0, "#1d2a52"],
      [0.45, "#7a4f7d"],
      [0.75, "#e2795c"],
      [1, "#fbcf7d"],
    ]),
    verticalGradient("sea", [
      [0, "#d98a63"],
      [0.25, "#6b5a7d"],
      [1, "#16223f"],
    ]),
    `<linearGradient id="tower"><stop offset="0" stop-color="#5d5866"/><stop offset="0.6" stop-color="#efe6dc"/><stop offset="1" stop-color="#fff7ea"/></linearGradient>`,
    `<linearGradient id="band"><stop offset="0" stop-color="#571a22"/><stop offset="0.7" stop-color="#c23a37"/><stop offset="1" stop-color="#dd5a49"/></linearGradient>`,
    verticalGradient("rock", [
      [0, "#5b4a4d"],
      [1, "#120f18"],
    ]),
    glow("sunlight", "#ffe0a0"),
    glow("lamp", "#fff3c4"),
    blur("haze", 12),
  ].join("");
  const sides = (y: number) => 82 + (y - 420) * 0.062;
  const slice = (top: number, bottom: number, fill: string) =>
    `<path d="M${420 - sides(top)},${top} H${420 + sides(top)} L${420 + sides(bottom)},${bottom} H${420 - sides(bottom)} Z" fill="${fill}"/>`;
  const ripples = times(900, () => {
    const depth = random(0, 1) ** 1.6;
    const y = horizon + depth * (height - horizon);
    const x = random(0, width);
    const shine = Math.max(0, 1 - Math.abs(x - 890) / (60 + 260 * depth));
    const colour = shine > random(0, 1) ? "#ffdf9a" : pick(random, ["#b9798a", "#4a4a72", "#23305a"]);
    return `<ellipse cx="${x}" cy="${y}" rx="${8 + depth * 60}" ry="${0.8 + depth * 3.4}" fill="${colour}" fill-opacity="0.45"/>`;
  });
  const scene = [
    `<rect width="${width}" height="${horizon}" fill="url(#sky)"/>`,
    times(
      70,
      () =>
        `<circle cx="${random(0, width)}" cy="${random(0, 420)}" r="${random(0.7, 2.1)}" fill="#fff" fill-opacity="${random(0.2, 0.8)}"/>`,
    ),
    `<circle cx="890" cy="925" r="420" fill="url(#sunlight)"/><circle cx="890" cy="925" r="70" fill="#fff0c9"/>`,
    `<g opacity="0.5">${cloud(random, 880, 610, 260)}${cloud(random, 190, 720, 190)}${cloud(random, 1010, 760, 170)}</g>`,
    `<rect y="${horizon}" width="${width}" height="${height - horizon}" fill="url(#sea)"/>`,
    ripples,
    `<path d="M0,1600 V1180 Q210,1085 420,1120 Q640,1130 720,1290 Q800,1420 960,1600 Z" fill="url(#rock)"/>`,
    times(260, () => {
      const x = random(0, 760);
      return `<ellipse cx="${x}" cy="${random(1190 + x * 0.28, 1600)}" rx="${random(8, 52)}" ry="${random(3, 15)}" fill="${pick(random, ["#7d6560", "#241d25", "#493b40"])}" fill-opacity="0.4"/>`;
    }),
    slice(430, 1150, "url(#tower)"),
    slice(540, 660, "url(#band)"),
    slice(780, 900, "url(#band)"),
    slice(1020, 1150, "url(#band)"),
    times(
      3,
      (index) => `<rect x="412" y="${700 + index * 130}" width="24" height="42" rx="12" fill="#2b2a3a"/>`,
    ),
    `<rect x="312" y="408" width="216" height="24" rx="4" fill="#3a3440"/>`,
    `<rect x="362" y="300" width="116" height="110" fill="#ffeeb8"/>`,
    times(4, (index) => `<rect x="${362 + index * 37}" y="300" width="6" height="110" fill="#3a3440"/>`),
    `<path d="M346,302 Q420,196 494,302 Z" fill="#a32f31"/><rect x="416" y="200" width="8" height="44" fill="#3a3440"/>`,
    `<path d="M420,352 L1300,125 V335 Z" fill="#fff3c4" fill-opacity="0.22" filter="url(#haze)"/>`,
    `<circle cx="420" cy="352" r="150" fill="url(#lamp)"/>`,
    times(7, () => {
      const [x, y, span] = [random(640, 1090), random(380, 640), random(12, 26)];
      return `<path d="M${x - span},${y - span * 0.4} Q${x - span * 0.4},${y - span * 0.6} ${x},${y} Q${x + span * 0.4},${y - span * 0.6} ${x + span},${y - span * 0.4}" stroke="#241d35" stroke-width="3" fill="none"/>`;
    }),
  ].join("");
  const upright = await sharp(svg(width, height, definitions, scene))
    .flatten()
    .png()
    .toBuffer();
  const grain = Buffer.from(Uint8Array.from({ length: width * height }, () => 128 + random(-9, 9)));
  const grained = await sharp(upright)
    .composite([{ input: grain, raw: { width, height, channels: 1 }, blend: "soft-light" }])
    .png()
    .toBuffer();
  await sharp(grained)
    .rotate(-90)
    .withExif({ IFD0: { Make: "Henkan", Model: "Sample phone" } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 82 })
    .toFile(path);
}

const folder = import.meta.dirname;
await garden(join(folder, "garden.png"));
await lighthouse(join(folder, "lighthouse-phone.jpg"));

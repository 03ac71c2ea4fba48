import { type NextNumber, seeded } from "./seeded.ts";

export interface PhotoSize {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Layers from large shapes to texture: lattice cells across the picture's width, and the change in brightness. */
const layers = [
  { cells: 3, weight: 70 },
  { cells: 11, weight: 40 },
  { cells: 43, weight: 22 },
  { cells: 173, weight: 12 },
  { cells: 691, weight: 9 },
  { cells: 1733, weight: 16 },
] as const;

/** Noise of the sensor, plus or minus. */
const grain = 6;

/** The level of noise at which the colour changes abruptly, as at the outline of an object. */
const edge = 8;

/** Smooth noise: random values on a lattice, with straight lines between them. */
class Layer {
  readonly #columns: number;
  readonly #cell: number;
  readonly #weight: number;
  readonly #random: NextNumber;
  #above: Float32Array;
  #below: Float32Array;
  #row = 0;

  constructor(width: number, { cells, weight }: { cells: number; weight: number }, random: NextNumber) {
    this.#columns = cells + 2;
    this.#cell = Math.max(1, width / cells);
    this.#weight = weight;
    this.#random = random;
    this.#above = this.#lattice();
    this.#below = this.#lattice();
  }

  /** Adds the layer's row `y` to `sums`. Callers go through the rows from top to bottom. */
  add(y: number, sums: Float32Array): void {
    const across = y / this.#cell;
    while (this.#row < Math.floor(across)) {
      this.#above = this.#below;
      this.#below = this.#lattice();
      this.#row += 1;
    }
    const down = across - this.#row;
    const row = this.#above.map((value, index) => value + ((this.#below[index] ?? 0) - value) * down);
    const step = 1 / this.#cell;
    let [index, within] = [0, 0];
    for (let x = 0; x < sums.length; x += 1) {
      const left = row[index] ?? 0;
      sums[x] = (sums[x] ?? 0) + left + ((row[index + 1] ?? 0) - left) * within;
      within += step;
      if (within >= 1) {
        within -= 1;
        index += 1;
      }
    }
  }

  #lattice(): Float32Array {
    return Float32Array.from({ length: this.#columns }, () => (this.#random() / 2 ** 31 - 1) * this.#weight);
  }
}

/**
 * Yields the rows of a picture that compresses like a photograph: smooth areas, texture, outlines and grain. The same
 * seed and size give the same picture. Alpha is opaque in the middle and fades towards the sides.
 */
export function* photoRows({ width, height, channels }: PhotoSize, seed: number): Generator<Buffer> {
  const random = seeded(seed);
  const shapes = layers.map((layer) => new Layer(width, layer, random));
  const outlines = new Layer(width, { cells: 7, weight: 60 }, random);
  const [light, outline] = [new Float32Array(width), new Float32Array(width)];
  for (let y = 0; y < height; y += 1) {
    light.fill(0);
    outline.fill(0);
    for (const shape of shapes) shape.add(y, light);
    outlines.add(y, outline);
    yield paint(light, outline, { sky: 1 - y / height, channels, random });
  }
}

function paint(
  light: Float32Array,
  outline: Float32Array,
  { sky, channels, random }: { sky: number; channels: 3 | 4; random: NextNumber },
): Buffer {
  const row = Buffer.allocUnsafe(light.length * channels);
  const clamped = new Uint8ClampedArray(row.buffer, row.byteOffset, row.length);
  for (let x = 0; x < light.length; x += 1) {
    const noise = (random() % (2 * grain + 1)) - grain;
    const value = 118 + (light[x] ?? 0) + 30 * sky + noise;
    const [warm, cold] = (outline[x] ?? 0) > edge ? [34, -26] : [-18, 24];
    const start = x * channels;
    clamped[start] = value + warm;
    clamped[start + 1] = value * 0.94 + 6;
    clamped[start + 2] = value * 0.88 + cold + 22 * sky;
    if (channels === 4) clamped[start + 3] = (1020 * Math.min(x, light.length - x)) / light.length;
  }
  return row;
}

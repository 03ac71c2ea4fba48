import type { Colour, HostileFile } from "./hostile-file.ts";
import { chunk, encodePng, type Header, headerChunk, imageChunks, scanlines } from "./png.ts";

/** Every colour type with every bit depth that it allows, https://www.w3.org/TR/png-3/#table111. */
const bitDepths = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] } as const;

const side = 32;
const palette: readonly Colour[] = [
  [255, 0, 0],
  [0, 160, 0],
  [0, 0, 255],
  [240, 240, 240],
];
const greys = [0, 85, 170, 255];

function quadrantAt(x: number, y: number): number {
  return (y < side / 2 ? 0 : 2) + (x < side / 2 ? 0 : 1);
}

/** Returns the samples of each quadrant, and their colour on a white background. */
function quadrants(colourType: number, bitDepth: number): readonly (readonly [number[], Colour])[] {
  const max = 2 ** bitDepth - 1;
  const scaled = (value: number) => Math.round((value / 255) * max);
  const shown = (sample: number): Colour => {
    const grey = Math.round((sample / max) * 255);
    return [grey, grey, grey];
  };
  switch (colourType) {
    case 3:
      return palette.map((colour, index) => {
        const entry = index % 2 ** bitDepth;
        return [[entry], palette[entry] ?? colour];
      });
    case 0:
      return greys.map((grey) => [[scaled(grey)], shown(scaled(grey))]);
    case 4:
      // The last quadrant is transparent, so it shows the white background.
      return greys.map((grey, index) =>
        index === 3
          ? [
              [0, 0],
              [255, 255, 255],
            ]
          : [[scaled(grey), max], shown(scaled(grey))],
      );
    default:
      return palette.map((colour, index) => {
        const isTransparent = colourType === 6 && index === 3;
        const alpha = colourType === 6 ? [isTransparent ? 0 : max] : [];
        return [[...colour.map(scaled), ...alpha], isTransparent ? [255, 255, 255] : colour];
      });
  }
}

function validPng(header: Header): HostileFile {
  const { colourType, bitDepth, interlaced } = header;
  const parts = quadrants(colourType, bitDepth);
  return {
    kind: "valid-png",
    name: `colour-${colourType}-depth-${bitDepth}${interlaced ? "-interlaced" : ""}`,
    filename: "valid.png",
    expected: "ready",
    quadrants: parts.map(([, colour]) => colour),
    contents: () =>
      encodePng([
        headerChunk(header),
        ...(colourType === 3 ? [chunk("PLTE", Buffer.from(palette.slice(0, 2 ** bitDepth).flat()))] : []),
        ...imageChunks(scanlines(header, (x, y) => parts[quadrantAt(x, y)]?.[0] ?? [])),
        chunk("IEND"),
      ]),
  };
}

/** Returns intact pictures, which must become ready and show the expected colours. */
export function validPngs(): HostileFile[] {
  return Object.entries(bitDepths).flatMap(([colourType, depths]) =>
    depths.flatMap((bitDepth) =>
      [false, true].map((interlaced) =>
        validPng({ width: side, height: side, bitDepth, colourType: Number(colourType), interlaced }),
      ),
    ),
  );
}

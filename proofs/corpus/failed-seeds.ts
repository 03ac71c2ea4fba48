/**
 * Seeds of mutated files that once became ready although pixels were missing or made up, or failed without a code. Every
 * run includes them. Because the file of a seed changes with sharp's encoders, each defect also has a test next to the
 * converter's.
 */
export const failedSeeds: readonly number[] = [
  // Bad Huffman codes and data that end early in JPEGs, baseline and progressive.
  17, 97, 148, 160, 224, 837, 1114, 1146, 1353,
  // The same in the JPEG inside a TIFF.
  156, 954,
  // Frames that an animation lost.
  47, 242, 291,
  // Tiles of TIFFs that the decoder painted black, and lines of a fax that it made up.
  501_411, 2050, 2192, 2288, 2432, 2536,
  // A TIFF whose directory points past the end of the file, which was treated as a transient failure.
  500_681,
];

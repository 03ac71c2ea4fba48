/**
 * Seeds of mutated files that once came out ready with pixels missing or made up, or ended with an error of no code: they
 * stay in every run. The file of a seed changes with the encoders of sharp, so that each finding has a test of its own
 * next to the converter too.
 */
export const failedSeeds: readonly number[] = [
  // Bad Huffman codes and data that end early in JPEGs, baseline and progressive.
  17, 97, 148, 160, 224, 837, 1114, 1146, 1353,
  // The same in the JPEG of a TIFF.
  156, 954,
  // Frames that an animation lost.
  47, 242, 291,
  // Tiles of TIFFs that were painted black, and lines of a fax that were made up.
  501_411, 2050, 2192, 2288, 2432, 2536,
  // A TIFF whose directory leads out of the file, which was taken for a failure that passes.
  500_681,
];

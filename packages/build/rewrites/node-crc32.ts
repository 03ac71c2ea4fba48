import { replaceModules } from "./replace-modules.ts";

/**
 * Replaces crc-32, a checksum in JavaScript, with the native one of `node:zlib`. archiver's streams import it. They call
 * only `buf`, and pass a buffer of zeros instead of a sum at the start.
 *
 * Gain: the checksum of 100 MB takes 36 ms of CPU time instead of 172.
 */
export const nodeCrc32 = replaceModules(
  "node-crc32",
  {
    "crc-32": [
      'const { crc32 } = require("node:zlib");',
      'module.exports.buf = (bytes, sum) => crc32(bytes, typeof sum === "number" ? sum >>> 0 : 0) | 0;',
    ].join("\n"),
  },
  import.meta.dirname,
);

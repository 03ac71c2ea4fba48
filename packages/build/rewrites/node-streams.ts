import { replaceModules } from "./replace-modules.ts";

/**
 * Replaces readable-stream, a JavaScript copy of Node.js's streams, with `node:stream`. archiver imports it.
 *
 * Gain: zip's bundle has 470 kB instead of 592, and starts with 145 ms of CPU time instead of 166.
 */
export const nodeStreams = replaceModules(
  "node-streams",
  {
    "readable-stream": 'module.exports = require("node:stream");',
    "readable-stream/passthrough": 'module.exports = require("node:stream").PassThrough;',
  },
  import.meta.dirname,
);

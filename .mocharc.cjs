const { enableCompileCache } = require("node:module");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

// Half of what a spawned command computes is compiling and stripping types. NODE_COMPILE_CACHE hands the cache on to it.
process.env.NODE_COMPILE_CACHE = join(__dirname, "node_modules/.cache/compiled");
enableCompileCache(process.env.NODE_COMPILE_CACHE);

// The file in which test/left-out.ts collects what the worker processes of this run leave out.
process.env.HENKAN_LEFT_OUT = join(tmpdir(), `henkan-left-out-${process.pid}`);

module.exports = {
  reporter: "./test/reporter.ts",
  timeout: 60_000,
  forbidOnly: true,
  // On a developer's machine, tests of what the machine lacks are skipped, and the report names them.
  forbidPending: process.env.CI === "true",
  exit: true,
};

const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

// Half of what a spawned command computes is compiling and stripping types. NODE_COMPILE_CACHE hands the cache on to it.
process.env.NODE_COMPILE_CACHE = join(__dirname, "node_modules/.cache/compiled");
enableCompileCache(process.env.NODE_COMPILE_CACHE);

module.exports = {
  reporter: "./test/reporter.ts",
  timeout: 60_000,
  forbidOnly: true,
  // On a developer's machine, tests of what the machine lacks are skipped, and the report names them.
  forbidPending: process.env.CI === "true",
  exit: true,
};

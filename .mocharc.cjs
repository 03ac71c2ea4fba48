module.exports = {
  reporter: "./test/reporter.ts",
  timeout: 60_000,
  forbidOnly: true,
  // On a developer's machine, tests of what the machine lacks are skipped, and the report names them.
  forbidPending: process.env.CI === "true",
  exit: true,
};

import { createRequire } from "node:module";
import { expect } from "chai";
import "../../../../packages/local-cloud/program.ts";

const { debuggablePromise } = createRequire(import.meta.url)("@pulumi/pulumi/runtime/debuggable.js");

describe("the promises of a program", () => {
  it("are recorded without a stack trace", async () => {
    const promise = Promise.resolve("value");
    expect(await debuggablePromise(promise, "context")).to.equal("value");
    expect(promise).to.have.property("_debugStackTrace", "Error");
  });

  it("leave other errors their stack traces", () => {
    debuggablePromise(Promise.resolve(), "context");
    expect(new Error("elsewhere").stack).to.contain(import.meta.filename);
  });
});

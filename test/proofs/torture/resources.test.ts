import { expect } from "chai";
import type { Footprint, FunctionFootprint } from "../../../proofs/torture/cloud/messages.ts";
import type { Evidence } from "../../../proofs/torture/invariants/evidence.ts";
import { resources } from "../../../proofs/torture/invariants/resources.ts";
import { quietEvidence, zipFunction } from "./quiet-evidence.ts";

const { begin } = quietEvidence.footprints;

/** Returns the broken promises when the storm ends with another footprint. */
function brokenBy(end: Partial<Footprint>, evidence: Evidence = quietEvidence): readonly string[] {
  const footprints = { ...evidence.footprints, end: { ...begin, ...end } };
  return resources.broken({ ...evidence, footprints });
}

const brokenByFunction = (change: Partial<FunctionFootprint>, evidence?: Evidence) =>
  brokenBy({ functions: [{ ...zipFunction, ...change }] }, evidence);

describe("the resources of a round of torture", () => {
  it("return to where they were", () => {
    expect(brokenBy({})).to.deep.equal([]);
  });

  it("show a leak of each kind of memory", () => {
    const leakMb = 4 * quietEvidence.footprints.uploads;
    expect(brokenBy({ externalMb: begin.externalMb + leakMb })).to.deep.equal([
      "memory outside the heap grew from 4.0 to 204.0 MB in 50 uploads",
    ]);
    expect(brokenBy({ heapMb: begin.heapMb + leakMb })).to.have.length(1);
    expect(brokenBy({ residentMb: begin.residentMb + 10 * leakMb })).to.have.length(1);
  });

  it("show a file or a connection that is left open for each upload", () => {
    const { files = 0, connections = 0 } = begin.open ?? {};
    expect(brokenBy({ open: { files: files + 50, connections } })).to.deep.equal([
      "open files grew from 25 to 75 in 50 uploads",
    ]);
    expect(brokenBy({ open: { files, connections: connections + 100 } })).to.have.length(1);
  });

  it("may grow with the number of uploads", () => {
    const end = { ...begin, heapMb: begin.heapMb + 20 };
    const growth = (uploads: number) =>
      resources.broken({ ...quietEvidence, footprints: { begin, end, uploads } });
    expect(growth(50)).to.have.length(1);
    expect(growth(5_000)).to.deep.equal([]);
  });

  it("show a function that exceeds its memory, or keeps growing", () => {
    expect(brokenByFunction({ firstMb: 1_000, peakMb: 1_025 })).to.deep.equal([
      "convert-zip needed 1025 MB but has 1024 MB",
    ]);
    expect(brokenByFunction({ peakMb: 700 })).to.deep.equal([
      "convert-zip grew from 90 to 700 MB in 40 invocations",
    ]);
  });

  it("show a function that runs out of memory by itself", () => {
    const place = zipFunction.functionName;
    const injected: Evidence = {
      ...quietEvidence,
      faults: [{ kind: "out-of-memory", place, upload: "report.csv" }],
    };
    expect(brokenByFunction({ outOfMemory: 1 }, injected)).to.deep.equal([]);
    expect(brokenByFunction({ outOfMemory: 2 }, injected)).to.deep.equal([
      "convert-zip ran out of its 1024 MB 1 times",
    ]);
  });

  it("show files in /tmp and blobs without an object", () => {
    expect(brokenBy({ temporaryFiles: 2 })).to.have.length(1);
    const unreferenced = { ...quietEvidence.afterStorm, unreferencedBlobs: 1 };
    expect(resources.broken({ ...quietEvidence, afterStorm: unreferenced })).to.have.length(1);
    expect(resources.broken({ ...quietEvidence, afterRedrive: unreferenced })).to.have.length(1);
    const calmFootprint = { ...begin, temporaryFiles: 1 };
    expect(resources.broken({ ...quietEvidence, calmFootprint })).to.have.length(1);
  });
});

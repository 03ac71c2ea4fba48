import { expect } from "chai";
import type { Evidence } from "../../../proofs/torture/invariants/evidence.ts";
import { describeReport, roundReport, tortureReport } from "../../../proofs/torture/report.ts";
import { quietEvidence, zipQueue } from "./quiet-evidence.ts";

const upload = (id: string) => ({
  id,
  storedName: "report.csv",
  announcement: "",
  digest: "",
  abandoned: [],
  expected: new Map([["archive", { state: "ready", sha256: "", bytes: 1 } as const]]),
});

const evidence: Evidence = {
  ...quietEvidence,
  accepted: [upload("1"), upload("2")],
  calmUploadId: "2",
  afterStorm: { ...quietEvidence.afterStorm, messages: new Map([[zipQueue.deadLetterArn, ["{}", "{}"]]]) },
  afterRedrive: {
    ...quietEvidence.afterRedrive,
    receipts: [{ key: "receipts/1/archive.json", receipt: { unreadable: "" } }],
  },
  redriven: 1,
};

describe("the report of torture", () => {
  const report = roundReport(7, evidence, [], 1);

  it("counts the receipts that were found, not the expected ones", () => {
    expect(report.variants).to.deep.equal({ ready: 0, failed: 0 });
  });

  it("counts the upload after the storm separately", () => {
    expect(report).to.include({ uploads: 1, calmUploads: 1 });
  });

  it("reports how many dead letters were redriven", () => {
    expect(report).to.include({ deadLetters: 2, redriven: 1 });
    expect(describeReport(tortureReport([report]))).to.match(/^dead letters +2\nredriven +1$/m);
  });
});

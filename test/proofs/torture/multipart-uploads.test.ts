import { expect } from "chai";
import { outputKey, uploadKey } from "../../../contract/keys.ts";
import type { InjectedFault } from "../../../proofs/torture/faults/settings.ts";
import { multipartUploads } from "../../../proofs/torture/invariants/multipart-uploads.ts";
import { quietEvidence, zipQueue } from "./quiet-evidence.ts";

const id = "019aafa5-b5f3-7be5-8e0f-0123456789ab";
const storedName = "0001 measurements.bin";
const announcement = JSON.stringify({ filename: storedName });
const upload = { id, storedName, announcement, digest: "", abandoned: [], expected: new Map() };

const archive = `${id}/archive/0001 measurements.bin.zip`;
const ofOutput = { bucket: "outputs", key: outputKey(archive), initiated: new Date(), parts: 2 };
const ofClient = {
  bucket: "uploads",
  key: uploadKey({ uploadId: id, filename: storedName }),
  initiated: new Date(),
  parts: 1,
};

/** Returns true when the left upload breaks the promise after these faults. */
function isBroken(orphan: typeof ofOutput, ...faults: readonly InjectedFault[]): boolean {
  const afterRedrive = { ...quietEvidence.afterRedrive, multipartUploads: [orphan] };
  return multipartUploads.broken({ ...quietEvidence, accepted: [upload], faults, afterRedrive }).length > 0;
}

const requestTo = (
  operation: string,
  kind: InjectedFault["kind"],
  detail = `files//archive/${storedName}.zip`,
) => ({
  kind,
  place: `s3 ${operation} ${detail} arn:aws:iam::123456789012:role/zip`,
  upload: storedName,
});
const hit = (place: string, uploadName: string): InjectedFault => ({
  kind: "crash",
  place,
  upload: uploadName,
});

describe("a multipart upload that is left", () => {
  it("breaks the promise when there was no fault", () => {
    expect(isBroken(ofOutput)).to.equal(true);
    expect(isBroken(ofClient)).to.equal(true);
  });

  it("is excused only by the end of the function that had created it", () => {
    expect(isBroken(ofOutput, hit(zipQueue.functionName, storedName))).to.equal(false);
    expect(isBroken(ofOutput, hit("convert-resize", storedName))).to.equal(true);
    expect(isBroken(ofOutput, hit("upload-api", announcement))).to.equal(true);
    expect(isBroken(ofOutput, hit(zipQueue.functionName, "0002 other.bin"))).to.equal(true);
    expect(isBroken(ofClient, hit("upload-api", announcement))).to.equal(false);
    expect(isBroken(ofClient, hit(zipQueue.functionName, storedName))).to.equal(true);
  });

  it("is excused by an abort that S3 refused, and not by one that was only slow or whose answer was lost", () => {
    expect(isBroken(ofOutput, requestTo("AbortMultipartUpload", "throttle"))).to.equal(false);
    expect(isBroken(ofOutput, requestTo("AbortMultipartUpload", "slow"))).to.equal(true);
    expect(isBroken(ofOutput, requestTo("AbortMultipartUpload", "reset"))).to.equal(true);
    expect(isBroken(ofOutput, requestTo("AbortMultipartUpload", "throttle", ""))).to.equal(true);
    expect(isBroken(ofClient, requestTo("AbortMultipartUpload", "throttle", ""))).to.equal(false);
  });

  it("is excused by a lost answer to its creation when it has no parts", () => {
    const unknown = { ...ofOutput, parts: 0 };
    expect(isBroken(unknown, requestTo("CreateMultipartUpload", "reset"))).to.equal(false);
    expect(isBroken(unknown, requestTo("CreateMultipartUpload", "throttle"))).to.equal(true);
    expect(isBroken(ofOutput, requestTo("CreateMultipartUpload", "reset"))).to.equal(true);
  });
});

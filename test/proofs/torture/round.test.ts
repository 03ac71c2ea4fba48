import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { uploadKey } from "../../../contract/keys.ts";
import type { Evidence } from "../../../proofs/torture/invariants/evidence.ts";
import { brokenInvariants, invariants } from "../../../proofs/torture/invariants.ts";
import { removeLeftovers } from "../../../proofs/torture/leftovers.ts";
import type { Remains } from "../../../proofs/torture/remains.ts";
import { Round } from "../../../proofs/torture/simulator.ts";
import { storm } from "../../../proofs/torture/storm.ts";
import { pipelineGraph } from "../../support/graphs.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("a round of torture", () => {
  const data = temporaryDirectory();
  let evidence: Evidence;

  before(async () => {
    const dataDirectory = join(data.path, "cloud");
    mkdirSync(dataDirectory);
    evidence = await new Round({
      graph: await pipelineGraph(),
      dataDirectory,
      // The first file is sent in two parts. Its completion breaks before it is done and after it is done.
      seed: 179,
      uploads: 2,
      // Which messages a seed repeats follows from the names of queues: here all of them are.
      faults: { ...storm, duplicate: 1 },
      kills: 1,
      interruption: new AbortController().signal,
      onProgress: () => {},
    })
      .run()
      .finally(() => removeLeftovers(dataDirectory));
  });
  after(() => data.remove());

  it("loses none of a few uploads in a storm with a kill -9", () => {
    expect(brokenInvariants(evidence)).to.deep.equal([]);
    expect(evidence.accepted).to.have.length(3);
    expect(evidence.accepted.filter(({ parts }) => parts === 2)).to.have.length(1);
    const onCompletion = evidence.faults.filter(({ place }) =>
      /^s3 CompleteMultipartUpload .*client$/.test(place),
    );
    expect(onCompletion.map(({ kind }) => kind)).to.include("reset");
    const kinds = new Set(evidence.faults.map(({ kind }) => kind));
    expect([...kinds]).to.include.members(["duplicate", "reset"]);
  });

  /** Returns the evidence with changes. */
  const ending = (change: (remains: Remains) => Partial<Remains>): Evidence => ({
    ...evidence,
    afterRedrive: { ...evidence.afterRedrive, ...change(evidence.afterRedrive) },
  });

  const breaches: Readonly<Record<string, [invariant: string, breach: () => Evidence]>> = {
    "an upload is gone": ["uploads", () => ending(({ uploads }) => ({ uploads: uploads.slice(1) }))],
    "an upload was never accepted": [
      "uploads",
      () => ({ ...evidence, accepted: evidence.accepted.slice(1) }),
    ],
    "a receipt is missing": ["receipts", () => ending(({ receipts }) => ({ receipts: receipts.slice(1) }))],
    "an output has other bytes": [
      "outputs",
      () => ending(({ outputs }) => ({ outputs: outputs.map((each) => ({ ...each, sha256: "other" })) })),
    ],
    "an output has no receipt": [
      "outputs",
      () =>
        ending(({ outputs }) => ({
          outputs: [...outputs, { key: "files/x/y/z.jpg", etag: "", bytes: 1, sha256: "" }],
        })),
    ],
    "an event is missing": ["events", () => ending(() => ({ events: [] }))],
    "two announcements contradict each other": [
      "events",
      () =>
        ending(({ events }) => ({
          events: [...events, ...events.map((event) => ({ ...event, settings: "others" }))],
        })),
    ],
    "a multipart upload is forgotten": [
      "multipart-uploads",
      () =>
        ending(() => ({
          multipartUploads: [{ bucket: "outputs", key: "files/x", initiated: new Date(), parts: 1 }],
        })),
    ],
    "a client's multipart upload is forgotten": [
      "multipart-uploads",
      () => {
        const key = uploadKey({ uploadId: evidence.accepted[0]?.id ?? "", filename: "9999 never begun.bin" });
        return ending(() => ({
          multipartUploads: [{ bucket: "uploads", key, initiated: new Date(), parts: 1 }],
        }));
      },
    ],
    "a message is left": [
      "dead-letters",
      () => ending(({ messages }) => ({ messages: new Map([...messages].map(([arn]) => [arn, ["{}"]])) })),
    ],
    "a dead letter has no reason": [
      "dead-letters",
      () => {
        const [queue] = evidence.stage.queues;
        const upload = evidence.accepted.at(-1);
        const key = uploadKey({ uploadId: upload?.id ?? "", filename: upload?.storedName ?? "" });
        const s3 = {
          bucket: { name: "uploads" },
          object: { key: encodeURIComponent(key), size: 1, eTag: "" },
        };
        const body = JSON.stringify({ Records: [{ s3 }] });
        const messages = new Map([[queue?.deadLetterArn ?? "", [body]]]);
        return { ...evidence, afterStorm: { ...evidence.afterStorm, messages } };
      },
    ],
    "messages never settle": ["dead-letters", () => ({ ...evidence, unsettled: 1 })],
    "the heap has grown": [
      "resources",
      () => ({
        ...evidence,
        footprints: {
          ...evidence.footprints,
          end: { ...evidence.footprints.end, heapMb: evidence.footprints.begin.heapMb + 100 },
        },
      }),
    ],
    "blobs are left": ["resources", () => ending(() => ({ blobsAfterDeletion: 9 }))],
    "a process outlives the cloud": [
      "resources",
      () => ({ ...evidence, processes: ["1 node bootstrap.ts"] }),
    ],
  };

  for (const [what, [invariant, breach]] of Object.entries(breaches)) {
    it(`reports that ${what}`, () => {
      expect(brokenInvariants(breach()).map(({ invariant }) => invariant)).to.include(invariant);
    });
  }

  it("has a breach of every invariant", () => {
    const known = Object.values(breaches).map(([invariant]) => invariant);
    expect(known).to.include.members(invariants.map(({ name }) => name));
  });
});

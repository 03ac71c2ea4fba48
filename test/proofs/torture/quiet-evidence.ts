import { Graph } from "@henkan/local-cloud";
import type { Footprint, FunctionFootprint } from "../../../proofs/torture/cloud/messages.ts";
import type { Evidence } from "../../../proofs/torture/invariants/evidence.ts";
import type { Remains } from "../../../proofs/torture/remains.ts";

const remains: Remains = {
  uploads: [],
  outputs: [],
  receipts: [],
  events: [],
  multipartUploads: [],
  messages: new Map(),
  unreferencedBlobs: 0,
  immortalMultipartUploads: 0,
  blobsAfterDeletion: 0,
};

export const zipFunction: FunctionFootprint = {
  functionName: "convert-zip",
  memoryMb: 1024,
  invocations: 40,
  firstMb: 90,
  peakMb: 110,
  outOfMemory: 0,
};

const footprint: Footprint = {
  heapMb: 30,
  externalMb: 4,
  residentMb: 150,
  open: { files: 25, connections: 20 },
  temporaryFiles: 0,
  functions: [zipFunction],
};

export const zipQueue = {
  converter: "zip",
  functionName: zipFunction.functionName,
  arn: "arn:aws:sqs:zip",
  deadLetterArn: "arn:aws:sqs:zip-dead",
};

/** Returns the evidence of a round without uploads and without faults. */
export const quietEvidence: Evidence = {
  stage: {
    graph: new Graph({
      stage: "dev",
      components: [],
      region: "eu-central-1",
      accountId: "123456789012",
      resources: [],
      outputs: {},
    }),
    uploadsBucket: "uploads",
    outputsBucket: "outputs",
    converters: [
      { converter: "zip", variants: [{ name: "archive", options: {} }] },
      { converter: "resize", variants: [{ name: "small", options: {} }] },
    ],
    queues: [
      zipQueue,
      {
        converter: "resize",
        functionName: "convert-resize",
        arn: "arn:aws:sqs:resize",
        deadLetterArn: "arn:aws:sqs:resize-dead",
      },
    ],
    functionSizes: new Map([[zipFunction.functionName, zipFunction.memoryMb]]),
    eventsQueueArn: "arn:aws:sqs:torture-events",
  },
  accepted: [],
  calmUploadId: "",
  faults: [],
  kills: [],
  unsettled: 0,
  redriven: 0,
  afterStorm: remains,
  afterRedrive: remains,
  footprints: { begin: footprint, end: footprint, uploads: 50 },
  calmFootprint: footprint,
  processes: [],
};

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFunctions } from "@henkan/build";
import { type CreatedUpload, UploadClient, type UploadStatus } from "@henkan/client";
import { type Cloud, type CloudOptions, type Graph, runProgram, startCloud } from "@henkan/local-cloud";
import type { InvocationReport } from "@henkan/local-cloud/testing";
import { stringify } from "yaml";
import type { PutUpload } from "../../contract/upload-api.ts";

export const projectDirectory = fileURLToPath(new URL("../..", import.meta.url));

/** A completion event as subscribers of the conversions topic get it. */
export interface CompletionEvent {
  readonly uploadId: string;
  readonly variant: string;
  readonly state: string;
  readonly url?: string;
  readonly error?: { readonly code: string };
}

/** A local cloud on free ports, with what it said. */
export interface Pipeline {
  readonly cloud: Cloud;
  readonly client: UploadClient;
  readonly reports: InvocationReport[];
  readonly events: CompletionEvent[];
}

/** A stage of the tests' own, so that nobody's edit of a real one changes what they expect. */
const stage = "end-to-end";
const config = {
  "aws:region": "ap-northeast-1",
  "aws:allowedAccountIds": ["111111111111"],
  "henkan:variants": {
    thumbnail: { converter: "resize", width: 300, height: 300 },
    preview: { converter: "resize", width: 1280, format: "webp" },
    jpg: { converter: "png-to-jpg" },
    archive: { converter: "zip" },
  },
  "henkan:maximumConcurrency": 2,
};

/** The bundles, built once for all tests of a process. */
let built: Promise<unknown> | undefined;

/** What the program declares for the tests' stage with variants of the caller's, its bundles built. */
export function graphWithVariants(variants: object): Promise<Graph> {
  return graphWith({ "henkan:variants": variants });
}

/** The same with any settings of the caller's, by their keys in a stage file. */
export async function graphWith(settings: Readonly<Record<string, unknown>>): Promise<Graph> {
  built ??= buildFunctions();
  await built;
  const directory = temporaryDirectory();
  try {
    const project = { name: "henkan", runtime: "nodejs", main: join(projectDirectory, "index.ts") };
    writeFileSync(join(directory.path, "Pulumi.yaml"), stringify(project));
    writeFileSync(
      join(directory.path, `Pulumi.${stage}.yaml`),
      stringify({ config: { ...config, ...settings } }),
    );
    return await runProgram({ projectDirectory: directory.path, stage });
  } finally {
    directory.remove();
  }
}

let graph: Promise<Graph> | undefined;

/** What the program declares for the stage above, its bundles built; made once for all tests. */
export function pipelineGraph(): Promise<Graph> {
  graph ??= graphWith({});
  return graph;
}

export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "henkan-test-"));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export async function startPipeline(
  dataDirectory: string,
  {
    graph,
    ...options
  }: Pick<CloudOptions, "faults" | "clock" | "onDenied" | "onLog"> & { graph?: Graph } = {},
): Promise<Pipeline> {
  const declared = graph ?? (await pipelineGraph());
  const reports: InvocationReport[] = [];
  const events: CompletionEvent[] = [];
  const cloud = await startCloud(declared, {
    projectDirectory,
    dataDirectory,
    ports: { api: 0, s3: 0, cdn: 0 },
    onReport: (report) => reports.push(report),
    ...options,
  });
  cloud.topics.onPublish(({ topicArn, message }) => {
    if (topicArn === declared.outputs.conversionsTopicArn) events.push(JSON.parse(message));
  });
  return { cloud, client: new UploadClient(cloud.urls.api), reports, events };
}

/** Uploads `body` through the API and its presigned URL, without waiting for the conversions. */
export async function upload(
  { client }: Pick<Pipeline, "client">,
  filename: string,
  contentType: string,
  body: Buffer,
): Promise<CreatedUpload> {
  const created = await client.create({ filename, contentType, size: body.length });
  const response = await put(created, body);
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`);
  return created;
}

/** The one request that sends a small file. */
export function putOf({ upload }: CreatedUpload): PutUpload {
  if (upload.method === "PUT") return upload;
  throw new Error("The file is to be sent in parts");
}

export function put(
  created: CreatedUpload,
  body: Buffer,
  change: { url?: string; headers?: Record<string, string> } = {},
) {
  const upload = putOf(created);
  return fetch(change.url ?? upload.url, {
    method: "PUT",
    headers: { ...upload.headers, ...change.headers },
    body: Uint8Array.from(body),
  });
}

export function finished({ client }: Pick<Pipeline, "client">, id: string): Promise<UploadStatus> {
  return client.finished(id, () => {});
}

const patienceMs = 40_000;

/** Polls until `condition` holds, and throws when it does not for a long time. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

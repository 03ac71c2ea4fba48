import { projectDirectory } from "@henkan/build/directories";
import { UploadClient } from "@henkan/client";
import { type Cloud, type CloudOptions, type Graph, startCloud } from "@henkan/local-cloud";
import type { InvocationReport } from "@henkan/local-cloud/testing";
import { pipelineGraph } from "./graphs.ts";

/** A completion event as subscribers of the conversions topic get it. */
export interface CompletionEvent {
  readonly uploadId: string;
  readonly variant: string;
  readonly state: string;
  readonly url?: string;
  readonly error?: { readonly code: string };
}

/** A local cloud on free ports, with the invocations and completion events it reported so far. */
export interface Pipeline {
  readonly cloud: Cloud;
  readonly client: UploadClient;
  readonly reports: InvocationReport[];
  readonly events: CompletionEvent[];
}

/** Starts `graph`, by default that of the tests' stage. The test closes the cloud. */
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

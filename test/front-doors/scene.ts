import type { CreatedUpload } from "@henkan/client";
import type { Graph } from "@henkan/local-cloud";
import type { MultipartUpload } from "../../contract/upload-api.ts";
import { graphWith } from "../support/graphs.ts";
import type { Pipeline } from "../support/pipeline.ts";
import { finished, putOf, upload } from "../support/uploads.ts";

/** A file that goes in parts: what its client knows. */
export interface LargeUpload {
  readonly id: string;
  /** In the bucket. */
  readonly key: string;
  readonly uploadId: string;
  readonly multipart: MultipartUpload;
}

/** What the attacker has seen: an upload that is finished, and some of their own that are announced. */
export interface Scene {
  readonly urls: Pipeline["cloud"]["urls"];
  readonly other: CreatedUpload;
  readonly otherKey: string;
  readonly own: CreatedUpload;
  /** Target of the own presigned request, `/bucket/key?query`. */
  readonly target: string;
  readonly bucket: string;
  readonly outputs: string;
  /** Announced and not sent, in two parts: the second one is as long as `lastPart`. */
  readonly ownLarge: LargeUpload;
  readonly otherLarge: LargeUpload;
}

/** The file that the own upload announces. */
export const body = "the own file";
/** What lies in another's finished upload; no format of an answer has to escape any of it. */
export const othersText = "what nobody else may read";
/** The second and last part of the large uploads. */
export const lastPart = "12345";

/** Where a page may be that uses the API. */
export const pageOrigin = "https://page.example";

export const targetOf = (url: string) => new URL(url).pathname + new URL(url).search;

let graph: Promise<Graph> | undefined;

/** The tests' stage, where 5 MiB are a large file and one page may use it; made once for all tests. */
export function frontDoorsGraph(): Promise<Graph> {
  graph ??= graphWith({ "henkan:multipartThresholdMiB": 5, "henkan:allowedOrigins": [pageOrigin] });
  return graph;
}

async function announceLarge({ client }: Pipeline, filename: string): Promise<LargeUpload> {
  const size = 8 * 2 ** 20 + lastPart.length;
  const { id, upload } = await client.create({ filename, contentType: "image/png", size });
  if (upload.method !== "multipart") throw new Error("The file is to be sent in one request");
  const uploadId = new URL(upload.abort.url).searchParams.get("uploadId") ?? "";
  return { id, key: `${id}/${filename}`, uploadId, multipart: upload };
}

export async function setScene(pipeline: Pipeline, { outputs }: Graph): Promise<Scene> {
  const { cloud, client } = pipeline;
  const other = await upload(pipeline, "a.png", "image/png", Buffer.from(othersText));
  await finished(pipeline, other.id);
  const own = await client.create({ filename: "own.png", contentType: "image/png", size: body.length });
  const target = targetOf(putOf(own).url);
  return {
    urls: cloud.urls,
    other,
    otherKey: `${other.id}/a.png`,
    own,
    target,
    bucket: target.split("/")[1] ?? "",
    outputs: String(outputs.outputsBucket),
    ownLarge: await announceLarge(pipeline, "own-large.png"),
    otherLarge: await announceLarge(pipeline, "other-large.png"),
  };
}

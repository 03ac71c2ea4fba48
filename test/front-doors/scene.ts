import type { CreatedUpload } from "@henkan/client";
import type { Graph } from "@henkan/local-cloud";
import type { MultipartUpload } from "../../contract/upload-api.ts";
import { graphWith } from "../support/graphs.ts";
import type { Pipeline } from "../support/pipeline.ts";
import { finished, putOf, upload } from "../support/uploads.ts";

/** A large file that is announced: the facts that its client knows. */
export interface LargeUpload {
  readonly id: string;
  /** The key in the bucket. */
  readonly key: string;
  readonly uploadId: string;
  readonly multipart: MultipartUpload;
}

/** The facts that an attacker knows: another client's uploads, and their own, which are announced but not sent. */
export interface Scene {
  readonly urls: Pipeline["cloud"]["urls"];
  readonly other: CreatedUpload;
  readonly otherKey: string;
  readonly own: CreatedUpload;
  /** The target of the attacker's presigned request, `/bucket/key?query`. */
  readonly target: string;
  readonly bucket: string;
  readonly outputs: string;
  /** Two parts; the second one has the length of `lastPart`. */
  readonly ownLarge: LargeUpload;
  readonly otherLarge: LargeUpload;
}

/** The contents of the attacker's file. */
export const body = "the own file";
/** The contents of the other client's file. No format of an answer escapes any character of it. */
export const othersText = "what no other client may read";
/** The contents of the second and last part of the large uploads. */
export const lastPart = "12345";

/** The origin whose pages may use the API. */
export const pageOrigin = "https://page.example";

export const targetOf = (url: string) => new URL(url).pathname + new URL(url).search;

let graph: Promise<Graph> | undefined;

/** Returns the graph of a stage where files from 5 MiB on are large and one origin may use the API. */
export function frontDoorsGraph(): Promise<Graph> {
  graph ??= graphWith({ "henkan:multipartThresholdMiB": 5, "henkan:allowedOrigins": [pageOrigin] });
  return graph;
}

async function announceLarge({ client }: Pipeline, filename: string): Promise<LargeUpload> {
  const size = 8 * 2 ** 20 + lastPart.length;
  const { id, upload } = await client.create({ filename, contentType: "image/png", size });
  if (upload.method !== "multipart") throw new Error("The file must be sent in one request");
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

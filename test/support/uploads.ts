import type { CreatedUpload, UploadStatus } from "@henkan/client";
import type { PutUpload } from "../../contract/upload-api.ts";
import type { Pipeline } from "./pipeline.ts";

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

/** Returns the one request that sends a small file. */
export function putOf({ upload }: CreatedUpload): PutUpload {
  if (upload.method === "PUT") return upload;
  throw new Error("The file is to be sent in parts");
}

/** Sends `body` with the presigned request of an upload; `change` replaces its URL or some of its headers. */
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

/** Waits for the end of an upload's conversions. */
export function finished({ client }: Pick<Pipeline, "client">, id: string): Promise<UploadStatus> {
  return client.finished(id, () => {});
}

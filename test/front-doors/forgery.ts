import { putOf } from "../support/uploads.ts";
import { requestText } from "./raw-request.ts";
import { body, type Scene } from "./scene.ts";

/** A public endpoint of the pipeline. */
export type Door = "api" | "s3" | "cdn" | "sns";
/** A request that an endpoint must refuse. */
export type Row = readonly [
  name: string,
  door: Door,
  /** The HTTP status of the refusal. */
  status: number,
  request: (scene: Scene) => string,
];

const json = { "content-type": "application/json" };

export function postText(content: string, headers: Readonly<Record<string, string>> = json): string {
  const length = String(Buffer.byteLength(content));
  return requestText("POST /uploads HTTP/1.1", { ...headers, "content-length": length }, content);
}

export function announce(fields: object): string {
  return postText(JSON.stringify({ filename: "a.png", contentType: "image/png", size: 1, ...fields }));
}

/** Returns the attacker's presigned PUT with some changes. */
export function putText(
  { own, urls, target }: Scene,
  change: {
    target?: string;
    headers?: Readonly<Record<string, string>>;
    body?: string;
    method?: string;
  } = {},
): string {
  const content = change.body ?? body;
  const headers = {
    host: new URL(urls.s3).host,
    ...putOf(own).headers,
    "content-length": String(content.length),
    ...change.headers,
  };
  return requestText(`${change.method ?? "PUT"} ${change.target ?? target} HTTP/1.1`, headers, content);
}

export function withQuery(target: string, name: string, value: string): string {
  const [path, query] = target.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set(name, value);
  return `${path}?${parameters}`;
}

export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  return requestText(`GET ${path} HTTP/1.1`, headers);
}

export const long = (bytes: number) => "x".repeat(bytes);

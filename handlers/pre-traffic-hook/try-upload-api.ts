import * as v from "valibot";
import { outputPath, uploadIdPattern } from "../../contract/keys.ts";
import { type MediaType, png } from "../../contract/media-types.ts";
import type { ReadyReceipt } from "../../contract/receipt.ts";
import { accepts, type ResolvedVariant } from "../upload-api/resolved-variants.ts";
import { type GoldenSamples, goldenSample } from "./golden-samples.ts";
import type { InvokeVersion } from "./invoke-version.ts";
import type { TrialStorage, TrialUpload } from "./trial-storage.ts";

/** A trial of the upload API's new version. */
export interface UploadApiTrial {
  readonly variants: readonly ResolvedVariant[];
  readonly uploadsBucket: string;
  readonly samples: GoldenSamples;
  readonly storage: TrialStorage;
  readonly invoke: InvokeVersion;
}

const response = v.object({ statusCode: v.number(), body: v.pipe(v.string(), v.parseJson()) });

/**
 * Lets the new version presign an upload, and report the status of another upload that has one ready variant.
 *
 * @returns the reasons against the version, one sentence each
 */
export async function tryUploadApi(trial: UploadApiTrial): Promise<string[]> {
  const type = firstAcceptedType(trial.variants);
  const accepting = trial.variants.filter((variant) => accepts(variant, type.contentType));
  return [
    ...(await createFailures(trial, type, accepting)),
    ...(await statusFailures(trial, type, accepting)),
  ];
}

/** Returns a type that at least one variant accepts. */
function firstAcceptedType(variants: readonly ResolvedVariant[]): MediaType {
  const [first] = variants.flatMap(({ converter }) => (converter.accepts === "any" ? [] : converter.accepts));
  return first ?? png;
}

async function createFailures(
  { invoke, samples, uploadsBucket }: UploadApiTrial,
  { contentType, extension }: MediaType,
  accepting: readonly ResolvedVariant[],
): Promise<string[]> {
  const request = {
    filename: `golden${extension}`,
    contentType,
    size: goldenSample(samples, contentType).length,
  };
  const answer = await invoke(apiEvent("POST /uploads", "/uploads", { body: JSON.stringify(request) }));
  const expected = v.object({
    statusCode: v.literal(201),
    body: v.object({
      id: v.pipe(v.string(), v.regex(uploadIdPattern)),
      upload: v.object({
        method: v.literal("PUT"),
        url: v.pipe(v.string(), v.url(), v.includes(uploadsBucket), v.includes("X-Amz-Signature=")),
      }),
      variants: variantsNamed(accepting, {}),
    }),
  });
  return answerFailures("POST /uploads", expected, answer);
}

async function statusFailures(
  { invoke, samples, storage }: UploadApiTrial,
  type: MediaType,
  accepting: readonly ResolvedVariant[],
): Promise<string[]> {
  const { contentType, extension } = type;
  const body = goldenSample(samples, contentType);
  const upload = await storage.putUpload(`golden${extension}`, contentType, body);
  const [ready, ...pending] = accepting;
  if (ready) await storage.putReceipt(readyReceipt(upload, ready, type));
  const id = upload.uploadId;
  const answer = await invoke(apiEvent("GET /uploads/{id}", `/uploads/${id}`, { pathParameters: { id } }));
  const expected = v.object({
    statusCode: v.literal(200),
    body: v.object({
      id: v.literal(id),
      state: v.literal(pending.length > 0 ? "converting" : "complete"),
      variants: variantsNamed(accepting, ready ? { [ready.name]: "ready" } : {}, "pending"),
    }),
  });
  return answerFailures("GET /uploads/{id}", expected, answer);
}

/** Returns the schema of exactly these variants in any order, with their states where a state is expected. */
function variantsNamed(
  variants: readonly ResolvedVariant[],
  states: Readonly<Record<string, string>>,
  otherState?: string,
) {
  const signature = (named: readonly { name: string; state?: string | undefined }[]) =>
    named
      .map(({ name, state }) => `${name} ${state ?? ""}`.trim())
      .sort()
      .join(", ");
  const expected = signature(variants.map(({ name }) => ({ name, state: states[name] ?? otherState })));
  const list = v.array(v.object({ name: v.string(), state: v.optional(v.string()) }));
  return v.pipe(
    list,
    v.check(
      (found) => signature(found) === expected,
      ({ input }) => `Expected ${expected} but received ${signature(input)}`,
    ),
  );
}

function answerFailures(route: string, expected: v.GenericSchema, answer: unknown): string[] {
  const parsed = v.safeParse(response, answer);
  if (!parsed.success) return [`${route}: expected an answer in JSON, found ${JSON.stringify(answer)}`];
  const { issues = [] } = v.safeParse(expected, parsed.output);
  return issues.map((issue) => `${route}: ${v.getDotPath(issue)}: ${issue.message}`);
}

function readyReceipt(
  upload: TrialUpload,
  { name: variant, converter, options }: ResolvedVariant,
  source: MediaType,
): ReadyReceipt {
  const { uploadId, etag, bytes } = upload;
  const type = converter.outputType(source, options);
  return {
    uploadId,
    variant,
    converter: "pre-traffic-hook",
    source: { etag, bytes },
    settings: "",
    at: new Date().toISOString(),
    state: "ready",
    path: outputPath(upload, variant, type),
    contentType: type.contentType,
    bytes,
  };
}

/** Returns the event of a request to the HTTP API, payload format 2.0. */
function apiEvent(routeKey: string, rawPath: string, fields: object) {
  const [method] = routeKey.split(" ");
  return {
    version: "2.0",
    routeKey,
    rawPath,
    rawQueryString: "",
    headers: { "content-type": "application/json" },
    requestContext: { requestId: "pre-traffic-hook", http: { method, path: rawPath } },
    isBase64Encoded: false,
    ...fields,
  };
}

import { findConverter } from "../../../converters/registry.ts";
import { partBytes } from "../../../handlers/convert/stream-upload.ts";
import { looksUntil } from "./looks.ts";
import { prices } from "./prices.ts";
import type { ConverterWork, Workload } from "./workload.ts";

/** US dollars, by service. */
export interface Estimate {
  readonly lambda: number;
  readonly s3: number;
  readonly sns: number;
  readonly sqs: number;
  readonly total: number;
}

/** CPU of a function that Lambda gives one core, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html. */
const memoryOfOneCore = 1_769;
/**
 * Beside converting, assumed: of waiting for S3 and SNS, and for a message that asks nothing of the converter, which is
 * parsed and no more.
 */
const waitMilliseconds = { converting: 200, skipping: 5 };
/** To send, receive and delete a message; Lambda takes several at a time, which is cheaper. */
const requestsPerMessage = 3;
/** An output and its receipt. */
const putsPerVariant = 2;
/** From an event to the receipts of its upload, in milliseconds. Assumed: behind a backlog it takes longer. */
const finishedAfterMs = 10_000;

/** What publishing the events of `uploads` uploads would cost on AWS, with what follows of it. */
export function estimate(uploads: number, workload: Workload): Estimate {
  const sum = (figure: (work: ConverterWork) => number) =>
    workload.reduce((total, work) => total + figure(work), 0);
  const variants = sum((work) => work.variants);
  const messages = sum((work) => work.messages);
  const lambda = sum(gigabyteSeconds) * prices.lambda.gigabyteSecond + messages * prices.lambda.request;
  const gets = sum((work) => work.uploads + work.receipts) + variants * looksUntil(finishedAfterMs);
  const puts = sum((work) => work.variants * putsPerVariant + partRequests(work));
  const s3 = gets * prices.s3.get + puts * prices.s3.putOrList;
  const sns = (uploads + variants) * prices.sns.publish;
  const sqs = messages * requestsPerMessage * prices.sqs.request;
  return { lambda, s3, sns, sqs, total: lambda + s3 + sns + sqs };
}

/** What looking at uploads and receipts has cost. */
export function costOfRequests({ list, get }: { readonly list: number; readonly get: number }): number {
  return list * prices.s3.putOrList + get * prices.s3.get;
}

function gigabyteSeconds({ converter, messages, uploads, cpuMilliseconds }: ConverterWork): number {
  const memoryMb = findConverter(converter)?.memoryMb ?? memoryOfOneCore;
  const slowdown = Math.max(1, memoryOfOneCore / memoryMb);
  const waiting = uploads * waitMilliseconds.converting + (messages - uploads) * waitMilliseconds.skipping;
  return (((cpuMilliseconds * slowdown + waiting) / 1_000) * memoryMb) / 1_024;
}

/** An archive is about as large as its upload; what does not fit into one part is begun and completed as well. */
function partRequests({ converter, bytes, uploads }: ConverterWork): number {
  if (findConverter(converter)?.needsSharp) return 0;
  const parts = bytes / partBytes;
  return parts > uploads ? Math.ceil(parts) + uploads : 0;
}

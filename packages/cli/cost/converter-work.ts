import { partBytes } from "../../../handlers/convert/stream-upload.ts";
import { billedSeconds, type FunctionTime } from "./billed-time.ts";
import type { Usage } from "./usage.ts";

/** SNS sends a message, Lambda receives and deletes it. Lambda takes several at once, which is cheaper. */
const requestsPerMessage = 3;
/** An output and its receipt. */
const putsPerVariant = 2;

/** The work of the function of one converter. */
export interface ConverterWork extends FunctionTime {
  /** Messages that arrive in its queue, each an invocation of its own. */
  readonly messages: number;
  /** Uploads that it reads. */
  readonly uploads: number;
  /** Receipts that it reads. */
  readonly receipts: number;
  /** Variants that it makes. Each is an output, a receipt and a completion event. */
  readonly variants: number;
  /** The requests of outputs in parts, as `partRequests` returns them. */
  readonly partRequests: number;
}

/** Returns the requests that a function makes to other services. */
export function requestsOf({
  uploads,
  receipts,
  variants,
  partRequests,
}: Omit<ConverterWork, keyof FunctionTime>) {
  return {
    s3Gets: uploads + receipts,
    s3Puts: variants * putsPerVariant + partRequests,
    snsPublishes: variants,
  };
}

/** Returns what AWS charges for the work of a converter whose function has `memoryMb` of memory. */
export function usageOf(work: ConverterWork, memoryMb: number): Usage {
  return {
    ...requestsOf(work),
    gigabyteSeconds: (billedSeconds(work, memoryMb) * memoryMb) / 1_024,
    invocations: work.messages,
    sqsRequests: work.messages * requestsPerMessage,
  };
}

/**
 * Returns the requests that outputs in parts need in addition to one PUT each: a request for each part, one to begin and
 * one to complete, in place of the PUT. Outputs that fit into one part on average need none.
 *
 * @param bytes the sum of the outputs' sizes
 */
export function partRequests(outputs: number, bytes: number): number {
  const parts = bytes / partBytes;
  return parts > outputs ? Math.ceil(parts) + outputs : 0;
}

import { prices } from "./prices.ts";

/** The quantities that AWS charges for, in the units of its price lists. */
export interface Usage {
  /** Billed time of functions times their memory, in GB of 2^30 bytes times seconds. */
  readonly gigabyteSeconds: number;
  /** Invocations of functions. */
  readonly invocations: number;
  /** GET and HEAD requests to S3. */
  readonly s3Gets: number;
  /** PUT, COPY, POST and LIST requests to S3. */
  readonly s3Puts: number;
  /** Messages published to SNS. */
  readonly snsPublishes: number;
  /** Requests to SQS: to send, to receive and to delete. */
  readonly sqsRequests: number;
}

/** US dollars for each service, and their sum. */
export interface Cost {
  readonly lambda: number;
  readonly s3: number;
  readonly sns: number;
  readonly sqs: number;
  readonly total: number;
}

/** Adds up usages. What a usage does not name counts as 0. */
export function sumOfUsages(usages: readonly Partial<Usage>[]): Usage {
  const sum = (of: keyof Usage) => usages.reduce((total, usage) => total + (usage[of] ?? 0), 0);
  return {
    gigabyteSeconds: sum("gigabyteSeconds"),
    invocations: sum("invocations"),
    s3Gets: sum("s3Gets"),
    s3Puts: sum("s3Puts"),
    snsPublishes: sum("snsPublishes"),
    sqsRequests: sum("sqsRequests"),
  };
}

/**
 * Returns what a usage costs by `prices`. What the usage does not name counts as 0.
 *
 * @example
 * costOf({ s3Gets: 1_000_000, s3Puts: 1_000 }).total; // 0.405 USD
 */
export function costOf(usage: Partial<Usage>): Cost {
  const { gigabyteSeconds, invocations, s3Gets, s3Puts, snsPublishes, sqsRequests } = sumOfUsages([usage]);
  const lambda = gigabyteSeconds * prices.lambda.gigabyteSecond + invocations * prices.lambda.request;
  const s3 = s3Gets * prices.s3.get + s3Puts * prices.s3.putOrList;
  const sns = snsPublishes * prices.sns.publish;
  const sqs = sqsRequests * prices.sqs.request;
  return { lambda, s3, sns, sqs, total: lambda + s3 + sns + sqs };
}

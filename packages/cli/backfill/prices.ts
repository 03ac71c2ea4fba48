/** AWS's list prices in US dollars, without free tiers and volume discounts, as of `date`. Other regions' differ. */
export const prices = {
  region: "us-east-1",
  date: "2026-11-23",
  /** https://aws.amazon.com/lambda/pricing/, arm64. */
  lambda: { gigabyteSecond: 0.0000133334, request: 0.2e-6 },
  /** https://aws.amazon.com/s3/pricing/, S3 Standard: PUT, COPY, POST and LIST, then GET. */
  s3: { putOrList: 5e-6, get: 0.4e-6 },
  /** https://aws.amazon.com/sns/pricing/, standard topics; deliveries to SQS are free. */
  sns: { publish: 0.5e-6 },
  /** https://aws.amazon.com/sqs/pricing/, standard queues. */
  sqs: { request: 0.4e-6 },
} as const;

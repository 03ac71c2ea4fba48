/**
 * AWS's list prices in US dollars on `date` in `region`, without free tiers and volume discounts. Other regions have
 * other prices.
 */
export const prices = {
  region: "us-east-1",
  date: "2026-11-23",
  /** Lambda on arm64, https://aws.amazon.com/lambda/pricing/: per GB-second (GB of 2^30 bytes) and per invocation. */
  lambda: { gigabyteSecond: 0.0000133334, request: 0.2e-6 },
  /** S3 Standard, https://aws.amazon.com/s3/pricing/: per PUT, COPY, POST or LIST request, and per GET request. */
  s3: { putOrList: 5e-6, get: 0.4e-6 },
  /** SNS standard topics, https://aws.amazon.com/sns/pricing/: per published message. Deliveries to SQS are free. */
  sns: { publish: 0.5e-6 },
  /** SQS standard queues, https://aws.amazon.com/sqs/pricing/: per request. */
  sqs: { request: 0.4e-6 },
} as const;

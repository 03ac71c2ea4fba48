/** Codes of the Query protocol, which SQS still sends beside the shapes of the JSON protocol where they differ. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** Codes that are no shapes of SQS's model but common to AWS's services. */
const commonCodes = new Set([
  "AccessDeniedException",
  "InvalidClientTokenId",
  "InvalidParameterValue",
  "MissingParameter",
  "RequestEntityTooLarge",
  "SignatureDoesNotMatch",
  "SignatureException",
  "UnknownOperationException",
]);

/** A refusal with the code SQS answers with. */
export class SqsError extends Error {
  override readonly name = "SqsError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** `__type` of the JSON document. */
  get type(): string {
    return `${commonCodes.has(this.code) ? "com.amazon.coral.service" : "com.amazonaws.sqs"}#${this.code}`;
  }

  /** The header `x-amzn-query-error`, https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html. */
  get queryError(): string {
    return `${queryCodes[this.code] ?? this.code};${this.status < 500 ? "Sender" : "Receiver"}`;
  }
}

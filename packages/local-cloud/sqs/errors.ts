/** The codes of the Query protocol that differ from those of the JSON protocol. SQS sends both. */
const queryCodes: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** Codes that all services of AWS share; the model of SQS does not define them. */
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

/** A refusal with the code and the HTTP status of SQS. */
export class SqsError extends Error {
  override readonly name = "SqsError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** The value of `__type` in the JSON document. */
  get type(): string {
    return `${commonCodes.has(this.code) ? "com.amazon.coral.service" : "com.amazonaws.sqs"}#${this.code}`;
  }

  /**
   * The value of the header `x-amzn-query-error`,
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html.
   */
  get queryError(): string {
    return `${queryCodes[this.code] ?? this.code};${this.status < 500 ? "Sender" : "Receiver"}`;
  }
}

import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** The object to create, with the headers that S3 stores for it. */
export interface NewObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly CacheControl: string;
}

/** The number of parts sent at once, while the next one fills. More are not needed: a converter is slower than S3. */
const maxPartsInFlight = 2;

/** Writes one object by a multipart upload, which begins in S3 with the first part. */
export class MultipartWriter {
  readonly #s3: S3Client;
  readonly #target: NewObject;
  #uploadId: string | undefined;
  #sent = 0;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #completed: CompletedPart[] = [];

  constructor(s3: S3Client, target: NewObject) {
    this.#s3 = s3;
    this.#target = target;
  }

  /** True when the upload has begun in S3, so that it must be completed or aborted. */
  get begun(): boolean {
    return this.#uploadId !== undefined;
  }

  /**
   * Sends a part. Resolves when there is room for another one, which may be before this part has arrived.
   *
   * @param arrived called when the part has arrived, so that `Body` can be used again
   * @throws when this part or an earlier one failed
   */
  async send(Body: Buffer, arrived: () => void): Promise<void> {
    this.#uploadId ??= await this.#create();
    this.#sent += 1;
    const sending = this.#sendPart(Body, this.#sent).then(() => {
      this.#inFlight.delete(sending);
      arrived();
    });
    // The next call that waits rejects with this error. Until then it must not count as unhandled.
    sending.catch(() => {});
    this.#inFlight.add(sending);
    if (this.#inFlight.size >= maxPartsInFlight) await Promise.race(this.#inFlight);
  }

  /** Waits for all parts and completes the object. */
  async complete(): Promise<void> {
    await Promise.all(this.#inFlight);
    const Parts = this.#completed.toSorted((a, b) => Number(a.PartNumber) - Number(b.PartNumber));
    await this.#s3.send(
      new CompleteMultipartUploadCommand({ ...this.#address(), MultipartUpload: { Parts } }),
    );
  }

  /** Aborts the upload once no part is on its way: S3 would keep a part that arrives after the abort. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
    await this.#s3.send(new AbortMultipartUploadCommand(this.#address()));
  }

  async #create(): Promise<string> {
    const command = new CreateMultipartUploadCommand({ ...this.#target, ChecksumAlgorithm: "CRC32" });
    const { UploadId } = await this.#s3.send(command);
    if (UploadId === undefined) throw new Error(`S3 returned no upload id for ${this.#target.Key}`);
    return UploadId;
  }

  async #sendPart(Body: Buffer, PartNumber: number): Promise<void> {
    const part = { ...this.#address(), PartNumber, Body, ChecksumAlgorithm: "CRC32" } as const;
    const { ETag, ChecksumCRC32 } = await this.#s3.send(new UploadPartCommand(part));
    this.#completed.push({ PartNumber, ETag, ChecksumCRC32 });
  }

  #address() {
    const { Bucket, Key } = this.#target;
    return { Bucket, Key, UploadId: this.#uploadId };
  }
}

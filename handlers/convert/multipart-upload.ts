import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** An object to be, and what S3 is to say of it. */
export interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly CacheControl: string;
}

/** Parts that leave while the next one fills: a converter is slower than S3. */
const maxPartsInFlight = 2;

/** One multipart upload, begun in S3 with its first part. */
export class MultipartUpload {
  readonly #s3: S3Client;
  readonly #target: Target;
  #uploadId: string | undefined;
  #sent = 0;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #completed: CompletedPart[] = [];

  constructor(s3: S3Client, target: Target) {
    this.#s3 = s3;
    this.#target = target;
  }

  get begun(): boolean {
    return this.#uploadId !== undefined;
  }

  /**
   * Resolves when there is room for another part, which can be before this one has arrived: `arrived` is called then.
   * A part that fails rejects the next call.
   */
  async send(Body: Buffer, arrived: () => void): Promise<void> {
    this.#uploadId ??= await this.#create();
    this.#sent += 1;
    const sending = this.#sendPart(Body, this.#sent).then(() => {
      this.#inFlight.delete(sending);
      arrived();
    });
    // Whoever waits next is told; until then it must not count as unhandled.
    sending.catch(() => {});
    this.#inFlight.add(sending);
    if (this.#inFlight.size >= maxPartsInFlight) await Promise.race(this.#inFlight);
  }

  async complete(): Promise<void> {
    await Promise.all(this.#inFlight);
    const Parts = this.#completed.toSorted((a, b) => Number(a.PartNumber) - Number(b.PartNumber));
    await this.#s3.send(
      new CompleteMultipartUploadCommand({ ...this.#address(), MultipartUpload: { Parts } }),
    );
  }

  /** Leaves no part behind: one that was still under way could arrive after the upload is gone, and be kept. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
    await this.#s3.send(new AbortMultipartUploadCommand(this.#address()));
  }

  async #create(): Promise<string> {
    const command = new CreateMultipartUploadCommand({ ...this.#target, ChecksumAlgorithm: "CRC32" });
    const { UploadId } = await this.#s3.send(command);
    if (UploadId === undefined) throw new Error(`S3 began no upload of ${this.#target.Key}`);
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

import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { parseUploadKey, receiptsPrefix, uploadIdStart } from "../../../contract/keys.ts";
import { explained } from "../aws-refusals.ts";
import { uploadIdPrefix } from "./since.ts";

/** An object in the listing of the uploads bucket. */
export interface StoredUpload {
  readonly uploadId: string;
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
}

/** An upload and the names of the variants that have receipts. */
export interface UploadWithReceipts {
  readonly upload: StoredUpload;
  readonly receipts: ReadonlySet<string>;
}

export interface Buckets {
  readonly uploadsBucket: string;
  readonly outputsBucket: string;
}

export interface ListingOptions {
  /** Only uploads since then. @default all uploads */
  readonly since: Date | undefined;
  readonly signal: AbortSignal;
  /** Called for every page, which costs one request. */
  readonly onRequest: () => void;
}

/**
 * Yields every upload with its receipts, oldest first.
 *
 * Both buckets list their objects in the order of upload ids, so two parallel listings show which receipts exist. This
 * costs one request for a thousand receipts instead of one request for each upload. Memory holds one page of each.
 */
export async function* uploadsWithReceipts(
  s3: S3Client,
  { uploadsBucket, outputsBucket }: Buckets,
  options: ListingOptions,
): AsyncGenerator<UploadWithReceipts> {
  const receiptsOf = receiptReader(receiptGroups(s3, outputsBucket, options));
  for await (const upload of storedUploads(s3, uploadsBucket, options)) {
    yield { upload, receipts: await receiptsOf(upload.uploadId) };
  }
}

/** Leaves out keys with the id of a trial and keys without an id, which start no conversion. */
async function* storedUploads(
  s3: S3Client,
  bucket: string,
  options: ListingOptions,
): AsyncGenerator<StoredUpload> {
  for await (const { Key = "", ETag = "", Size = 0 } of listing(s3, bucket, "", options)) {
    const upload = parseUploadKey(Key);
    if (upload) {
      yield { uploadId: upload.uploadId, key: Key, etag: ETag.replaceAll('"', ""), bytes: Size };
    }
  }
}

interface ReceiptGroup {
  readonly uploadId: string;
  readonly variants: Set<string>;
}

const receiptKeyPattern = new RegExp(`^${receiptsPrefix}/([^/]+)/([^/]+)\\.json$`);

async function* receiptGroups(
  s3: S3Client,
  bucket: string,
  options: ListingOptions,
): AsyncGenerator<ReceiptGroup> {
  let group: ReceiptGroup | undefined;
  for await (const { Key = "" } of listing(s3, bucket, `${receiptsPrefix}/`, options)) {
    const [, uploadId, variant] = receiptKeyPattern.exec(Key) ?? [];
    if (uploadId === undefined || variant === undefined) continue;
    if (group && group.uploadId !== uploadId) {
      yield group;
      group = undefined;
    }
    group ??= { uploadId, variants: new Set() };
    group.variants.add(variant);
  }
  if (group) yield group;
}

/** Returns a function that reads on to the group of an id. Call it with ids in ascending order. */
function receiptReader(groups: AsyncGenerator<ReceiptGroup>) {
  const none: ReadonlySet<string> = new Set();
  let group: ReceiptGroup | undefined;
  let ended = false;
  return async (uploadId: string): Promise<ReadonlySet<string>> => {
    while (!ended && (group === undefined || group.uploadId < uploadId)) {
      const next = await groups.next();
      ended = next.done === true;
      group = next.done ? undefined : next.value;
    }
    return group?.uploadId === uploadId ? group.variants : none;
  };
}

/** Yields the objects below `folder` that are not of a trial and not older than `since`, one page at a time. */
async function* listing(
  client: S3Client,
  Bucket: string,
  folder: string,
  { since, signal, onRequest }: ListingOptions,
) {
  const Prefix = `${folder}${uploadIdStart}`;
  const StartAfter = since && `${folder}${uploadIdPrefix(since)}`;
  const pages = paginateListObjectsV2({ client }, { Bucket, Prefix, StartAfter }, { abortSignal: signal });
  for (;;) {
    const page = await explained(`s3:ListBucket on ${Bucket}`, () => pages.next());
    if (page.done) return;
    onRequest();
    yield* page.value.Contents ?? [];
  }
}

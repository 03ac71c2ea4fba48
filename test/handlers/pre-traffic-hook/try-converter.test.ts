import type { SQSEvent } from "aws-lambda";
import { expect } from "chai";
import sharp from "sharp";
import type { ReadyReceipt } from "../../../contract/receipt.ts";
import { registry } from "../../../converters/registry.ts";
import { requestedUploads } from "../../../handlers/convert/requested-uploads.ts";
import { TrialError } from "../../../handlers/pre-traffic-hook/invoke-version.ts";
import { tryConverter } from "../../../handlers/pre-traffic-hook/try-converter.ts";
import { rejection } from "../support/rejection.ts";
import { memoryStorage, samples, variant } from "./trial.ts";

const jpg = variant("jpg", "png-to-jpg", { quality: 80 });

describe("tryConverter", () => {
  let picture: Buffer;

  before(async () => {
    picture = await jpeg(640, 480);
  });

  function jpeg(width: number, height: number): Promise<Buffer> {
    return sharp({ create: { width, height, channels: 3, background: "#fff" } })
      .jpeg()
      .toBuffer();
  }

  interface Behaviour {
    readonly body?: Buffer;
    readonly contentType?: string;
    readonly receipt?: Partial<ReadyReceipt>;
    readonly response?: unknown;
    readonly leaves?: "nothing" | "no output" | "a failure";
  }

  /** Tries a version of png-to-jpg that works, except for the changes of the test. */
  async function failuresWith({ body = picture, ...behaviour }: Behaviour = {}) {
    const memory = memoryStorage();
    let event: SQSEvent | undefined;
    const invoke = async (given: unknown) => {
      event = given as SQSEvent;
      const [upload] = memory.uploads;
      if (!upload || behaviour.leaves === "nothing") return { batchItemFailures: [] };
      const { uploadId } = upload;
      const path = `${uploadId}/jpg/golden.jpg`;
      const common = {
        uploadId,
        variant: "jpg",
        converter: "png-to-jpg",
        source: { etag: "e1", bytes: 6 },
        settings: "",
        at: new Date(0).toISOString(),
      };
      const contentType = "image/jpeg";
      const ready = { path, contentType, bytes: body.length, width: 640, height: 480, ...behaviour.receipt };
      await memory.storage.putReceipt(
        behaviour.leaves === "a failure"
          ? { ...common, state: "failed", error: { code: "corrupt-input", message: "broken" } }
          : { ...common, state: "ready", ...ready },
      );
      if (behaviour.leaves !== "no output") {
        memory.outputs.set(path, { contentType: behaviour.contentType ?? contentType, body });
      }
      const failures = behaviour.response === "failure" ? [{ itemIdentifier: uploadId }] : [];
      return behaviour.response === "odd" ? { ok: true } : { batchItemFailures: failures };
    };
    const failures = await tryConverter({
      definition: registry["png-to-jpg"],
      variants: [jpg],
      samples,
      storage: memory.storage,
      invoke,
      region: "eu-central-1",
    });
    return { failures, event, uploads: memory.uploads };
  }

  it("accepts a working version, which it invokes with a message like that of its queue", async () => {
    const { failures, event, uploads } = await failuresWith();
    expect(failures).to.deep.equal([]);
    expect(event?.Records.map(({ body }) => requestedUploads(body))).to.deep.equal(
      uploads.map(({ bucket, key, etag, bytes }) => [{ bucket, key, etag, bytes }]),
    );
    expect(event?.Records[0]).to.include({ eventSource: "aws:sqs", awsRegion: "eu-central-1" });
  });

  const faults: [what: string, behaviour: () => Behaviour | Promise<Behaviour>, failure: string][] = [
    [
      "sends the message back",
      () => ({ response: "failure" }),
      "the message about image/png was sent back to the queue",
    ],
    [
      "returns something else",
      () => ({ response: "odd" }),
      'expected the version to return batchItemFailures, found {"ok":true}',
    ],
    ["writes no receipt", () => ({ leaves: "nothing" }), "jpg of image/png: no receipt was written"],
    [
      "calls the sample broken",
      () => ({ leaves: "a failure" }),
      "jpg of image/png: failed with corrupt-input: broken",
    ],
    [
      "writes no output",
      () => ({ leaves: "no output" }),
      "jpg of image/png: no output was written at ffffffff-0000-4000-8000-000000000000/jpg/golden.jpg",
    ],
    [
      "makes another type",
      async () => ({ body: await sharp(picture).png().toBuffer() }),
      "jpg of image/png: type of the bytes: expected image/jpeg, found image/png",
    ],
    [
      "makes another size",
      async () => ({ body: await jpeg(480, 640) }),
      "jpg of image/png: size: expected 640×480, found 480×640",
    ],
    [
      "stores another content type",
      () => ({ contentType: "image/png" }),
      "jpg of image/png: content type: expected image/jpeg, found image/png",
    ],
    [
      "notes another path",
      () => ({ receipt: { path: "elsewhere" } }),
      "jpg of image/png: path: expected ffffffff-0000-4000-8000-000000000000/jpg/golden.jpg, found elsewhere",
    ],
    [
      "notes another content type",
      () => ({ receipt: { contentType: "image/gif" } }),
      "jpg of image/png: content type in the receipt: expected image/jpeg, found image/gif",
    ],
    [
      "notes another size",
      () => ({ receipt: { width: 1 } }),
      "jpg of image/png: size in the receipt: expected 640×480, found 1×480",
    ],
    [
      "notes other bytes",
      () => ({ receipt: { bytes: 1 } }),
      "jpg of image/png: bytes in the receipt: expected ",
    ],
  ];
  for (const [what, behaviour, failure] of faults) {
    it(`refuses a version that ${what}`, async () => {
      const { failures } = await failuresWith(await behaviour());
      expect(
        failures.some((found) => found.startsWith(failure)),
        failures.join("\n"),
      ).to.equal(true);
    });
  }

  it("tries one sample of each accepted type", async () => {
    const { storage, uploads } = memoryStorage();
    const trial = { samples, storage, region: "eu-central-1", variants: [] };
    const invoke = async () => ({ batchItemFailures: [] });
    await tryConverter({ ...trial, invoke, definition: registry.zip });
    expect(uploads.map(({ filename }) => filename)).to.deep.equal(["golden.png"]);
    const missing = await rejection(tryConverter({ ...trial, invoke, definition: registry.resize }));
    expect(missing.message).to.match(/^There is no golden sample of image\/webp, only of /);
  });

  it("fails with the error of the version", async () => {
    const { storage } = memoryStorage();
    const invoke = async () => {
      throw new TrialError("version 7 failed: Runtime.ImportModuleError: no sharp");
    };
    const trial = { samples, storage, region: "eu-central-1", variants: [], definition: registry.zip };
    expect((await rejection(tryConverter({ ...trial, invoke }))).message).to.include("no sharp");
  });
});

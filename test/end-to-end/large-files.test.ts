import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import type { CreatedUpload } from "@henkan/client";
import { expect } from "chai";
import sharp from "sharp";
import type { MultipartUpload } from "../../contract/upload-api.ts";
import { errorOf } from "../packages/local-cloud/s3/endpoint.ts";
import { graphWith } from "../support/graphs.ts";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { finished } from "../support/uploads.ts";
import { unzip } from "../unzip.ts";
import { peakMegabytesOfFunction } from "./function-memory.ts";

const mib = 1024 ** 2;
const contentType = "application/octet-stream";
const content = randomBytes(12 * mib);

describe("large files, end to end", () => {
  const data = temporaryDirectory();
  const page = "https://www.example.com";
  const denied: unknown[] = [];
  let pipeline: Pipeline;

  afterEach("nothing was denied", () => {
    expect(denied).to.deep.equal([]);
  });
  before(async () => {
    const graph = await graphWith({
      "henkan:multipartThresholdMiB": 5,
      "henkan:maxUploadMiB": 500,
      "henkan:allowedOrigins": [page],
    });
    pipeline = await startPipeline(data.path, { graph, onDenied: (denial) => denied.push(denial) });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  async function create(size: number, filename = "large.bin"): Promise<[CreatedUpload, MultipartUpload]> {
    const created = await pipeline.client.create({ filename, contentType, size });
    if (created.upload.method === "multipart") return [created, created.upload];
    return expect.fail("the file is to be sent in one request");
  }

  const putPart = ({ parts, partSize }: MultipartUpload, index: number, body?: Buffer) => {
    const bytes = body ?? content.subarray(index * partSize, (index + 1) * partSize);
    return fetch(parts[index]?.url ?? "", { method: "PUT", body: Uint8Array.from(bytes) });
  };

  async function putParts(upload: MultipartUpload): Promise<string[]> {
    const responses = await Promise.all(upload.parts.map((_, index) => putPart(upload, index)));
    return responses.map(({ headers }) => headers.get("etag") ?? "");
  }

  function complete(
    { complete: { url, headers } }: MultipartUpload,
    etags: [number, string][],
    more = headers,
  ) {
    const parts = etags.map(
      ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    return fetch(url, { method: "POST", headers: more, body });
  }

  it("are converted when they are complete, and unknown to the API before", async () => {
    const [{ id }, upload] = await create(content.length);
    const [first = "", second = ""] = await putParts(upload);
    const before = await fetch(`${pipeline.cloud.urls.api}/uploads/${id}`);
    expect(before.status).to.equal(404);
    expect(
      (
        await complete(upload, [
          [1, first],
          [2, second],
        ])
      ).status,
    ).to.equal(200);
    const { state, variants } = await finished(pipeline, id);
    expect([state, variants.map(({ name }) => name)]).to.deep.equal(["complete", ["archive"]]);
    const archive = Buffer.from(await (await fetch(variants[0]?.url ?? "")).arrayBuffer());
    const [{ entry, contents } = {}] = await unzip(archive);
    expect(entry?.fileName).to.equal("large.bin");
    expect(contents?.equals(content)).to.equal(true);
    expect(
      await errorOf(
        await complete(upload, [
          [1, first],
          [2, second],
        ]),
      ),
    ).to.include({
      status: 412,
      code: "PreconditionFailed",
    });
  });

  it("are stored only if they are as announced", async () => {
    const [{ id }, upload] = await create(content.length);
    const one = (await putPart(upload, 0)).headers.get("etag") ?? "";
    const refusals: [what: string, response: Promise<Response>, status: number, code: string][] = [
      ["a longer part", putPart(upload, 1, randomBytes(5 * mib)), 403, "SignatureDoesNotMatch"],
      [
        "a part that did not come",
        complete(upload, [
          [1, one],
          [2, one],
        ]),
        400,
        "InvalidPart",
      ],
      ["a part too few", complete(upload, [[1, one]]), 400, "InvalidRequest"],
      ["no condition", complete(upload, [[1, one]], {}), 403, "SignatureDoesNotMatch"],
    ];
    for (const [what, response, status, code] of refusals) {
      expect(await errorOf(await response), what).to.include({ status, code });
    }
    const two = (await putPart(upload, 1)).headers.get("etag") ?? "";
    expect(
      await errorOf(
        await complete(upload, [
          [2, two],
          [1, one],
        ]),
      ),
    ).to.include({ status: 400, code: "InvalidPartOrder" });
    expect(
      await errorOf(
        await complete(upload, [
          [1, one],
          [2, one],
        ]),
      ),
    ).to.include({ status: 400, code: "InvalidPart" });
    expect((await fetch(upload.abort.url, { method: "DELETE" })).status).to.equal(204);
    for (const response of [
      putPart(upload, 0),
      complete(upload, [
        [1, one],
        [2, two],
      ]),
    ]) {
      expect(await errorOf(await response)).to.include({ status: 404, code: "NoSuchUpload" });
    }
    expect((await fetch(`${pipeline.cloud.urls.api}/uploads/${id}`)).status).to.equal(404);
  });

  it("can be sent, completed and aborted only by pages of the stage's origins", async () => {
    const [, upload] = await create(content.length);
    const preflight = (url: string, method: string, headers: readonly string[], origin = page) =>
      fetch(url, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": method,
          "access-control-request-headers": headers.join(","),
        },
      });
    const { parts, complete, abort } = upload;
    const part = parts[0]?.url ?? "";
    expect((await preflight(part, "PUT", ["content-type"])).status).to.equal(200);
    expect((await preflight(complete.url, "POST", Object.keys(complete.headers))).status).to.equal(200);
    expect((await preflight(abort.url, "DELETE", [])).status).to.equal(200);
    expect((await preflight(part, "PUT", [], "https://elsewhere.example")).status).to.equal(403);
    const body = Uint8Array.from(content.subarray(0, upload.partSize));
    const response = await fetch(part, { method: "PUT", headers: { origin: page }, body });
    expect(response.headers.get("access-control-expose-headers")).to.equal("etag");
    await fetch(abort.url, { method: "DELETE" });
  });

  it("are converted when they are pictures", async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const path = join(data.path, "noise.png");
    await sharp({ create: { width: 1600, height: 1200, channels: 3, background: "#fff", noise } })
      .png({ compressionLevel: 1 })
      .toFile(path);
    const { length: size } = readFileSync(path);
    const created = await pipeline.client.create({ filename: "noise.png", contentType: "image/png", size });
    expect(created.upload.method).to.equal("multipart");
    await pipeline.client.put(created, path);
    const { state, variants } = await finished(pipeline, created.id);
    expect(state).to.equal("complete");
    const [thumbnail] = variants;
    expect([thumbnail?.name, thumbnail?.width, thumbnail?.height]).to.deep.equal(["thumbnail", 300, 225]);
  });

  it("are zipped in memory that does not grow with their size", async function () {
    if (process.platform !== "linux") this.skip();
    const convert = async (megabytes: number) => {
      const path = join(data.path, "noise.bin");
      const file = await open(path, "w");
      for (let count = 0; count < megabytes; count++) {
        const block = randomBytes(mib);
        await file.write(block);
      }
      await file.close();
      const created = await pipeline.client.create({
        filename: "noise.bin",
        contentType,
        size: megabytes * mib,
      });
      await pipeline.client.put(created, path);
      const { variants } = await finished(pipeline, created.id);
      const archive = await fetch(variants[0]?.url ?? "");
      let bytes = 0;
      await archive.body?.pipeTo(
        Writable.toWeb(
          new Writable({
            write: (chunk, _, done) => {
              bytes += chunk.length;
              done();
            },
          }),
        ),
      );
      expect(bytes).to.be.above(megabytes * mib);
      return peakMegabytesOfFunction("henkan-zip-function");
    };
    const small = await convert(20);
    const large = await convert(120);
    expect(large - small).to.be.below(90);
  });

  const [program = ""] = codeBlocks("js");
  const [script = ""] = codeBlocks("sh");
  const hasJq = spawnSync("jq", ["--version"]).status === 0;
  const clients: [name: string, file: string, args: string[]][] = [
    ["JavaScript", process.execPath, ["--input-type=module", "--eval", program]],
    ...(hasJq ? [["shell", "bash", ["-euc", script]] satisfies [string, string, string[]]] : []),
  ];
  for (const [name, file, args] of clients) {
    it(`can be sent with the documentation's example in ${name}`, async () => {
      const directory = temporaryDirectory();
      try {
        await writeFile(join(directory.path, "large.bin"), content);
        const here = args.map((text) => text.replace("http://127.0.0.1:4600", pipeline.cloud.urls.api));
        const { stdout } = await promisify(execFile)(file, here, { cwd: directory.path });
        const [id = ""] = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(stdout) ?? [];
        const { state, variants } = await finished(pipeline, id);
        expect([state, variants.length, (variants[0]?.bytes ?? 0) > content.length]).to.deep.equal([
          "complete",
          1,
          true,
        ]);
      } finally {
        directory.remove();
      }
    });
  }
});

/** Returns the documentation's examples in one language. */
function codeBlocks(language: string): string[] {
  const text = readFileSync(join(projectDirectory, "docs/large-files.md"), "utf8");
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...blocks].map(([, code = ""]) => code);
}

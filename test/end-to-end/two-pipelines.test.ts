import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import { UploadClient } from "@henkan/client";
import { expect } from "chai";
import sharp from "sharp";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";
import { finished, upload } from "../support/uploads.ts";
import { unzip } from "../unzip.ts";

/** The program of another project: of the packages, only Pulumi's are installed there. */
const program = `
import { FileConversionPipeline } from "${pathToFileURL(join(projectDirectory, "infra/file-conversion-pipeline.ts"))}";
const place = { accountId: "123456789012", region: "eu-central-1" };
export const pictures = new FileConversionPipeline("pictures", {
  ...place,
  variants: { small: { converter: "resize", width: 64, format: "webp" }, jpg: { converter: "png-to-jpg" } },
});
export const papers = new FileConversionPipeline("papers", {
  ...place,
  variants: { archive: { converter: "zip" }, cover: { converter: "resize", height: 32 } },
});`;

/** Starts the resources of the program; prints a line of JSON for each invocation, and one with the addresses. */
const start = `
import { runProgram, startCloud } from "${import.meta.resolve("@henkan/local-cloud")}";
const print = (line) => console.log(JSON.stringify(line));
const graph = await runProgram({ projectDirectory: ".", stage: "dev" });
const cloud = await startCloud(graph, { dataDirectory: "data", onReport: print });
print({ urls: cloud.urls });
process.once("SIGTERM", () => cloud.close());`;

const sample = readFileSync(join(projectDirectory, "samples/garden.png"));

describe("two pipelines in another project's program", () => {
  const directory = temporaryDirectory();
  const invoked: string[] = [];
  const apis: Record<string, string> = {};
  const cdns: Record<string, string> = {};
  let child: ChildProcess;

  before(async () => {
    await buildFunctions();
    const write = (file: string, text: string) => writeFileSync(join(directory.path, file), text);
    write("Pulumi.yaml", "{ name: shop, runtime: nodejs, main: program.mjs }");
    write("Pulumi.dev.yaml", 'config: { aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"] }');
    write("program.mjs", program);
    write("start.mjs", start);
    mkdirSync(join(directory.path, "node_modules"));
    symlinkSync(join(projectDirectory, "node_modules/@pulumi"), join(directory.path, "node_modules/@pulumi"));
    child = spawn(process.execPath, ["start.mjs"], {
      cwd: realpathSync(directory.path),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout ?? expect.fail("The process has no output") });
    lines.on("line", (line) => {
      const { urls, functionName } = JSON.parse(line);
      if (functionName) invoked.push(functionName);
      for (const name of urls ? ["pictures", "papers"] : []) {
        apis[name] = urls.apis[`${name}-upload-api-api`];
        cdns[name] = urls.cdns[`${name}-cdn-distribution`];
      }
    });
    await Promise.race([
      until(() => apis.papers !== undefined),
      once(child, "exit").then(([code]) => expect.fail(`The local cloud ended with ${code}`)),
    ]);
  });

  after(async () => {
    if (child.exitCode === null && child.kill("SIGTERM")) await once(child, "exit");
    directory.remove();
  });

  async function convert(name: string) {
    const client = new UploadClient(apis[name] ?? expect.fail(`No API of ${name}`));
    invoked.length = 0;
    const { id } = await upload({ client }, "garden.png", "image/png", sample);
    const { state, variants } = await finished({ client }, id);
    expect(state).to.equal("complete");
    const outputs = await Promise.all(
      variants.map(async (variant): Promise<[string, Buffer]> => {
        expect(new URL(variant.url ?? "").origin, "the pipeline's own CDN").to.equal(cdns[name]);
        const response = await fetch(variant.url ?? "");
        expect(response.status).to.equal(200);
        return [variant.name, Buffer.from(await response.arrayBuffer())];
      }),
    );
    return { id, variants, outputs: new Map(outputs) };
  }

  it("each convert into their own variants, served by their own CDN", async () => {
    const pictures = await convert("pictures");
    expect([...pictures.outputs.keys()]).to.deep.equal(["small", "jpg"]);
    expect(await sharp(pictures.outputs.get("small")).metadata()).to.include({ format: "webp", width: 64 });
    expect(await sharp(pictures.outputs.get("jpg")).metadata()).to.include({ format: "jpeg" });

    const papers = await convert("papers");
    expect([...papers.outputs.keys()]).to.deep.equal(["archive", "cover"]);
    expect(await sharp(papers.outputs.get("cover")).metadata()).to.include({ format: "png", height: 32 });
    const [{ contents } = {}] = await unzip(papers.outputs.get("archive") ?? Buffer.alloc(0));
    expect(contents).to.deep.equal(sample);
  });

  it("neither convert nor know the other's uploads", async () => {
    for (const [name, other] of [
      ["pictures", "papers"],
      ["papers", "pictures"],
    ] as const) {
      const { id, variants } = await convert(name);
      expect(new Set(invoked.map((each) => each.split("-")[0]))).to.deep.equal(new Set([name]));
      expect((await fetch(`${apis[other]}/uploads/${id}`)).status, "its id at the other API").to.equal(404);
      for (const { url = "" } of variants) {
        const elsewhere = await fetch(url.replace(cdns[name] ?? "", cdns[other] ?? ""));
        expect(elsewhere.status, `${url} on the other CDN`).to.equal(404);
      }
    }
  });
});

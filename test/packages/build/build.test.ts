import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import { converterNames, registry } from "../../../converters/registry.ts";
import { goldenSize } from "../../../handlers/pre-traffic-hook/golden-samples.ts";
import { makeGoldenSamples } from "../../../packages/build/golden-samples.ts";
import { buildFunctions, type FunctionBundle } from "../../../packages/build/index.ts";

const run = promisify(execFile);

describe("buildFunctions", () => {
  let directory: string;
  let bundles: Map<string, FunctionBundle>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "henkan-build-"));
    const built = await buildFunctions(directory);
    bundles = new Map(built.map((bundle) => [bundle.name, bundle]));
  });

  after(() => rm(directory, { recursive: true }));

  function inputsOf(name: string): readonly string[] {
    return bundles.get(name)?.inputs ?? expect.fail(`no bundle ${name}`);
  }

  const packagesOf = (name: string) =>
    new Set(inputsOf(name).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));

  it("bundles every converter, the upload API and the pre-traffic hook", () => {
    expect([...bundles.keys()]).to.have.members([...converterNames, "upload-api", "pre-traffic-hook"]);
  });

  it("writes only the code into a function's folder", async () => {
    for (const { directory, bytes } of bundles.values()) {
      expect(await readdir(directory)).to.deep.equal(["index.js"]);
      expect((await readFile(join(directory, "index.js"))).length).to.equal(bytes);
    }
  });

  for (const name of converterNames) {
    it(`bundles ${name} with its own converter only, without the registry`, () => {
      const foreign = converterNames
        .filter((other) => other !== name)
        .map((other) => `converters/${other}.ts`);
      expect(inputsOf(name)).to.include(`converters/${name}.ts`);
      expect(inputsOf(name)).not.to.include.members(["converters/registry.ts"]);
      expect(inputsOf(name).filter((path) => foreign.includes(path))).to.deep.equal([]);
    });
  }

  it("bundles the upload API with the registry and without converters", () => {
    expect(inputsOf("upload-api")).to.include("converters/registry.ts");
    const converters = converterNames.map((name) => `converters/${name}.ts`);
    expect(inputsOf("upload-api").filter((path) => converters.includes(path))).to.deep.equal([]);
  });

  it("bundles the pre-traffic hook with a golden sample of every type and without converters", async () => {
    const converters = converterNames.map((name) => `converters/${name}.ts`);
    expect(inputsOf("pre-traffic-hook").filter((path) => converters.includes(path))).to.deep.equal([]);
    const samples = await makeGoldenSamples();
    const accepted = converterNames.flatMap((name) => {
      const { accepts } = registry[name];
      return accepts === "any" ? [] : accepts.map(({ contentType }) => contentType);
    });
    expect(Object.keys(samples)).to.have.members([...new Set(accepted)]);
    for (const [contentType, sample] of Object.entries(samples)) {
      const picture = sharp(Buffer.from(sample, "base64"));
      const { autoOrient } = await picture.metadata();
      expect(autoOrient, contentType).to.deep.equal(goldenSize);
    }
  });

  it("bundles archiver only for zip, sharp only for images, and Pulumi for no function", () => {
    const users = (dependency: string) =>
      [...bundles.keys()].filter((name) => packagesOf(name).has(dependency));
    expect(users("archiver")).to.deep.equal(["zip"]);
    expect(users("sharp")).to.have.members(converterNames.filter((name) => registry[name].needsSharp));
    expect(users("semver")).to.deep.equal([]);
    expect(users("@pulumi/pulumi")).to.deep.equal([]);
  });

  it("applies the rewrites of archiver and of the search for credentials to every function", () => {
    const unwanted = [
      "readable-stream",
      "crc-32",
      "@aws-sdk/credential-provider-node",
      "@aws-sdk/nested-clients",
    ];
    for (const name of bundles.keys()) {
      expect(
        unwanted.filter((each) => packagesOf(name).has(each)),
        name,
      ).to.deep.equal([]);
    }
  });

  it("applies the rewrites of the AWS SDK to every function", async () => {
    for (const { name, directory, inputs } of bundles.values()) {
      const code = await readFile(join(directory, "index.js"), "utf8");
      expect(code, name).to.include('"PutObject"').and.not.include('"SelectObjectContent"');
      expect(
        inputs.filter((path) => path.includes("event-streams/")),
        name,
      ).to.deep.equal([]);
    }
  });

  it("writes bundles that Node.js loads as Lambda does", async () => {
    const script = `console.log(typeof require(${JSON.stringify(join(directory, "functions/zip/index.js"))}).handler)`;
    const environment = {
      AWS_REGION: "eu-central-1",
      CONVERTER: "zip",
      VARIANTS: '[{"name":"archive","options":{"level":5}}]',
      OUTPUTS_BUCKET: "outputs",
      CONVERSIONS_TOPIC_ARN: "arn:aws:sns:eu-central-1:123456789012:conversions",
      CDN_URL: "https://d111111abcdef8.cloudfront.net",
    };
    const { stdout } = await run(process.execPath, ["-e", script], { env: environment });
    expect(stdout.trim()).to.equal("function");
  });

  it("changes no file when it builds the same sources again", async () => {
    const times = async () => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const paths = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      return Promise.all(paths.sort().map(async (path) => [path, (await stat(path)).mtimeMs]));
    };
    const before = await times();
    await buildFunctions(directory);
    expect(await times()).to.deep.equal(before);
    // With package.json and the record of the build.
    expect(before).to.have.lengthOf(bundles.size + 2);
  });
});

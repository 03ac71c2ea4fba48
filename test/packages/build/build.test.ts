import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import { converterNames, registry } from "../../../converters/registry.ts";
import { goldenSize } from "../../../handlers/pre-traffic-hook/golden-samples.ts";
import { makeGoldenSamples } from "../../../packages/build/golden-samples.ts";
import { buildFunctions, type FunctionBundle } from "../../../packages/build/index.ts";
import { lockFileFor } from "../../../packages/build/lock-file.ts";

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

  it("makes one bundle for every converter, one for the upload API and one for the pre-traffic hook", () => {
    expect([...bundles.keys()]).to.have.members([...converterNames, "upload-api", "pre-traffic-hook"]);
  });

  it("leaves nothing in a function's folder but its code", async () => {
    for (const { directory, bytes } of bundles.values()) {
      expect(await readdir(directory)).to.deep.equal(["index.js"]);
      expect((await readFile(join(directory, "index.js"))).length).to.equal(bytes);
    }
  });

  for (const name of converterNames) {
    it(`gives ${name} its own converter and no other, without the registry`, () => {
      const foreign = converterNames
        .filter((other) => other !== name)
        .map((other) => `converters/${other}.ts`);
      expect(inputsOf(name)).to.include(`converters/${name}.ts`);
      expect(inputsOf(name)).not.to.include.members(["converters/registry.ts"]);
      expect(inputsOf(name).filter((path) => foreign.includes(path))).to.deep.equal([]);
    });
  }

  it("gives the upload API the registry and no converter", () => {
    expect(inputsOf("upload-api")).to.include("converters/registry.ts");
    const converters = converterNames.map((name) => `converters/${name}.ts`);
    expect(inputsOf("upload-api").filter((path) => converters.includes(path))).to.deep.equal([]);
  });

  it("gives the pre-traffic hook a golden sample of every type, and no converter", async () => {
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

  it("bundles archiver for zip alone, sharp for images alone, and Pulumi for none", () => {
    const users = (dependency: string) =>
      [...bundles.keys()].filter((name) => packagesOf(name).has(dependency));
    expect(users("archiver")).to.deep.equal(["zip"]);
    expect(users("sharp")).to.have.members(converterNames.filter((name) => registry[name].needsSharp));
    expect(users("semver")).to.deep.equal([]);
    expect(users("@pulumi/pulumi")).to.deep.equal([]);
  });

  it("bundles no port of what Node.js has itself, and no search for credentials", () => {
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

  it("bundles of the AWS SDK the operations that are called, and no event streams", async () => {
    for (const { name, directory, inputs } of bundles.values()) {
      const code = await readFile(join(directory, "index.js"), "utf8");
      expect(code, name).to.include('"PutObject"').and.not.include('"SelectObjectContent"');
      expect(
        inputs.filter((path) => path.includes("event-streams/")),
        name,
      ).to.deep.equal([]);
    }
  });

  it("makes bundles that load as Lambda loads them", async () => {
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

  it("builds the same bytes again", async () => {
    const path = join(directory, "functions", "resize", "index.js");
    const first = await readFile(path);
    await buildFunctions(directory);
    expect((await readFile(path)).equals(first)).to.equal(true);
  });
});

describe("lockFileFor", () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      "": { dependencies: { a: "^1.0.0", z: "*" } },
      "node_modules/a": { version: "1.2.3", dependencies: { b: "^2.0.0" }, optionalDependencies: { d: "*" } },
      "node_modules/a/node_modules/b": { version: "2.0.0", dependencies: { c: "*", a: "*" } },
      "node_modules/b": { version: "1.0.0" },
      "node_modules/c": { version: "3.0.0" },
      "node_modules/d": { version: "4.0.0" },
      "node_modules/z": { version: "9.0.0" },
    },
  };

  it("keeps what the package reaches, where Node finds it, and nothing else", () => {
    const { "": root, ...packages } = lockFileFor("a", lock).packages;
    expect(root).to.deep.equal({ dependencies: { a: "1.2.3" } });
    expect(Object.keys(packages)).to.deep.equal([
      "node_modules/a",
      "node_modules/a/node_modules/b",
      "node_modules/c",
      "node_modules/d",
    ]);
  });

  it("refuses a package that is not locked", () => {
    expect(() => lockFileFor("sharp", lock)).to.throw("package-lock.json holds no node_modules/sharp");
  });
});

import { expect } from "chai";
import type { Stack } from "../../policy/evaluate.ts";
import type { Resource } from "../../policy/resource.ts";
import { rules } from "../../policy/rules.ts";
import { Analyzer, type Diagnostic } from "./analyzer.ts";
import { document, resource } from "./examples/example.ts";
import { stackOf } from "./stack.ts";

/** A text that is not known yet, in Pulumi's wire format: sdk/nodejs/runtime/rpc.ts. */
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const mandatory = (found: readonly Diagnostic[]) => found.filter((diagnostic) => diagnostic.mandatory);

describe("policy pack under Pulumi's runner", () => {
  let analyzer: Analyzer;
  let prod: Stack;

  before(async () => {
    prod = await stackOf("prod");
    analyzer = await Analyzer.start();
  });

  after(() => analyzer.stop());

  it("has every rule, mandatory or advisory, and the check of waivers", async () => {
    expect(await analyzer.policies()).to.deep.equal([
      ...rules.map(({ name, enforcement }) => ({ name, mandatory: enforcement !== "advisory" })),
      { name: "waivers-are-used", mandatory: true },
    ]);
  });

  it("stops a resource that breaks a rule before it is created", async () => {
    const policy = document({ Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::photos/*" });
    const open = resource("s3/BucketPolicy", "photos-policy", { bucket: "photos", policy });
    expect(mandatory(await analyzer.analyze(open)).map(({ name }) => name)).to.deep.equal([
      "s3-tls-only",
      "s3-not-public",
    ]);
  });

  it("finds no violation in prod", async () => {
    const found = await Promise.all(prod.inputs.map((each) => analyzer.analyze(each)));
    expect(mandatory(found.flat())).to.deep.equal([]);
    expect(mandatory(await analyzer.analyzeStack(prod.outputs))).to.deep.equal([]);
  });

  it("names the resource of a stack that breaks a rule", async () => {
    const withoutVersions = prod.outputs.filter(({ name }) => name !== "henkan-uploads-versioning");
    const [found, ...others] = mandatory(await analyzer.analyzeStack(withoutVersions));
    expect(others).to.deep.equal([]);
    expect(found?.message).to.match(/\nBucket henkan-uploads-bucket keeps no versions \[S3\.14, /);
    expect(found?.urn).to.match(/::henkan-uploads-bucket$/);
  });

  it("follows the engine's dependencies while names are not known yet", async () => {
    const bucket = (name: string) => resource("s3/Bucket", name, { bucket: unknownText, arn: unknownText });
    const photos = bucket("photos");
    const versioning: Resource = {
      ...resource("s3/BucketVersioning", "photos-versioning", {
        bucket: unknownText,
        versioningConfiguration: { status: "Enabled" },
      }),
      propertyDependencies: { bucket: [photos] },
    };
    const found = await analyzer.analyzeStack([photos, versioning, bucket("films")]);
    expect(found.filter(({ name }) => name === "s3-versioning").map(({ urn }) => urn)).to.deep.equal([
      bucket("films").urn,
    ]);
  });

  it("checks the other resources when values of one are not known yet, and reports that it did not run fully", async () => {
    const queue = (name: string, redrivePolicy?: string) =>
      resource("sqs/Queue", name, { arn: `arn:aws:sqs:::${name}`, redrivePolicy });
    const consumer = (name: string) =>
      resource("lambda/EventSourceMapping", name, { eventSourceArn: `arn:aws:sqs:::${name}` });
    const stack = [queue("first", unknownText), queue("second"), consumer("first"), consumer("second")];
    const found = (await analyzer.analyzeStack(stack)).filter(({ name }) => name === "sqs-dead-letters");
    expect(found.map(({ mandatory, urn }) => ({ mandatory, urn }))).to.deep.equal([
      { mandatory: true, urn: queue("second").urn },
      { mandatory: false, urn: "" },
    ]);
  });
});

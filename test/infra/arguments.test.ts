import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type * as v from "valibot";
import { pipelineConfig } from "../../infra/config/pipeline-config.ts";
import { settingsSchema } from "../../infra/config/settings.ts";
import type { VariantDeclarations } from "../../infra/config/variants.ts";
import type { FileConversionPipelineArgs } from "../../infra/file-conversion-pipeline-args.ts";
import { repository } from "./stages.ts";

type Arguments = Omit<FileConversionPipelineArgs, "accountId" | "region">;
type Keys = v.InferInput<ReturnType<typeof settingsSchema>>;

type ReadonlyValue<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyValue<T[Key]> } : T;
type IsSame<A, B> = [A, B] extends [B, A] ? true : false;
/** True for each argument whose type is that of the key of the same name. */
type Agreement = {
  [Key in keyof Arguments | keyof Keys]-?: Key extends keyof Arguments & keyof Keys
    ? IsSame<Arguments[Key], ReadonlyValue<Keys[Key]>>
    : false;
};

const sameTypes: Agreement = {
  variants: true,
  allowedOrigins: true,
  maxUploadMiB: true,
  multipartThresholdMiB: true,
  logLevel: true,
  logRetentionDays: true,
  protect: true,
  uploadsExpireDays: true,
  outputsExpireDays: true,
  noncurrentExpireDays: true,
  maximumConcurrency: true,
  reservedConcurrency: true,
  apiThrottle: true,
  priceClass: true,
  auth: true,
  page: true,
  notify: true,
  alarms: true,
  deployment: true,
  waf: true,
  wafRateLimit: true,
  kms: true,
  accessLogs: true,
  signedUrls: true,
  domain: true,
};

/** Variants that the compiler refuses as the schemas do. A line that it accepts fails `npm run check`. */
const wrongVariants: VariantDeclarations = {
  // @ts-expect-error there is no such converter
  unknown: { converter: "nope" },
  // @ts-expect-error a misspelt option
  misspelt: { converter: "resize", widht: 300 },
  // @ts-expect-error an option of another converter
  foreign: { converter: "zip", width: 300 },
  // @ts-expect-error a value of another type
  text: { converter: "resize", width: "300" },
};

/** Checks arguments as a program in JavaScript passes them. */
const checked = (args?: object) => () => Reflect.apply(pipelineConfig, undefined, ["files", args]);
const owner = { accountId: "123456789012", region: "eu-central-1" };

describe("the arguments of FileConversionPipeline", () => {
  it("are reported as missing when there are none", () => {
    expect(checked()).to.throw("has mistakes:\n  accountId: is missing\n  region: is missing");
  });

  it("are reported once each, with numbers that JSON does not have", () => {
    expect(checked({ ...owner, maxUploadMiB: Infinity, wafRateLimit: Number.NaN })).to.throw(
      "has mistakes:\n  maxUploadMiB: expected an integer from 1 to 10000, received Infinity\n  wafRateLimit: " +
        "expected an integer from 10 to 2000000000, received NaN",
    );
  });

  it("may not be outputs where the program needs their values", () => {
    expect(checked({ ...owner, accountId: pulumi.output(owner.accountId) })).to.throw(
      "accountId: expected a 12-digit account id in quotes, received an Output, whose value is not known at a preview",
    );
  });

  it("name every variant that the compiler refuses too", () => {
    expect(checked({ ...owner, variants: wrongVariants })).to.throw(
      [
        "has mistakes:",
        'variants.unknown.converter: "nope" is not a converter; allowed: resize, png-to-jpg, zip',
        "variants.misspelt.widht: unknown option; resize allows width, height, fit, format, quality, enlarge, animated, background",
        "variants.foreign.width: unknown option; zip allows level",
        'variants.text.width: expected an integer from 1 to 16383, received "300"',
      ].join("\n  "),
    );
  });

  it("are the keys of a stage file, with the same types", () => {
    const schema = settingsSchema("").pipe[0];
    expect(Object.keys(schema.entries)).to.have.members(Object.keys(sameTypes));
  });

  it("are in README, in its example or its tables", () => {
    const readme = readFileSync(join(repository, "README.md"), "utf8");
    const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
    const missing = Object.keys(sameTypes).filter(
      (key) => !readme.includes(`  henkan:${key}:\n`) && !rows.some((row) => row.includes(`\`${key}\``)),
    );
    expect(missing).to.deep.equal([]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type * as v from "valibot";
import { settingsSchema } from "../../infra/config/settings.ts";
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

describe("the arguments of FileConversionPipeline", () => {
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

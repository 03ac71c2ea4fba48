import { createRequire } from "node:module";
import { dirname } from "node:path";
import { automation } from "@pulumi/pulumi";
import { ReleaseError } from "./release-error.ts";

/** The part of the npm package `pulumi` that finds the CLI of its version, downloading it on first use. */
interface PulumiPackage {
  resolve(): Promise<string>;
}

/**
 * Returns the Pulumi CLI itself. The wrapper in `node_modules/.bin` would keep signals from it.
 *
 * @throws {ReleaseError} when it is not on this machine and cannot be downloaded
 */
export async function pulumiCli(): Promise<automation.PulumiCommand> {
  const { resolve } = createRequire(import.meta.url)("pulumi/lib/resolve.js") as PulumiPackage;
  try {
    const executable = await resolve();
    return await automation.PulumiCommand.get({ root: dirname(dirname(executable)) });
  } catch (error) {
    const { version } = createRequire(import.meta.url)("pulumi/package.json") as { version: string };
    throw new ReleaseError(
      `The Pulumi CLI ${version} is not on this machine and could not be downloaded from get.pulumi.com ` +
        `(${error instanceof Error ? error.message : error}). Put it into ~/.pulumi/versions/${version}/bin ` +
        "from https://github.com/pulumi/pulumi/releases, or run this on a network that allows the download. " +
        "Nothing was changed",
      { cause: error },
    );
  }
}

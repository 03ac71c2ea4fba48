import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { distDirectory } from "@henkan/build/directories";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import mime from "mime";
import { pagePrefix } from "../contract/keys.ts";
import { assetsPath, rootObject } from "./cdn-page.ts";
import { contentSecurityPolicy, pageContents } from "./cdn-policies.ts";
import type { Auth } from "./config/settings.ts";

export interface WebPageArgs {
  /** The bucket behind the CDN. */
  readonly bucket: aws.s3.Bucket;
  readonly apiUrl: pulumi.Input<string>;
  /** The bucket to which the page sends files. */
  readonly uploads: aws.s3.Bucket;
  readonly maxUploadMiB: number;
  /** How people sign in; without sign-in when absent. */
  readonly signIn: Extract<Auth, { kind: "jwt" }> | undefined;
}

/** The page as `npm run build` makes it from `packages/web/`. */
const directory = join(distDirectory, "page");
const year = 365 * 86_400;

/** The upload page as objects for the CDN: assets that never change, and the one document that names them. */
export class WebPage extends pulumi.ComponentResource {
  constructor(name: string, args: WebPageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:page:WebPage", name, {}, opts);
    const { bucket } = args.bucket;
    const { template, assets } = readBuild();
    const objects = assets.map(
      (asset) =>
        new aws.s3.BucketObjectv2(
          `${name}-${asset}`,
          {
            bucket,
            key: `${pagePrefix}/${assetsPath}/${asset}`,
            source: new pulumi.asset.FileAsset(join(directory, assetsPath, asset)),
            contentType: mime.getType(asset) ?? "application/octet-stream",
            cacheControl: `public, max-age=${year}, immutable`,
          },
          { parent: this },
        ),
    );
    new aws.s3.BucketObjectv2(
      `${name}-document`,
      {
        bucket,
        key: `${pagePrefix}/${rootObject}`,
        content: deployedPage(template, args),
        contentType: "text/html; charset=utf-8",
        cacheControl: "no-cache",
      },
      // The document must not name an asset that is not stored yet, or is deleted already.
      { parent: this, dependsOn: objects },
    );
    this.registerOutputs({});
  }
}

/** @throws {pulumi.RunError} when the page has not been built */
function readBuild() {
  try {
    const template = readFileSync(join(directory, rootObject), "utf8");
    return { template, assets: readdirSync(join(directory, assetsPath)).sort() };
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new pulumi.RunError("The setting page is on, but the page is not built. Run: npm run build");
  }
}

/** Returns the built document with the stage's settings and the hosts that it may connect to. */
function deployedPage(template: string, args: WebPageArgs): pulumi.Output<string> {
  const { maxUploadMiB, signIn, uploads } = args;
  return pulumi.all([args.apiUrl, uploads.bucketRegionalDomainName]).apply(([apiUrl, bucketDomain]) => {
    const issuers = signIn ? [new URL(signIn.issuer).origin, signIn.tokenOrigin ?? []].flat() : [];
    const policy = contentSecurityPolicy({
      "default-src": "'none'",
      ...pageContents,
      // Uppy reads the list of a file's parts from a data: URL that the page gives it.
      "connect-src": [apiUrl, `https://${bucketDomain}`, ...issuers, "data:"].join(" "),
    });
    const settings = {
      apiUrl,
      maxUploadBytes: maxUploadMiB * 1024 * 1024,
      ...(signIn && {
        signIn: { issuer: signIn.issuer, clientId: signIn.clientId, audience: signIn.audience[0] },
      }),
    };
    const tags = [
      `<meta http-equiv="content-security-policy" content="${escaped(policy)}">`,
      `<meta name="henkan" content="${escaped(JSON.stringify(settings))}">`,
    ];
    return template.replace("<!-- deployment -->", () => tags.join("\n    "));
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

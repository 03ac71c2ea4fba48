import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface UrlSignersArgs {
  /** PEM. A URL signed with the private key of any of them is served. */
  readonly publicKeys: readonly string[];
}

/** Whoever holds a private key to one of these public keys decides who may fetch what from the CDN. */
export class UrlSigners extends pulumi.ComponentResource {
  readonly keyGroupId: pulumi.Output<string>;

  constructor(name: string, { publicKeys }: UrlSignersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:delivery:UrlSigners", name, {}, opts);
    // Named after its contents, so that a key can come and go without touching the others.
    const keys = publicKeys.map(
      (pem) =>
        new aws.cloudfront.PublicKey(
          `${name}-public-key-${fingerprint(pem)}`,
          // CloudFront gives a key back with one newline at its end, and any difference would replace it.
          { encodedKey: `${pem.trim()}\n` },
          { parent: this },
        ),
    );
    const group = new aws.cloudfront.KeyGroup(
      `${name}-key-group`,
      { items: keys.map(({ id }) => id) },
      { parent: this },
    );
    this.keyGroupId = group.id;
    this.registerOutputs({ keyGroupId: this.keyGroupId });
  }
}

function fingerprint(pem: string): string {
  return createHash("sha256").update(pem.trim()).digest("hex").slice(0, 8);
}

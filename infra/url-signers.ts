import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface UrlSignersArgs {
  /** Public keys in PEM. The CDN serves a URL signed with the private key of any of them. */
  readonly publicKeys: readonly string[];
}

/** The public keys of URL signers: the CDN serves only URLs that one of their private keys signed. */
export class UrlSigners extends pulumi.ComponentResource {
  readonly keyGroupId: pulumi.Output<string>;

  constructor(name: string, { publicKeys }: UrlSignersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("henkan:delivery:UrlSigners", name, {}, opts);
    // Named by its contents, so that a key can be added or removed without replacing the others.
    const keys = publicKeys.map(
      (pem) =>
        new aws.cloudfront.PublicKey(
          `${name}-public-key-${fingerprint(pem)}`,
          // CloudFront returns a key with one newline at its end, and any difference would replace it.
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

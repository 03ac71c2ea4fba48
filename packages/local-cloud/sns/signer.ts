import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { selfSignedCertificate } from "./certificate.ts";
import type { SnsDocument } from "./notification.ts";

export type SignatureVersion = "1" | "2";

const hashes: Record<SignatureVersion, string> = { "1": "sha1", "2": "sha256" };

/** In this order, those that a document has: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html. */
const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
};

export const certificatePath = "/SimpleNotificationService-local.pem";

const validityMs = 365 * 86_400_000;

/** Signs what SNS sends, with a key and certificate that it makes when first needed. */
export class Signer {
  #keys: { readonly privateKey: KeyObject; readonly certificate: string } | undefined;

  /** In PEM. */
  get certificate(): string {
    return this.#identity().certificate;
  }

  /** The document with its signature, the certificate being served at `baseUrl`. */
  sign(document: SnsDocument, version: SignatureVersion, baseUrl: string): SnsDocument {
    const fields = (signedFields[document.Type] ?? []).filter((field) => document[field] !== undefined);
    const text = fields.map((field) => `${field}\n${document[field]}\n`).join("");
    return {
      ...document,
      SignatureVersion: version,
      Signature: sign(hashes[version], Buffer.from(text), this.#identity().privateKey).toString("base64"),
      SigningCertURL: `${baseUrl}${certificatePath}`,
    };
  }

  #identity() {
    if (!this.#keys) {
      const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const from = new Date();
      const validity = { from, to: new Date(from.getTime() + validityMs) };
      const certificate = selfSignedCertificate("sns.local", pair, validity);
      this.#keys = { privateKey: pair.privateKey, certificate };
    }
    return this.#keys;
  }
}

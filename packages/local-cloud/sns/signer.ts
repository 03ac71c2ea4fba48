import { generateKeyPairSync, type KeyPairKeyObjectResult, sign } from "node:crypto";
import { selfSignedCertificate } from "./certificate.ts";
import type { SnsDocument } from "./notification.ts";

/** The signature algorithm: "1" is RSA with SHA-1, "2" is RSA with SHA-256. */
export type SignatureVersion = "1" | "2";

const hashes: Record<SignatureVersion, string> = { "1": "sha1", "2": "sha256" };

/**
 * The fields of a document that are signed, in this order; absent fields are left out.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
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

/** The path of the certificate at the SNS endpoint. */
export const certificatePath = "/SimpleNotificationService-local.pem";

/** Signs the documents that SNS sends. It makes its key at the first use. */
export class Signer {
  #keys: KeyPairKeyObjectResult | undefined;
  #certificate: Promise<string> | undefined;

  /** Returns the certificate of the key in PEM. */
  certificate(): Promise<string> {
    this.#certificate ??= selfSignedCertificate("sns.local", this.#keyPair());
    return this.#certificate;
  }

  /** Returns the document with its signature and the URL of the certificate; `baseUrl` is the URL of SNS. */
  sign(document: SnsDocument, version: SignatureVersion, baseUrl: string): SnsDocument {
    const fields = (signedFields[document.Type] ?? []).filter((field) => document[field] !== undefined);
    const text = fields.map((field) => `${field}\n${document[field]}\n`).join("");
    return {
      ...document,
      SignatureVersion: version,
      Signature: sign(hashes[version], Buffer.from(text), this.#keyPair().privateKey).toString("base64"),
      SigningCertURL: `${baseUrl}${certificatePath}`,
    };
  }

  #keyPair(): KeyPairKeyObjectResult {
    this.#keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    return this.#keys;
  }
}

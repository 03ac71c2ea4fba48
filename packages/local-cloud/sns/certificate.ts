import { type KeyObject, randomBytes, sign } from "node:crypto";

const sha256WithRsa = Buffer.from("300d06092a864886f70d01010b0500", "hex");
const commonName = Buffer.from("0603550403", "hex");

/**
 * A self-signed X.509 certificate in PEM, which Node.js reads but does not make:
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1.
 */
export function selfSignedCertificate(
  name: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
  validity: { from: Date; to: Date },
): string {
  const entity = der(0x30, der(0x31, der(0x30, commonName, der(0x0c, Buffer.from(name)))));
  const serial = randomBytes(16);
  // A serial number is positive: its highest bit is not set, and no leading byte is zero.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const content = der(
    0x30,
    der(0x02, serial),
    sha256WithRsa,
    entity,
    der(0x30, time(validity.from), time(validity.to)),
    entity,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", content, privateKey)]);
  const certificate = der(0x30, content, sha256WithRsa, der(0x03, signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** GeneralizedTime: `20261123010203Z`. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+Z/g, "")}Z`));
}

/** A value in ASN.1's distinguished encoding: tag, length, contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const bytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

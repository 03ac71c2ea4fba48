import type { KeyObject } from "node:crypto";

/**
 * Returns a self-signed X.509 certificate in PEM, valid for a year from now. The package that makes it takes 200 ms to
 * load, so it loads when a subscriber first requests the certificate.
 */
export async function selfSignedCertificate(
  commonName: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): Promise<string> {
  const { generate } = await import("selfsigned");
  const { cert } = await generate([{ name: "commonName", value: commonName }], {
    algorithm: "sha256",
    keyPair: {
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    },
  });
  return cert;
}

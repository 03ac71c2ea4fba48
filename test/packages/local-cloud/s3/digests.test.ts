import { expect } from "chai";
import {
  type ChecksumAlgorithm,
  createDigest,
  digestBytes,
} from "../../../../packages/local-cloud/s3/digests.ts";

/** The digests of "123456789": the check values of https://reveng.sourceforge.io/crc-catalogue/all.htm and of FIPS 180-4's algorithms. */
const check: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: "cbf43926",
  CRC32C: "e3069283",
  CRC64NVME: "ae8b14860a799888",
  SHA1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
};

describe("S3 digests", () => {
  for (const [algorithm, expected] of Object.entries(check) as [ChecksumAlgorithm, string][]) {
    it(`include ${algorithm} with its published check value, for chunks of every size`, async () => {
      for (const chunks of [["123456789"], ["1234", "", "56789"]]) {
        const digest = createDigest(algorithm);
        for (const chunk of chunks) digest.update(Buffer.from(chunk));
        const bytes = await digest.digest();
        expect(Buffer.from(bytes).toString("hex")).to.equal(expected);
        expect(bytes).to.have.length(digestBytes[algorithm]);
      }
    });
  }
});

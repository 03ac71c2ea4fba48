import { expect } from "chai";
import { nodeCrc32 } from "../../../../packages/build/rewrites/node-crc32.ts";
import { nodeStreams } from "../../../../packages/build/rewrites/node-streams.ts";
import { bundled, output } from "./bundled.ts";

/** Prints the hash of an archive with a deflated and a stored entry. */
const archive = `
  import { createHash } from "node:crypto";
  import { Readable } from "node:stream";
  import { ZipArchive } from "archiver";
  const zip = new ZipArchive({ zlib: { level: 5 } });
  const hash = createHash("sha256");
  zip.on("data", (chunk) => hash.update(chunk)).on("end", () => console.log(hash.digest("hex")));
  zip.append(Readable.from([Buffer.from("text ".repeat(1000))]), { name: "deflated", date: new Date(0) });
  zip.append(Buffer.alloc(100_000, 7), { name: "stored", store: true, date: new Date(0) });
  zip.finalize();`;

const rewrites = { "readable-stream": nodeStreams, "crc-32": nodeCrc32 };

for (const [replaced, rewrite] of Object.entries(rewrites)) {
  describe(`the rewrite ${rewrite.name}`, () => {
    it(`removes ${replaced}, which archiver imports, and archives stay the same`, async () => {
      const [original, rewritten] = await Promise.all([bundled(archive), bundled(archive, rewrite)]);
      expect(original.packages).to.include(replaced);
      expect(rewritten.packages).not.to.include(replaced);
      expect(await output(rewritten))
        .to.equal(await output(original))
        .and.to.have.lengthOf(65);
    });
  });
}

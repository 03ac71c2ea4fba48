import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import { expect } from "chai";
import { SentUploads } from "../../../../packages/cli/upload/sent-uploads.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const api = "http://127.0.0.1:4600";
const photo = { path: "/photos/a.jpg", bytes: 3, modified: 1_700_000_000_123_456_789n };

describe("sent uploads", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  let file: string;
  beforeEach(() => {
    work = temporaryDirectory();
    file = join(work.path, "new folder", "sent.db");
  });
  afterEach(() => work.remove());

  it("are found while API, path, size and time of modification are the same", () => {
    const first = new SentUploads(file);
    first.record(api, photo, "id-1");
    first.close();
    const sent = new SentUploads(file);
    expect(sent.find(api, photo)).to.equal("id-1");
    expect(sent.find("http://127.0.0.1:4700", photo)).to.equal(undefined);
    expect(sent.find(api, { ...photo, path: "/photos/b.jpg" })).to.equal(undefined);
    expect(sent.find(api, { ...photo, bytes: 4 })).to.equal(undefined);
    expect(sent.find(api, { ...photo, modified: photo.modified + 1n }), "a nanosecond").to.equal(undefined);
    sent.record(api, { ...photo, bytes: 4 }, "id-2");
    expect(sent.find(api, photo), "a file has one state").to.equal(undefined);
    sent.close();
  });

  it("are not lost when several commands record at once", async () => {
    const recorder = `
      import { SentUploads } from "${projectDirectory}/packages/cli/upload/sent-uploads.ts";
      const [file, name] = process.argv.slice(1);
      const sent = new SentUploads(file);
      for (let count = 0; count < 50; count++) sent.record("api", { path: name + count, bytes: 1, modified: 1n }, name);
      sent.close();`;
    const names = ["a", "b", "c"];
    const args = ["--input-type=module-typescript", "--eval", recorder, file];
    await Promise.all(names.map((name) => promisify(execFile)(process.execPath, [...args, name])));
    const sent = new SentUploads(file);
    const found = names.flatMap((name) =>
      Array.from({ length: 50 }, (_, count) =>
        sent.find("api", { path: name + count, bytes: 1, modified: 1n }),
      ),
    );
    sent.close();
    expect(found.filter((id) => id !== undefined)).to.have.length(150);
  });

  it("report a file that is not their database", () => {
    const other = join(work.path, "notes.txt");
    writeFileSync(other, "These are notes and not a database.");
    expect(() => new SentUploads(other)).to.throw(
      /notes\.txt, cannot be read: file is not a database\. Without/,
    );
  });
});

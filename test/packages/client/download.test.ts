import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { downloadVariant, saveFile } from "../../../packages/client/download.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

describe("downloadVariant", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  let directory: string;
  let server: Server;
  let cdn: string;
  let serve: (response: ServerResponse, count: number) => void;
  beforeEach(async () => {
    work = temporaryDirectory();
    directory = join(work.path, "out");
    let count = 0;
    server = createServer((_, response) => serve(response, ++count));
    cdn = `http://127.0.0.1:${await listen(server, 0)}`;
  });
  afterEach(async () => {
    await close(server);
    work.remove();
  });
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => expect.fail("no error"),
      (error) => error,
    );

  it("saves a variant with the file name at the end of its URL", async () => {
    serve = (response) => response.end("pixels");
    const path = await downloadVariant({ name: "jpg", url: `${cdn}/id/jpg/a%20b%2B.jpg` }, { directory });
    expect(path).to.equal(join(directory, "jpg", "a b+.jpg"));
    expect(readFileSync(path, "utf8")).to.equal("pixels");
  });

  it("writes only into its folder, also for hostile names", async () => {
    serve = (response) => response.end("pixels");
    const name = "../../../up";
    const path = await downloadVariant({ name, url: `${cdn}/id/jpg/..%2F..%2F..%2Fpasswd` }, { directory });
    expect(path).to.equal(join(directory, "up", "passwd"));
  });

  it("starts again when the connection breaks, and shows no incomplete file", async () => {
    serve = (response, count) => {
      response.writeHead(200, { "content-length": 6 });
      if (count > 1) response.end("pixels");
      else response.write("pix", () => response.destroy());
    };
    const path = await downloadVariant({ name: "jpg", url: `${cdn}/id/jpg/a.jpg` }, { directory });
    expect(readdirSync(join(directory, "jpg"))).to.deep.equal(["a.jpg"]);
    expect(readFileSync(path, "utf8")).to.equal("pixels");
  });

  it("names the link that the CDN refused", async () => {
    serve = (response) => response.writeHead(403).end();
    const error = await failure(downloadVariant({ name: "jpg", url: `${cdn}/id/jpg/a.jpg` }, { directory }));
    expect(error).to.include({ code: "http-403" });
    expect(error.message).to.contain(`403 to ${cdn}/id/jpg/a.jpg: with henkan:signedUrls`);
  });

  it("keeps earlier files and no incomplete one when the disk is full", async () => {
    const path = join(directory, "a.jpg");
    mkdirSync(directory);
    writeFileSync(path, "before");
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    async function* half() {
      yield Buffer.from("half");
      throw full;
    }
    const error = await failure(saveFile(path, async () => half()));
    expect(error).to.include({ code: "disk-full" });
    expect(error.message).to.match(
      /a\.jpg could not be saved because the disk is full \(ENOSPC\)\. No part of it was kept/,
    );
    expect([readdirSync(directory), readFileSync(path, "utf8")]).to.deep.equal([["a.jpg"], "before"]);
  });

  it("rejects with not-saved when a file is in place of the folder", async () => {
    writeFileSync(directory, "a file");
    const error = await failure(saveFile(join(directory, "jpg", "a.jpg"), () => expect.fail("opened")));
    expect(error).to.include({ code: "not-saved" });
    expect(error.message).to.contain("a.jpg could not be saved: ");
  });
});

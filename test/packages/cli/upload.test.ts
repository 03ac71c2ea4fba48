import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { pipelineGraph } from "../../support/graphs.ts";
import { type Pipeline, startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { unzip } from "../../unzip.ts";
import { runCommand, runCommandIn, runCommandWith } from "./command-line.ts";
import { filesBelow, garden, results, uploading } from "./uploading.ts";

describe("npm run henkan -- upload", () => {
  const { options, pipeline, upload, work, write } = uploading();

  it("sends files and folders, waits for their variants and saves them", async () => {
    write("album/notes.txt", "hello");
    write("album/2026/notes.txt", "another");
    write("album/.hidden/secret.txt", "no");
    const { code, stdout, stderr } = await upload(
      garden,
      join(work(), "album"),
      "--download",
      join(work(), "out"),
    );
    expect([code, stderr.split("\n")[0]]).to.deep.equal([
      0,
      `Sending to the API at ${pipeline().cloud.urls.api}`,
    ]);
    expect(stderr).to.match(/garden\.png: sent, 1\.2\d MB\n/);
    expect(stdout.split("\n")[0]).to.match(/^file +variant +type +dimensions +bytes +where$/);
    expect(stdout).to.match(
      /garden\.png +thumbnail +image\/png +300×200 +\d+ +\/.*garden\.png\/thumbnail\/garden\.png/,
    );
    expect(filesBelow(join(work(), "out"))).to.deep.equal([
      "album/2026/notes.txt/archive/notes.zip",
      "album/notes.txt/archive/notes.zip",
      "garden.png/archive/garden.zip",
      "garden.png/jpg/garden.jpg",
      "garden.png/preview/garden.webp",
      "garden.png/thumbnail/garden.png",
    ]);
  });

  it("does not send an unchanged file again", async () => {
    const file = write("a.txt", "hello");
    const [first] = results(await upload(file, "--json", "--wait"));
    expect(first).to.include({ file, bytes: 5, sent: true, state: "complete" });
    expect(first?.variants).to.have.length(1);
    const [second] = results(await upload(file, "--json"));
    expect(second).to.include({ id: first?.id, sent: false, state: "complete" });

    appendFileSync(file, " again");
    const [changed] = results(await upload(file, "--json"));
    expect(changed).to.include({ bytes: 11, sent: true });
    const [asked] = results(await upload(file, "--json", "--again"));
    expect(asked?.sent).to.equal(true);
    expect(new Set([first, changed, asked].map((result) => result?.id)).size).to.equal(3);
  });

  it("sends a file again after its upload was deleted, and to another API", async () => {
    const file = write("a.txt", "hello");
    const [first] = results(await upload(file, "--json", "--wait"));
    const other = temporaryDirectory();
    const elsewhere = await startPipeline(other.path);
    try {
      const args = [
        "henkan",
        "upload",
        ...options(elsewhere.cloud.urls.api),
        file,
        "--json",
        "--wait",
      ] as const;
      expect(results(await runCommand(...args))[0]).to.include({ sent: true, state: "complete" });
      await removeAll(elsewhere);
      const [again] = results(await runCommand(...args));
      expect(again).to.include({ sent: true, state: "complete" });
      expect(again?.id).not.to.equal(first?.id);
    } finally {
      await elsewhere.cloud.close();
      other.remove();
    }
  });

  it("accepts names of every kind, and saves under names that every file system accepts", async () => {
    const names = [
      "with space + plus %41 100%.txt",
      "quotes ' \" ` $HOME.txt",
      "emoji 👩‍👩‍👧 🎉.txt",
      "עברית و عربي.txt",
      "a\\..\\..\\up.txt",
      "con.txt",
      `${"長".repeat(83)}ab.txt`,
      "line\nbreak \u001b[31mred.txt",
      "Upper.txt",
      "upper.txt",
    ];
    const longest = names.map((name) => Buffer.byteLength(name)).sort((a, b) => b - a)[0];
    expect(longest, "as long as a file system accepts").to.equal(255);
    for (const name of names) write(`in/${name}`, `content of ${name}`);
    const out = join(work(), "out");
    const { code, stdout, stderr } = await runCommandIn(
      work(),
      "henkan",
      "upload",
      ...options(),
      "in",
      "--download",
      out,
    );
    expect(code).to.equal(0);
    expect(stdout + stderr, "an escape sequence").not.to.contain("\u001b");
    const saved = filesBelow(out);
    expect(saved).to.have.length(names.length);
    expect(new Set(saved.map((path) => dirname(dirname(path)).toLowerCase())).size, "told apart").to.equal(
      names.length,
    );
    for (const path of saved) {
      for (const segment of path.split("/")) {
        expect(Buffer.byteLength(segment), segment).to.be.at.most(204);
        expect(segment).not.to.match(/[\p{Cc}<>:"\\|?*]|^\.|[ .]$|^con(\.|$)/u);
      }
      const [zipped] = await unzip(readFileSync(join(out, path)));
      expect(zipped?.contents.toString()).to.match(/^content of /);
    }
    expect(filesBelow(work()).filter((path) => path.endsWith("up.zip"))).to.have.length(1);
  });

  it("sends a token from the environment or a file, and never over plain HTTP", async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response
        .writeHead(401, { "www-authenticate": 'Bearer error_description="the token has expired"' })
        .end();
    });
    const api = `http://127.0.0.1:${await listen(server, 0)}`;
    try {
      const fromEnvironment = await runCommandWith(
        { HENKAN_TOKEN: "one" },
        "henkan",
        "upload",
        ...options(api),
        garden,
      );
      expect(fromEnvironment.stderr).to.contain("(401: the token has expired). Get a new token");
      const file = ["--token-file", write("token", "two\n")];
      expect((await runCommand("henkan", "upload", ...options(api), garden, ...file)).code).to.equal(3);
      expect(seen).to.deep.equal(["Bearer one", "Bearer two"]);
      const open = await runCommand("henkan", "upload", "--api", "http://example.com", garden, ...file);
      expect([open.code, open.stderr]).to.deep.equal([
        2,
        "--api http://example.com is not encrypted: use https (http is for this machine only)\n",
      ]);
    } finally {
      await close(server);
    }
  });

  it("refuses options that it cannot use", async () => {
    const mistakes: [args: string[], message: string][] = [
      [[], "Name at least one file or folder."],
      [[garden, "--api", "localhost:4600"], "--api accepts a URL such as https://"],
      [[garden, "--api", "http://127.0.0.1:4600", "--stage", "dev"], "--api already names the pipeline"],
      [[garden, "--concurrency", "0"], '--concurrency accepts a whole number from 1 to 32, not "0"'],
      [[write("empty/.keep", ""), join(work(), "empty")].slice(1), "There are no files in "],
    ];
    for (const [args, message] of mistakes) {
      const { code, stderr } = await runCommand("henkan", "upload", ...args);
      expect([code, stderr.startsWith(message)], stderr).to.deep.equal([2, true]);
    }
  });
});

async function removeAll({ cloud: { store } }: Pipeline): Promise<void> {
  const { uploadsBucket, outputsBucket } = (await pipelineGraph()).outputs;
  for (const bucket of [uploadsBucket, outputsBucket].map(String)) {
    for (const { key } of store.list(bucket)) store.delete(bucket, key);
  }
}

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { UploadClient, type UploadStatus } from "@henkan/client";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, upload } from "../../support/uploads.ts";
import { ended, type Finished, runCommand, startCommand } from "./command-line.ts";

describe("npm start", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("serves a page without sign-in for every stage, and lets it upload from 127.0.0.1 and localhost", async () => {
    const { child, line } = await startCommand(
      "start",
      ...["--stage", "prod", "--json", "--port", "0", "--data", data.path],
    );
    try {
      const { api, s3, cdn } = JSON.parse(line);
      const page = await (await fetch(cdn)).text();
      expect(page).to.contain(`connect-src ${api} ${s3} data:`);
      expect(page).to.contain(`&quot;apiUrl&quot;:&quot;${api}&quot;`).and.not.to.contain("signIn");
      const uploads = `${s3}/${/henkan-uploads-bucket-\w+/.exec(await presignedUrl(api))?.[0]}/key`;
      for (const origin of [cdn, cdn.replace("127.0.0.1", "localhost"), "http://127.0.0.1:1"]) {
        for (const [url, method] of [
          [`${api}/uploads`, "POST"],
          [uploads, "PUT"],
        ]) {
          const headers = { origin, "access-control-request-method": method ?? "" };
          const answer = await fetch(String(url), { method: "OPTIONS", headers });
          expect(answer.headers.get("access-control-allow-origin")).to.equal(
            origin === "http://127.0.0.1:1" ? null : origin,
          );
        }
      }
    } finally {
      child.kill("SIGINT");
    }
    await ended(child);
  });

  it("prints which port is in use and how to choose another", async () => {
    const server = createServer();
    const port = await listen(server, 0);
    const { code, stderr } = await runCommand("start", "--port", String(port - 1), "--data", data.path);
    await close(server);
    expect(code).to.equal(1);
    expect(stderr).to.equal(
      `Port ${port} is in use. Choose another base port with --port N (N, N+1 and N+2 are used), or --port 0 for free ones.\n`,
    );
  });

  it("refuses a stage that is a path", async () => {
    const { code, stderr } = await runCommand("start", "--fresh", "--stage", "..");
    expect([code, stderr.split(":")[0]]).to.deep.equal([1, 'There is no stage ".."']);
  });

  it("refuses a value that is not a port", async () => {
    const { code, stderr } = await runCommand("start", "--port", "70000");
    expect([code, stderr]).to.deep.equal([2, '--port accepts a number from 0 to 65533, not "70000"\n']);
  });
});

/** The tests share a data folder: one run, others that request the same folder meanwhile, and a run with --fresh. */
describe("npm start and its data folder", () => {
  const data = temporaryDirectory();
  const mine = join(data.path, "thesis.txt");
  const start = (...args: string[]) =>
    startCommand("start", "--json", "--port", "0", "--data", data.path, ...args);
  const runBeside = (...args: string[]) => runCommand("start", "--port", "0", "--data", data.path, ...args);
  let urls: Record<"api" | "s3" | "cdn", string>;
  let client: UploadClient;
  let status: UploadStatus;
  let others: Finished[];
  let statusAfterOthers: UploadStatus;
  let exitCode: number | null;

  before(async () => {
    writeFileSync(mine, "years of work");
    const { child, line } = await start();
    try {
      urls = JSON.parse(line);
      client = new UploadClient(urls.api);
      const { id } = await upload({ client }, "a.txt", "text/plain", Buffer.from("hello"));
      status = await finished({ client }, id);
      others = await Promise.all([runBeside(), runBeside("--fresh")]);
      statusAfterOthers = await client.status(id);
    } finally {
      child.kill("SIGINT");
      exitCode = await ended(child);
    }
  });
  after(() => data.remove());

  it("prints its URLs as JSON when ready, and converts", () => {
    expect(urls).to.have.all.keys("api", "s3", "cdn");
    expect(status.state).to.equal("complete");
    expect(new URL(status.variants[0]?.url ?? "").origin).to.equal(urls.cdn);
  });

  it("refuses a folder that another npm start uses, also with --fresh", () => {
    for (const { code, stderr } of others) {
      expect(code).to.equal(1);
      expect(stderr).to.contain("is used by another local cloud");
    }
    expect(statusAfterOthers.state).to.equal("complete");
  });

  it("ends on SIGINT and keeps its data", () => {
    expect(exitCode).to.equal(0);
    expect(existsSync(join(data.path, "state.db"))).to.equal(true);
  });

  it("deletes earlier uploads with --fresh, and nothing else in the folder", async () => {
    const refused = await runCommand("start", "--fresh", "--port", "nope", "--data", data.path);
    expect(refused.code).to.equal(2);
    const { child, line } = await start("--fresh");
    const found = await new UploadClient(JSON.parse(line).api).status(status.id).catch((error) => error);
    child.kill("SIGINT");
    await ended(child);
    expect(found).to.have.property("code", "not-found");
    const declared = ["not-found.json", "index.html", ...readdirSync("dist/page/assets")];
    expect(readdirSync(join(data.path, "blobs"))).to.have.length(declared.length);
    expect(existsSync(mine)).to.equal(true);
  });
});

async function presignedUrl(api: string): Promise<string> {
  const created = await new UploadClient(api).create({
    filename: "a.txt",
    contentType: "text/plain",
    size: 1,
  });
  return "url" in created.upload ? created.upload.url : "";
}

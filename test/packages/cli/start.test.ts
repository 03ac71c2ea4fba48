import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { UploadClient } from "@henkan/client";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { finished, upload } from "../../support/uploads.ts";
import { ended, runCommand, startCommand } from "./command-line.ts";

describe("npm start", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  beforeEach(() => {
    data = temporaryDirectory();
  });
  afterEach(() => data.remove());

  it("prints its URLs as JSON when ready, converts, and ends on SIGINT leaving its data", async () => {
    const { child, line } = await startCommand("start", "--json", "--port", "0", "--data", data.path);
    try {
      const urls = JSON.parse(line);
      expect(urls).to.have.all.keys("api", "s3", "cdn");
      const client = new UploadClient(urls.api);
      const { id } = await upload({ client }, "a.txt", "text/plain", Buffer.from("hello"));
      const status = await finished({ client }, id);
      expect(status.state).to.equal("complete");
      expect(new URL(status.variants[0]?.url ?? "").origin).to.equal(urls.cdn);
    } finally {
      child.kill("SIGINT");
    }
    expect(await ended(child)).to.equal(0);
    expect(existsSync(`${data.path}/state.db`)).to.equal(true);
  });

  it("serves a page without sign-in for every stage, which may upload under both names of this machine", async () => {
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

  it("says which port is in use and how to choose another", async () => {
    const server = createServer();
    const port = await listen(server, 0);
    const { code, stderr } = await runCommand("start", "--port", String(port - 1), "--data", data.path);
    await close(server);
    expect(code).to.equal(1);
    expect(stderr).to.equal(
      `Port ${port} is in use. Choose another base port with --port N (N, N+1 and N+2 are used), or --port 0 for free ones.\n`,
    );
  });

  it("does not share its data folder with another", async () => {
    const { child } = await startCommand("start", "--json", "--port", "0", "--data", data.path);
    const { code, stderr } = await runCommand("start", "--port", "0", "--data", data.path);
    child.kill("SIGTERM");
    await ended(child);
    expect(code).to.equal(1);
    expect(stderr).to.contain("is used by another local cloud");
  });

  it("forgets earlier uploads with --fresh, and touches nothing else in the folder", async () => {
    const mine = join(data.path, "thesis.txt");
    writeFileSync(mine, "years of work");
    const first = await startCommand("start", "--json", "--port", "0", "--data", data.path);
    const client = new UploadClient(JSON.parse(first.line).api);
    const { id } = await upload({ client }, "a.txt", "text/plain", Buffer.from("hello"));
    await finished({ client }, id);
    const inUse = await runCommand("start", "--fresh", "--port", "0", "--data", data.path);
    expect(inUse.stderr, "not while another uses it").to.contain("is used by another local cloud");
    expect((await client.status(id)).state).to.equal("complete");
    first.child.kill("SIGINT");
    await ended(first.child);

    const refused = await runCommand("start", "--fresh", "--port", "nope", "--data", data.path);
    expect(refused.code).to.equal(2);
    const second = await startCommand("start", "--json", "--fresh", "--port", "0", "--data", data.path);
    const status = await new UploadClient(JSON.parse(second.line).api).status(id).catch((error) => error);
    second.child.kill("SIGINT");
    await ended(second.child);
    expect(status).to.have.property("code", "not-found");
    const declared = ["not-found.json", "index.html", ...readdirSync("dist/page/assets")];
    expect(readdirSync(join(data.path, "blobs"))).to.have.length(declared.length);
    expect(existsSync(mine)).to.equal(true);
  });

  it("refuses a stage that is a path", async () => {
    const { code, stderr } = await runCommand("start", "--fresh", "--stage", "..");
    expect([code, stderr.split(":")[0]]).to.deep.equal([1, 'There is no stage ".."']);
  });

  it("refuses a port that is none", async () => {
    const { code, stderr } = await runCommand("start", "--port", "70000");
    expect([code, stderr]).to.deep.equal([2, '--port takes a number from 0 to 65533, not "70000"\n']);
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

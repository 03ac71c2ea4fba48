import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import { Credentials, close, listen, verifySignature } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const run = promisify(execFile);
const page = readFileSync(join(projectDirectory, "docs/command-line.md"), "utf8");

/** Returns the code block in `language` that contains `part`. */
function block(language: string, part: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  const found = blocks.find(([, given, code]) => given === language && code?.includes(part));
  return found?.[2] ?? expect.fail(`No block with ${part}`);
}

const ready = ["thumbnail ready", "preview ready", "jpg ready", "archive ready"];

describe("docs/command-line.md", () => {
  let work: ReturnType<typeof temporaryDirectory>;
  before(async () => {
    work = temporaryDirectory();
    for (const program of ["curl", "jq"]) {
      await run(program, ["--version"]).catch(() => expect.fail(`Install ${program} to test its snippets`));
    }
  });
  after(() => work.remove());

  const shell = (script: string, env: Record<string, string> = {}) =>
    run("bash", ["-euo", "pipefail", "-c", script], { cwd: work.path, env: { ...process.env, ...env } });

  it("has snippets for curl and fetch that work as written", async () => {
    const data = temporaryDirectory();
    const { cloud } = await startPipeline(data.path);
    try {
      const script = block("sh", "jq --raw-output")
        .replace("http://127.0.0.1:4600", cloud.urls.api)
        .replace("samples/garden.png", join(projectDirectory, "samples", "garden.png"));
      const { stdout } = await shell(script);
      const lines = stdout.trim().split("\n");
      expect(lines.map((line) => line.split(" ").slice(0, 2).join(" "))).to.deep.equal(ready);
      expect(lines[0]).to.contain(cloud.urls.cdn);

      const program = `${block("js", "async function send")}
        import { readFileSync } from "node:fs";
        const file = new File([readFileSync("${join(projectDirectory, "samples", "garden.png")}")], "garden.png", { type: "image/png" });
        const { id } = await send("${cloud.urls.api}", file);
        console.log((await json("${cloud.urls.api}/uploads/" + id)).id === id);`;
      const sent = await run(process.execPath, ["--input-type=module", "--eval", program]);
      expect(sent.stdout.trim()).to.equal("true");
    } finally {
      await cloud.close();
      data.remove();
    }
  });

  it("has a curl command that signs as API Gateway requires", async () => {
    const credentials = new Credentials();
    const arn = "arn:aws:iam::111111111111:user/uploader";
    const credential = credentials.issue(arn, { temporary: true });
    const server = createServer(async (request, response) => {
      const payloadHash = createHash("sha256")
        .update(await text(request))
        .digest("hex");
      const { method = "", url = "", headersDistinct: headers } = request;
      const identity = verifySignature(
        { method, url, headers, payloadHash },
        { service: "execute-api", region: "eu-central-1", credentials, now: new Date() },
      );
      response.end(identity.principalArn);
    });
    const api = `http://127.0.0.1:${await listen(server, 0)}`;
    try {
      const { stdout } = await shell(block("sh", "--aws-sigv4"), {
        api,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: credential.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
        AWS_SESSION_TOKEN: credential.sessionToken ?? "",
      });
      expect(stdout).to.equal(arn);
    } finally {
      await close(server);
    }
  });
});

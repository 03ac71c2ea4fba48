import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { projectDirectory } from "@henkan/build/directories";
import { close, listen } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { SeededFaults } from "../../../proofs/torture/faults/seeded-faults.ts";
import { startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { ended, runCommand, runCommandWith, startCommand } from "./command-line.ts";
import { inFrontOf } from "./in-front-of.ts";
import { filesBelow, garden, results, uploading } from "./uploading.ts";

describe("npm run henkan -- upload, when something fails", () => {
  const { options, pipeline, upload, work, write } = uploading();

  it("names each file that fails, with its code, and still sends the others", async () => {
    const missing = join(work(), "missing.png");
    const empty = write("empty.png", "");
    const unreadable = write("text.png", "no picture at all");
    const args = [missing, empty, unreadable, garden, "--wait"];
    const { code, stderr } = await upload(...args);
    expect(code).to.equal(1);
    expect(stderr).to.contain(`${missing}: not-found: There is no such file\n`);
    expect(stderr).to.contain(`${empty}: empty-file: `);
    expect(stderr).to.contain(`${unreadable}: thumbnail: unsupported-format: `);
    expect(stderr).to.contain(`${garden}: sent`);
    const again = await upload(...args, "--json");
    expect(again.code).to.equal(1);
    const byFile = new Map(results(again).map((result) => [result.file, result]));
    expect(byFile.get(missing)?.error?.code).to.equal("not-found");
    expect(byFile.get(unreadable)).to.include({ sent: false, state: "partial" });
    expect(byFile.get(garden)).to.include({ sent: false, state: "complete" });
  });

  it("stops waiting after --timeout, and prints how to continue", async () => {
    const stuck = temporaryDirectory();
    const throttled = await startPipeline(stuck.path, {
      faults: new SeededFaults({ seed: 1, delay: 1, maxDelayMs: 600_000 }),
    });
    try {
      const api = options(throttled.cloud.urls.api);
      const run = await runCommand(
        "henkan",
        "upload",
        ...api,
        write("a.txt", "x"),
        "--timeout",
        "1",
        "--wait",
      );
      expect(run.code).to.equal(1);
      expect(run.stderr).to.match(
        /a\.txt: timeout: .* within 1 seconds\. Wait on with npm run henkan -- status \S+ --wait/,
      );
    } finally {
      await throttled.cloud.close();
      stuck.remove();
    }
  });

  it("stops when it is interrupted, reports what is left, and continues when it is run again", async () => {
    let isHeld = true;
    let reached = () => {};
    const secondPut = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const front = await inFrontOf(pipeline(), {
      beforePut: async (count) => {
        if (!isHeld || count < 2) return;
        reached();
        await new Promise(() => {});
      },
    });
    const files = [1, 2, 3].map((count) => write(`${count}.bin`, Buffer.alloc(2_000_000, count)));
    const args = ["upload", ...options(front.url), ...files, "--concurrency", "1", "--json"];
    try {
      const { child, line } = await startCommand("henkan", ...args);
      expect(line).to.contain("Sending to");
      const [stdout, stderr] = [child.stdout, child.stderr].map((stream) =>
        text(stream ?? Readable.from([])),
      );
      await secondPut;
      child.kill("SIGINT");
      expect(await ended(child)).to.equal(130);
      const lines = results({ stdout: (await stdout) ?? "" });
      expect(lines.map(({ error }) => error?.code)).to.have.members([
        undefined,
        "interrupted",
        "interrupted",
      ]);
      expect(await stderr).to.match(/^Interrupted\. 2 of 3 files have not arrived: .*2\.bin, .*3\.bin\./m);
      isHeld = false;
      const again = await runCommand("henkan", ...args);
      expect(again.code).to.equal(0);
      expect(results(again).map(({ sent }) => sent)).to.have.members([false, true, true]);
    } finally {
      await close(front.server);
    }
  });

  it("requests another URL when one has expired", async () => {
    let creations = 0;
    const front = await inFrontOf(pipeline(), {
      changeCreated: (created) =>
        creations++ === 0 ? created.replace(/X-Amz-Expires=\d+/g, "X-Amz-Expires=0") : created,
    });
    try {
      const run = await runCommand("henkan", "upload", ...options(front.url), write("a.txt", "x"), "--json");
      expect(results(run)[0]).to.include({ sent: true });
      expect([run.code, creations]).to.deep.equal([0, 2]);
    } finally {
      await close(front.server);
    }
  });

  it("reports a full disk, leaves no incomplete file, and saves everything when run again", async () => {
    const out = join(work(), "out");
    const args = ["packages/cli/henkan.ts", "upload", ...options(), garden, "--download", out];
    // The archive of 1.2 MB does not fit, the pictures do.
    const limited = await run(
      "bash",
      "-c",
      'ulimit -f 600; "$@" 2>&1; echo "code $?"',
      "-",
      process.execPath,
      ...args,
    );
    expect(limited).to.contain("code 1\n");
    expect(limited).to.match(/disk-full: .*archive\/garden\.zip could not be saved because the disk is full/);
    const pictures = [
      "garden.png/jpg/garden.jpg",
      "garden.png/preview/garden.webp",
      "garden.png/thumbnail/garden.png",
    ];
    expect(filesBelow(out)).to.deep.equal(pictures);
    const { code, stderr } = await upload(garden, "--download", out);
    expect([code, stderr.split("\n")[1]]).to.deep.equal([0, `${garden}: was there already`]);
    expect(filesBelow(out)).to.deep.equal(["garden.png/archive/garden.zip", ...pictures]);
  });

  it("exits with 3 when the API cannot be reached, or requires credentials", async () => {
    const server = createServer();
    const api = `http://127.0.0.1:${await listen(server, 0)}`;
    await close(server);
    const down = await runCommand(
      "henkan",
      "upload",
      ...options(api),
      garden,
      join(garden, "..", "lighthouse-phone.jpg"),
    );
    expect(down.code).to.equal(3);
    expect(down.stderr).to.match(
      /The API at \S+ cannot be reached: nothing listens there \(ECONNREFUSED\)\. 2 of 2 files have not arrived/,
    );

    const nobody = {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: join(work(), "none"),
      AWS_CONFIG_FILE: join(work(), "none"),
    };
    const remote = [
      "--api",
      "https://a1b2c3.execute-api.eu-central-1.amazonaws.com",
      "--state",
      join(work(), "sent.db"),
    ];
    const anonymous = await runCommandWith(nobody, "henkan", "upload", ...remote, garden);
    expect([anonymous.code, anonymous.stderr]).to.satisfy(
      ([code, said]: [number, string]) =>
        code === 3 && said.includes("no AWS credentials can be used") && !said.includes("    at "),
    );
  });
});

function run(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: projectDirectory }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

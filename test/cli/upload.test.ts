import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { dirname, join, relative } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { expect } from "chai";
import type { UploadResult } from "../../cli/upload/results.ts";
import { close, listen } from "../../local/listen.ts";
import {
  type Pipeline,
  pipelineGraph,
  projectDirectory,
  startPipeline,
  temporaryDirectory,
} from "../end-to-end/pipeline.ts";
import { unzip } from "../unzip.ts";
import {
  ended,
  type Finished,
  runCommand,
  runCommandIn,
  runCommandWith,
  startCommand,
} from "./command-line.ts";

const garden = join(projectDirectory, "samples", "garden.png");

describe("npm run henkan -- upload", () => {
  let data: ReturnType<typeof temporaryDirectory>;
  let work: ReturnType<typeof temporaryDirectory>;
  let pipeline: Pipeline;
  before(async () => {
    data = temporaryDirectory();
    pipeline = await startPipeline(data.path, { onDenied: () => {} });
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });
  beforeEach(() => {
    work = temporaryDirectory();
  });
  afterEach(() => work.remove());

  const write = (name: string, content: string | Buffer) => {
    const path = join(work.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const options = (api = pipeline.cloud.urls.api) => ["--api", api, "--state", join(work.path, "sent.db")];
  const upload = (...args: string[]) => runCommand("henkan", "upload", ...options(), ...args);
  const results = ({ stdout }: Pick<Finished, "stdout">): UploadResult[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const filesBelow = (directory: string) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
      .sort();

  it("sends files and folders, waits for their variants and saves them", async () => {
    write("album/notes.txt", "hello");
    write("album/2026/notes.txt", "another");
    write("album/.hidden/secret.txt", "no");
    const { code, stdout, stderr } = await upload(
      garden,
      join(work.path, "album"),
      "--download",
      join(work.path, "out"),
    );
    expect([code, stderr.split("\n")[0]]).to.deep.equal([
      0,
      `Sending to the API at ${pipeline.cloud.urls.api}`,
    ]);
    expect(stderr).to.match(/garden\.png: sent, 1\.2 MB\n/);
    expect(stdout.split("\n")[0]).to.match(/^file +variant +type +dimensions +bytes +where$/);
    expect(stdout).to.match(
      /garden\.png +thumbnail +image\/png +300×200 +\d+ +\/.*garden\.png\/thumbnail\/garden\.png/,
    );
    expect(filesBelow(join(work.path, "out"))).to.deep.equal([
      "album/2026/notes.txt/archive/notes.zip",
      "album/notes.txt/archive/notes.zip",
      "garden.png/archive/garden.zip",
      "garden.png/jpg/garden.jpg",
      "garden.png/preview/garden.webp",
      "garden.png/thumbnail/garden.png",
    ]);
  });

  it("does not send again what is there and unchanged", async () => {
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

  it("sends again what has been deleted since, and to another API", async () => {
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

  it("names each file that fails, with its code, and still sends the others", async () => {
    const missing = join(work.path, "missing.png");
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

  it("gives up waiting after --timeout, and says how to go on", async () => {
    const stuck = temporaryDirectory();
    const throttled = await startPipeline(stuck.path, { faults: { seed: 1, delay: 1, maxDelayMs: 600_000 } });
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

  it("takes names of every kind, and saves under names that every file system takes", async () => {
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
    expect(longest, "as long as a file system takes").to.equal(255);
    for (const name of names) write(`in/${name}`, `content of ${name}`);
    const out = join(work.path, "out");
    const { code, stdout, stderr } = await runCommandIn(
      work.path,
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
    expect(filesBelow(work.path).filter((path) => path.endsWith("up.zip"))).to.have.length(1);
  });

  it("stops when it is interrupted, says what is left, and goes on when it is run again", async () => {
    let isHeld = true;
    let reached = () => {};
    const secondPut = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const front = await inFrontOf(pipeline, {
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

  it("gets another URL when one has expired", async () => {
    let creations = 0;
    const front = await inFrontOf(pipeline, {
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

  it("says when the disk is full, leaves nothing half-written, and saves it all when run again", async () => {
    const out = join(work.path, "out");
    const args = ["cli/henkan.ts", "upload", ...options(), garden, "--download", out];
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
    expect(limited).to.match(/disk-full: .*archive\/garden\.zip could not be saved, as the disk is full/);
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

  it("exits with 3 when the API cannot be reached, or wants to know who asks", async () => {
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
      AWS_SHARED_CREDENTIALS_FILE: join(work.path, "none"),
      AWS_CONFIG_FILE: join(work.path, "none"),
    };
    const remote = [
      "--api",
      "https://a1b2c3.execute-api.eu-central-1.amazonaws.com",
      "--state",
      join(work.path, "sent.db"),
    ];
    const anonymous = await runCommandWith(nobody, "henkan", "upload", ...remote, garden);
    expect([anonymous.code, anonymous.stderr]).to.satisfy(
      ([code, said]: [number, string]) =>
        code === 3 && said.includes("no AWS credentials can be used") && !said.includes("    at "),
    );
  });

  it("sends a token from the environment or a file, and never over an open line", async () => {
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
        "--api http://example.com is not encrypted: use https (http is for this machine alone)\n",
      ]);
    } finally {
      await close(server);
    }
  });

  it("refuses what it cannot make sense of", async () => {
    const mistakes: [args: string[], message: string][] = [
      [[], "Name at least one file or folder."],
      [[garden, "--api", "localhost:4600"], "--api takes a URL such as https://"],
      [[garden, "--api", "http://127.0.0.1:4600", "--stage", "dev"], "--api names the pipeline by itself"],
      [[garden, "--concurrency", "0"], '--concurrency takes a whole number from 1 to 32, not "0"'],
      [[write("empty/.keep", ""), join(work.path, "empty")].slice(1), "There are no files in "],
    ];
    for (const [args, message] of mistakes) {
      const { code, stderr } = await runCommand("henkan", "upload", ...args);
      expect([code, stderr.startsWith(message)], stderr).to.deep.equal([2, true]);
    }
  });

  describe("status", () => {
    it("shows an upload's variants, and waits for them", async () => {
      const [sent] = results(await upload(write("a.txt", "hello"), "--json"));
      const api = ["--api", pipeline.cloud.urls.api];
      const waited = await runCommand("henkan", "status", sent?.id ?? "", ...api, "--wait", "--json");
      expect(waited.code).to.equal(0);
      expect(JSON.parse(waited.stdout)).to.include({ id: sent?.id, state: "complete" });
      const shown = await runCommand("henkan", "status", sent?.id ?? "", ...api);
      expect(shown.stdout).to.match(
        /^complete\n\nvariant +state +.*\narchive +ready +application\/zip +\d+ +http/,
      );
      const unknown = await runCommand("henkan", "status", "nonsense", ...api);
      expect([unknown.code, unknown.stderr.split("\n")[1]]).to.deep.equal([
        1,
        'Nothing was uploaded under the id "nonsense"',
      ]);
    });
  });
});

function run(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: projectDirectory }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

async function removeAll({ cloud: { store } }: Pipeline): Promise<void> {
  const { uploadsBucket, outputsBucket } = (await pipelineGraph()).outputs;
  for (const bucket of [uploadsBucket, outputsBucket].map(String)) {
    for (const { key } of store.list(bucket)) store.delete(bucket, key);
  }
}

interface Interference {
  /** Changes the JSON that `POST /uploads` answers. */
  readonly changeCreated?: (created: string) => string;
  /** Called with the number of every PUT before it goes on to S3. */
  readonly beforePut?: (count: number) => Promise<void>;
}

/** The API and S3 at one address, where what they are asked and answer can be interfered with. */
async function inFrontOf(
  { cloud: { urls } }: Pipeline,
  { changeCreated = (created) => created, beforePut = async () => {} }: Interference,
): Promise<{ server: Server; url: string }> {
  let puts = 0;
  const server = createServer(async (incoming, response) => {
    const isPut = incoming.method === "PUT";
    const body = await buffer(incoming);
    if (isPut) await beforePut(++puts);
    const origin = isPut ? urls.s3 : urls.api;
    const headers = { ...incoming.headers, host: new URL(origin).host };
    const outgoing = request(`${origin}${incoming.url}`, { method: incoming.method ?? "GET", headers });
    const [answer] = (await once(outgoing.end(body), "response")) as [IncomingMessage];
    const content = await text(answer);
    const isCreated = incoming.method === "POST" && answer.statusCode === 201;
    response.writeHead(answer.statusCode ?? 0, {
      "content-type": answer.headers["content-type"] ?? "text/plain",
    });
    response.end(isCreated ? changeCreated(content).replaceAll(urls.s3, url) : content);
  });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  return { server, url };
}

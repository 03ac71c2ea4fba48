import { basename, join, relative } from "node:path";
import { styleText } from "node:util";
import { forEachConcurrently, UploadClient } from "@henkan/client";
import type { Retry } from "@henkan/local-cloud";
import { defineCommand, runCommand, unlessInterrupted, userPath } from "./command.ts";
import { type ConvertedFile, convertFile } from "./converted-file.ts";
import { withTemporaryCloud } from "./local-cloud.ts";
import { Progress } from "./progress.ts";
import { Retries } from "./retries.ts";
import { table } from "./text.ts";

const help = `Sends files through the whole pipeline on this machine and saves what comes out of it.

  npm run convert -- FILE… [--out DIR] [--stage dev] [--json] [--verbose]

  --out DIR      where the variants are saved, as DIR/{filename}/{variant}/{name} (default: out)
  --stage NAME   whose variants and settings, from Pulumi.NAME.yaml (default: dev)
  --json         print one JSON document instead of the table
  --verbose      show the logs of the functions

The exit code is 1 when any file or variant failed.`;

const filesAtOnce = 4;

const convert = defineCommand({
  help,
  options: {
    out: { type: "string", default: "out" },
    stage: { type: "string", default: "dev" },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
  positionals: { least: 1, request: "Name at least one file." },
  run: async ({ values, positionals: files, interruption }) => {
    const retries = new Retries();
    const progress = new Progress(values.json ? undefined : process.stderr);
    progress.show(`Bringing up the pipeline of stage ${values.stage}`);
    const options = {
      onRetry: (retry: Retry) => retries.add(retry),
      onLog: (name: string, line: string) => {
        retries.readLog(line);
        if (values.verbose) console.error(`${name}: ${line}`);
      },
    };
    try {
      const results = await withTemporaryCloud(values.stage, options, ({ cloud }) => {
        const client = new UploadClient(cloud.urls.api);
        const work = convertAll(files, userPath(values.out), { client, retries, progress });
        return unlessInterrupted(interruption, work);
      });
      progress.clear();
      console.log(values.json ? JSON.stringify({ files: results }, null, 2) : report(results));
      return results.some(failed) ? 1 : 0;
    } finally {
      progress.clear();
    }
  },
});

await runCommand(convert);

async function convertAll(
  files: readonly string[],
  out: string,
  { client, retries, progress }: { client: UploadClient; retries: Retries; progress: Progress },
): Promise<ConvertedFile[]> {
  const directories = outputDirectories(files, out);
  const finished = new Map<number, [finished: number, total: number]>();
  return forEachConcurrently(filesAtOnce, files, (file, index) =>
    convertFile(file, {
      client,
      retryReason: (id) => retries.reasonFor(id),
      directory: directories[index] ?? out,
      onProgress: (...counts) => {
        finished.set(index, counts);
        const sum = (position: 0 | 1) =>
          [...finished.values()].reduce((total, entry) => total + entry[position], 0);
        progress.show(
          `Converting: ${sum(0)} of ${sum(1)} variants of ${finished.size}/${files.length} files`,
        );
      },
    }),
  );
}

/** One folder a file; files of the same name are told apart by a number. */
function outputDirectories(files: readonly string[], out: string): string[] {
  const taken = new Set<string>();
  return files.map((file) => {
    let name = basename(file);
    for (let count = 2; taken.has(name); count++) name = `${basename(file)}-${count}`;
    taken.add(name);
    return join(out, name);
  });
}

function failed({ error, variants }: ConvertedFile): boolean {
  return error !== undefined || variants.some(({ state }) => state !== "ready");
}

function report(results: readonly ConvertedFile[]): string {
  const rows = results.flatMap(({ file, variants }) =>
    variants
      .filter(({ state }) => state === "ready")
      .map(({ name, contentType = "", width, height, bytes = 0, elapsedMs, url = "" }) => [
        file,
        name,
        contentType,
        width && height ? `${width}×${height}` : "",
        bytes,
        elapsedMs,
        url,
      ]),
  );
  const failures = results.flatMap(({ file, error, variants }) => [
    ...(error ? [`${file}: ${error.code}: ${error.message}`] : []),
    ...variants.flatMap(({ name, error }) =>
      error ? [`${file}: ${name}: ${error.code}: ${error.message}`] : [],
    ),
  ]);
  const saved = results.flatMap(({ variants }) => variants.flatMap(({ path }) => path ?? []));
  return [
    ...(rows.length > 0
      ? [table(["file", "variant", "type", "dimensions", "bytes", "ms", "url"], rows)]
      : []),
    ...failures.map((failure) => styleText("red", failure)),
    ...(saved.length > 0 ? ["", ...saved.map((path) => relative(userPath("."), path))] : []),
  ].join("\n");
}

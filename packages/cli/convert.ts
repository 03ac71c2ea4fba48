import type { Retry } from "@henkan/local-cloud";
import { defineCommand, runCommand, userPath } from "./command.ts";
import { ConversionClock } from "./convert/conversion-clock.ts";
import { conversionText, convertedFile, isIncomplete } from "./convert/results.ts";
import { sendThrough } from "./convert/send-through.ts";
import { withTemporaryCloud } from "./local-cloud.ts";
import { Progress } from "./progress.ts";
import { Retries } from "./retries.ts";
import { eachNamed } from "./upload/named-files.ts";

const help = `Sends files through the whole pipeline on this machine and saves the variants that it makes.

  npm run convert -- FILE… [--out DIR] [--stage dev] [--json] [--verbose]

  --out DIR      save the variants as DIR/{filename}/{variant}/{name} (default: out)
  --stage NAME   the stage with the variants and settings, in Pulumi.NAME.yaml (default: dev)
  --json         print one JSON document instead of the table
  --verbose      show the logs of the functions

The exit code is 1 when any file or variant failed.`;

const convert = defineCommand({
  help,
  options: {
    out: { type: "string", default: "out" },
    stage: { type: "string", default: "dev" },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
  positionals: { least: 1, request: "Name at least one file." },
  run: async ({ values, positionals, interruption }) => {
    const files = eachNamed(positionals);
    const downloads = userPath(values.out);
    const retries = new Retries();
    const progress = new Progress(values.json ? undefined : process.stderr);
    const clock = new ConversionClock(files.length, (line) => progress.show(line));
    progress.show(`Starting the pipeline of stage ${values.stage}`);
    const options = {
      onRetry: (retry: Retry) => retries.add(retry),
      onLog: (name: string, line: string) => {
        retries.readLog(line);
        if (values.verbose) console.error(`${name}: ${line}`);
      },
    };
    try {
      const sent = await withTemporaryCloud(values.stage, options, ({ cloud }) =>
        sendThrough(cloud, files, { downloads, retries, interruption, observer: clock }),
      );
      const results = files.flatMap((file, index) => {
        const result = sent[index];
        return result ? convertedFile(result, (variant) => clock.elapsedMs(file, variant)) : [];
      });
      progress.clear();
      console.log(values.json ? JSON.stringify({ files: results }, null, 2) : conversionText(results));
      return results.some(isIncomplete) ? 1 : 0;
    } finally {
      progress.clear();
    }
  },
});

await runCommand(convert);

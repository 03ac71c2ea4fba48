import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFunctions } from "@henkan/build";
import { projectDirectory } from "@henkan/build/directories";
import {
  defineCommand,
  interruptedExitCode,
  runCommand,
  unlessInterrupted,
  userPath,
  wholeNumber,
} from "@henkan/cli/command";
import { runProgram } from "@henkan/local-cloud";
import { brokenInvariants } from "./invariants.ts";
import { removeLeftovers } from "./leftovers.ts";
import { describeReport, type RoundReport, roundReport, tortureReport } from "./report.ts";
import { makeRoundFolder } from "./round-folder.ts";
import { type Rounds, runRounds, seeds } from "./rounds.ts";
import { Round } from "./simulator.ts";
import { killsPerRound, storm } from "./storm.ts";

const defaultUploads = 200;

const help = `npm run torture -- [options]

Sends some hundreds of files through the pipeline on this machine while services throttle, connections break, functions
are killed and the whole cloud is ended with kill -9; then checks that nothing was lost. The exit code is 1 when
a promise was broken.

  --seed N       the seed of the first round's faults and files (default: a random one)
  --uploads N    the number of files that a round uploads (default: ${defaultUploads})
  --minutes N    start further rounds, each with its own seed, until N minutes have passed;
                 Ctrl-C ends them earlier and prints the results of the finished ones
  --stage NAME   the stage with the variants to make (default: dev)
  --data DIR     the folder for the cloud's data, with a new folder in it for each seed
                 (default: a new folder in the system's temporary folder)
  --keep         do not delete the data
  --json         print the figures as JSON, and nothing else`;

const maxShown = 20;

const torture = defineCommand({
  help,
  options: {
    seed: { type: "string" },
    uploads: { type: "string", default: String(defaultUploads) },
    minutes: { type: "string", default: "0" },
    stage: { type: "string", default: "dev" },
    data: { type: "string" },
    keep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
  run: async ({ values, interruption }) => {
    const uploads = wholeNumber("--uploads", values.uploads, Number.MAX_SAFE_INTEGER);
    const minutes = wholeNumber("--minutes", values.minutes, Number.MAX_SAFE_INTEGER, 0);
    const firstSeed =
      values.seed === undefined
        ? Math.floor(Math.random() * seeds)
        : wholeNumber("--seed", values.seed, Number.MAX_SAFE_INTEGER, 0);
    const log = values.json ? () => {} : console.log;
    const [graph] = await unlessInterrupted(
      interruption,
      Promise.all([runProgram({ projectDirectory, stage: values.stage }), buildFunctions()]),
    );
    const directory = values.data ? userPath(values.data) : mkdtempSync(join(tmpdir(), "henkan-torture-"));
    const replay = (seed: number) =>
      `npm run torture -- --seed ${seed} --uploads ${uploads}${values.stage === "dev" ? "" : ` --stage ${values.stage}`}`;
    const runRound = async (seed: number): Promise<RoundReport> => {
      const dataDirectory = makeRoundFolder(directory, seed);
      log(`Seed ${seed}: ${uploads} uploads`);
      const begin = performance.now();
      const round = new Round({
        graph,
        dataDirectory,
        seed,
        uploads,
        faults: storm,
        kills: killsPerRound,
        interruption,
        onProgress: (line) => log(`  ${((performance.now() - begin) / 1000).toFixed(1)} s: ${line}`),
      });
      try {
        const evidence = await round.run().finally(() => removeLeftovers(dataDirectory));
        const broken = brokenInvariants(evidence);
        for (const { invariant, message } of broken.slice(0, maxShown))
          log(`  ${invariant} BROKEN: ${message}`);
        if (broken.length > maxShown) log(`  … and ${broken.length - maxShown} more`);
        if (broken.length > 0) log(`  Again: ${replay(seed)}`);
        return roundReport(seed, evidence, broken, (performance.now() - begin) / 1000);
      } catch (error) {
        if (!interruption.aborted)
          console.error(`The round of seed ${seed} ended with an error. Again: ${replay(seed)}`);
        throw error;
      } finally {
        if (!values.keep) rmSync(dataDirectory, { recursive: true, force: true });
      }
    };
    let rounds: Rounds;
    try {
      rounds = await runRounds(runRound, { firstSeed, end: Date.now() + minutes * 60_000, interruption });
    } finally {
      if (values.keep) log(`Data in ${directory}`);
      else if (!values.data) rmSync(directory, { recursive: true, force: true });
    }
    const { finished, failure } = rounds;
    const report = tortureReport(finished);
    if (finished.length > 0)
      console.log(values.json ? JSON.stringify(report) : `\n${describeReport(report)}`);
    if (failure) throw failure.cause;
    if (report.broken > 0) return 1;
    return interruption.aborted ? interruptedExitCode : 0;
  },
});

await runCommand(torture);

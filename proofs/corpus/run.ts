import { setTimeout } from "node:timers/promises";
import { defineCommand, runCommand, UsageError, unlessInterrupted, wholeNumber } from "@henkan/cli/command";
import { table } from "@henkan/cli/text";
import sharp from "sharp";
import { permanentErrorCodes } from "../../contract/error-codes.ts";
import { corpus } from "./corpus.ts";
import { idOf } from "./hostile-file.ts";
import { type Trial, TrialRun } from "./trial.ts";

const help = `npm run corpus -- [--seed N] [--mutations N] [--only TEXT] [--json]

Puts hostile files through the converters, each converter in a process as large as its function, and counts the
outcomes. Every variant must be ready or fail with a permanent code; every other outcome is a defect, printed with the
command that tries that file again.

  --seed N        seed of the first mutated file (default 1)
  --mutations N   mutated files (default 2000)
  --only TEXT     the files whose kind/name contains TEXT: "bomb", "name/", "mutated-png/17"
  --json          one JSON document instead of the table`;

/** A day's worth. */
const maxMutations = 1_000_000;
/** Larger seeds repeat the files of smaller ones. */
const maxSeed = 2 ** 32 - 1;

/** Time in which a signal that reached a child reaches this process too. */
const signalMs = 200;

interface Row {
  readonly kind: string;
  readonly files: number;
  /** Number of variants by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly defects: number;
  /** Highest memory of a conversion, in percent of the function's. */
  readonly peakPercent: number;
  readonly slowestMs: number;
}

function summarise(trials: readonly Trial[]): Row[] {
  return [...Map.groupBy(trials, ({ kind }) => kind)].map(([kind, ofKind]) => {
    const outcomes = ofKind.flatMap((trial) => trial.outcomes);
    return {
      kind,
      files: new Set(ofKind.map(({ id }) => id)).size,
      outcomes: Object.fromEntries(
        ["ready", ...permanentErrorCodes].map((name) => [
          name,
          outcomes.filter((each) => each === name).length,
        ]),
      ),
      defects: ofKind.filter(({ defects }) => defects.length > 0).length,
      peakPercent: Math.round(
        Math.max(...ofKind.map(({ peakMegabytes, memoryMb }) => ((peakMegabytes || 0) / memoryMb) * 100)),
      ),
      slowestMs: Math.round(Math.max(...ofKind.map(({ milliseconds }) => milliseconds))),
    };
  });
}

function print(rows: readonly Row[]): void {
  const codes = ["ready", ...permanentErrorCodes];
  const header = ["kind", "files", ...codes, "defects", "memory %", "slowest ms"];
  const cells = rows.map(({ kind, files, outcomes, defects, peakPercent, slowestMs }) => [
    kind,
    files,
    ...codes.map((code) => outcomes[code] ?? 0),
    defects,
    peakPercent,
    slowestMs,
  ]);
  console.log(table(header, cells));
}

/** Returns the command that tries this file again. */
function replayOf({ id, kind }: Trial): string {
  const seed = id.slice(kind.length + 1);
  const only = `--only ${JSON.stringify(id)}`;
  const options = kind.startsWith("mutated-")
    ? `--seed ${seed} --mutations 1 ${only}`
    : `--mutations 0 ${only}`;
  return `npm run corpus -- ${options}`;
}

const corpusCommand = defineCommand({
  help,
  options: {
    seed: { type: "string", default: "1" },
    mutations: { type: "string", default: "2000" },
    only: { type: "string", default: "" },
    json: { type: "boolean" },
  },
  run: async ({ values, interruption }) => {
    const seed = wholeNumber("--seed", values.seed, maxSeed, 0);
    const mutations = wholeNumber("--mutations", values.mutations, maxMutations, 0);
    const every = corpus({ seed, mutations });
    const files = every.filter((file) => idOf(file).includes(values.only));
    if (files.length === 0) {
      const kinds = new Set(every.map(({ kind }) => kind));
      throw new UsageError(`No file's kind/name contains "${values.only}". Kinds: ${[...kinds].join(", ")}`);
    }

    const trials: Trial[] = [];
    const trialRun = new TrialRun();
    const tryAll = async () => {
      for (const file of files) {
        for await (const trial of trialRun.try(file)) {
          // A signal to the whole group may have ended a process that had just begun: not a defect of the file.
          if (trial.defects.length > 0) await setTimeout(signalMs);
          interruption.throwIfAborted();
          trials.push(trial);
          for (const defect of trial.defects) console.error(`${trial.id} (${trial.converter}): ${defect}`);
          if (trial.defects.length > 0) console.error(`  ${replayOf(trial)}`);
        }
      }
    };
    try {
      await unlessInterrupted(interruption, tryAll());
    } finally {
      await trialRun.close();
    }

    const rows = summarise(trials);
    const failed = trials.filter(({ defects }) => defects.length > 0);
    if (values.json) {
      const versions = { node: process.version, ...sharp.versions };
      console.log(JSON.stringify({ seed, mutations, versions, rows, defects: failed }));
    } else {
      print(rows);
      console.log(
        `\n${files.length} files, ${trials.length} conversions, ${failed.length} with a defect; seed ${seed}`,
      );
    }
    return failed.length > 0 ? 1 : 0;
  },
});

await runCommand(corpusCommand);

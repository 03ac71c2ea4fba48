import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceType } from "../../contract/source-type.ts";
import { type ConverterName, converterNames, findConverter } from "../../converters/registry.ts";
import { defectsOf, nameOf } from "./defects.ts";
import { type HostileFile, idOf } from "./hostile-file.ts";
import { LimitedProcess, ProcessEnd } from "./limited-process.ts";
import type { ConverterCalls, JobResult, JudgeCalls } from "./messages.ts";

/** The variants of each conversion. One variant, several variants and an animation take different code paths. */
const variantSets: Readonly<Record<ConverterName, readonly Readonly<Record<string, unknown>>[]>> = {
  resize: [
    { thumbnail: { width: 300, height: 300 } },
    {
      preview: { width: 64, format: "webp" },
      cover: { width: 20, height: 20, fit: "cover" },
      animated: { width: 40, animated: true },
    },
  ],
  "png-to-jpg": [{ jpg: {} }],
  zip: [{ archive: {} }],
};

/** One converter's conversion of one file. */
export interface Trial {
  readonly id: string;
  readonly kind: string;
  readonly converter: ConverterName;
  /** `ready`, or the code of each variant that failed. */
  readonly outcomes: readonly string[];
  /** Outcomes that must never happen: no answer, an error without a code, a missing variant, a wrong output. */
  readonly defects: readonly string[];
  readonly peakMegabytes: number;
  readonly memoryMb: number;
  readonly milliseconds: number;
}

const moduleOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** Kinds of files in which a decoder may find errors. */
const damaged = /^(?:mutated-|damaged-|regression)/;

/** Runs files through every converter that accepts them, each in a process with the memory of its function. */
export class TrialRun {
  readonly #directory = mkdtempSync(join(tmpdir(), "henkan-corpus-"));
  readonly #judge = new LimitedProcess<JudgeCalls>(moduleOf("judge.child.ts"), [], {
    memoryMb: 4096,
    timeoutSeconds: 120,
  });
  readonly #converters = new Map(
    converterNames.map((name) => {
      const { memoryMb = 0, timeoutSeconds = 0 } = findConverter(name) ?? {};
      const limits = { memoryMb, timeoutSeconds };
      const child = new LimitedProcess<ConverterCalls>(moduleOf("converter.child.ts"), [name], limits);
      return [name, { child, memoryMb }] as const;
    }),
  );

  async *try(file: HostileFile): AsyncGenerator<Trial> {
    const path = join(this.#directory, "source");
    writeFileSync(path, await file.contents());
    const { contentType } = sourceType(file.filename);
    for (const [converter, { child, memoryMb }] of this.#converters) {
      const accepts = findConverter(converter)?.accepts ?? [];
      if (accepts !== "any" && !accepts.some((type) => type.contentType === contentType)) continue;
      for (const variants of variantSets[converter]) {
        const directory = join(this.#directory, "outputs");
        rmSync(directory, { recursive: true, force: true });
        mkdirSync(directory);
        const started = performance.now();
        const job = { path, filename: file.filename, variants, directory };
        const result = await child.call("convert", job).catch((error: unknown) => {
          if (error instanceof ProcessEnd) return error;
          throw error;
        });
        const milliseconds = performance.now() - started;
        const common = { id: idOf(file), kind: file.kind, converter, memoryMb, milliseconds };
        if (result instanceof ProcessEnd) {
          const defects = [`${result.reason}: ${result.message}`];
          yield { ...common, outcomes: [], defects, peakMegabytes: Number.NaN };
          continue;
        }
        const outcomes = result.outcomes.map(nameOf);
        const defects = [
          ...defectsOf(file, converter, Object.keys(variants), result, memoryMb),
          ...(await this.#defectsOfOutputs(file, path, converter, result)),
        ];
        yield { ...common, outcomes, defects, peakMegabytes: result.peakMegabytes };
      }
    }
  }

  async #defectsOfOutputs(
    file: HostileFile,
    source: string,
    converter: ConverterName,
    { outcomes }: JobResult,
  ): Promise<readonly string[]> {
    const outputs = outcomes.filter((outcome) => outcome.state === "ready");
    if (outputs.length === 0) return [];
    try {
      return await this.#judge.call("judge", {
        source,
        mayBeDamaged: damaged.test(file.kind),
        isPicture: converter !== "zip",
        outputs,
        quadrants: converter === "png-to-jpg" ? file.quadrants : undefined,
      });
    } catch (error) {
      if (error instanceof ProcessEnd) return [`the judge's process ended: ${error.reason} ${error.message}`];
      throw error;
    }
  }

  /** Kills the processes, also while they work, and removes their files. */
  async close(): Promise<void> {
    const converters = [...this.#converters.values()].map(({ child }) => child.close());
    await Promise.all([...converters, this.#judge.close()]);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

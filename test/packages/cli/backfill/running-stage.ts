import type { CloudOptions, Graph } from "@henkan/local-cloud";
import { announceCloud } from "../../../../packages/cli/target/running-cloud.ts";
import { graphWithVariants } from "../../../support/graphs.ts";
import { type Pipeline, startPipeline } from "../../../support/pipeline.ts";
import { type Finished, runCommand } from "../command-line.ts";
import { asksNothing, runHenkan } from "../in-process.ts";

export interface RunningStage extends Pipeline {
  readonly graph: Graph;
  /** Runs `henkan backfill` against this stage. */
  backfill(...args: string[]): Promise<Finished>;
  /** Does the same with --json, and parses the document. */
  report(...args: string[]): Promise<{ readonly code: number; readonly document: Report }>;
}

/** The document that --json prints. */
export interface Report {
  readonly since: string | null;
  readonly plan: {
    readonly uploads: number;
    readonly matching: number;
    readonly events: number;
    readonly variants: readonly Readonly<Record<string, unknown>>[];
    readonly messages: Readonly<Record<string, number>>;
    readonly variantsToMake: number;
    readonly bytesToRead: number;
    readonly requests: { readonly list: number; readonly get: number };
    readonly estimate: Readonly<Record<string, unknown>>;
  };
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** Starts the stage on `dataDirectory` with these variants, and runs `work`. Commands find the stage as after `npm start`. */
export async function withStage<Result>(
  dataDirectory: string,
  variants: object,
  work: (stage: RunningStage) => Promise<Result>,
  options: Pick<CloudOptions, "clock" | "faults" | "onDenied"> = {},
): Promise<Result> {
  const graph = await graphWithVariants(variants);
  const pipeline = await startPipeline(dataDirectory, { graph, ...options });
  const withdraw = await announceCloud(dataDirectory, graph, pipeline.cloud);
  const backfill = (...args: string[]) => {
    const all = ["--data", dataDirectory, ...args];
    return asksNothing(args) ? runHenkan("backfill", ...all) : runCommand("henkan", "backfill", ...all);
  };
  try {
    return await work({
      ...pipeline,
      graph,
      backfill,
      async report(...args) {
        const { code, stdout, stderr } = await backfill("--json", ...args);
        if (stdout === "") throw new Error(`Exit code ${code}: ${stderr}`);
        return { code, document: JSON.parse(stdout) };
      },
    });
  } finally {
    await withdraw();
    await pipeline.cloud.close();
  }
}

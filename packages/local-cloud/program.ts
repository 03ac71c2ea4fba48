import "./program/deferred-arborist.ts";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { LocalCloudError } from "./errors.ts";
import { Graph, type GraphComponent, type GraphResource } from "./graph.ts";
import { Declarations } from "./program/declarations.ts";
import { plainRecord } from "./program/plain.ts";
import { skipPromiseTraces } from "./program/promise-traces.ts";
import { readStage, type Stage, StageError } from "./program/stage-file.ts";
import type { Placement } from "./resource-types/resource-type.ts";
import { answer } from "./resource-types.ts";

/** The program to run, and its configuration. */
export interface RunProgramOptions {
  /** Folder of `Pulumi.yaml`. Relative paths of assets in the program start here. */
  readonly projectDirectory: string;
  /** The stack: its configuration is in `Pulumi.<stage>.yaml`. */
  readonly stage: string;
  /**
   * Configuration that replaces keys of the stage's file, with values as the file would have them:
   * `{ "shop:currency": "EUR" }`.
   *
   * @default none
   */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The type of the root of all resources, which no program declares. */
const stackType = "pulumi:pulumi:Stack";

skipPromiseTraces();

/** Counts the runs. Node.js evaluates a module once for each URL, so the URL of each run contains this number. */
let runs = 0;

/**
 * Runs a Pulumi program with a stage's configuration against Pulumi's mock engine, and returns everything that the
 * program declares. Nothing is deployed, and AWS is not called. Pulumi keeps its state per process, so await each run
 * before the next.
 *
 * @throws {StageError} for a mistake in the files of the project or the stage
 * @throws {UnknownResourceTypeError} for a resource type that the local cloud does not know
 * @throws {ProgramError} for an asset that it cannot read
 * @throws {Error} the error that the program throws, also inside an `apply`, or that names a data source it calls
 *
 * @example
 * ```ts
 * const graph = await runProgram({ projectDirectory: ".", stage: "dev" });
 * console.log(graph.outputs, graph.all("aws:s3/bucket:Bucket").map(({ name }) => name));
 * ```
 */
export async function runProgram({
  projectDirectory,
  stage,
  overrides = {},
}: RunProgramOptions): Promise<Graph> {
  const { project, main, config } = await readStage(projectDirectory, stage, overrides);
  const resources: GraphResource[] = [];
  const components: GraphComponent[] = [];
  const declarations = new Declarations();
  let refusal: LocalCloudError | undefined;
  const placement = () => placementOf(config, project, stage);
  const declare = async ({ type, name, custom, inputs: given }: pulumi.runtime.MockResourceArgs) => {
    const inputs = await plainRecord(given, projectDirectory);
    const parent = declarations.parentOf({ type, name });
    if (!custom) {
      if (type !== stackType) components.push({ type, name, parent });
      return { id: undefined, state: given };
    }
    const { id, ...computed } = answer({ type, name, inputs }, placement());
    resources.push({ type, name, parent, id, inputs, attributes: { ...inputs, ...computed } });
    return { id, state: { ...given, ...computed } };
  };
  pulumi.runtime.setAllConfig({ ...config });
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        const message = `The local cloud does not know the function ${token}`;
        // Pulumi reports `details`, which a gRPC status has, as the message of a failed invoke.
        throw Object.assign(new Error(message), { details: message });
      },
      newResource: (resource) =>
        declare(resource).catch((error) => {
          if (error instanceof LocalCloudError) refusal ??= error;
          throw error;
        }),
    },
    project,
    stage,
  );
  const url = `${pathToFileURL(main).href}?stage=${stage}&run=${++runs}`;
  const outputs = await orFirstRejection(async () => {
    const exported = await pulumi.runtime.runInPulumiStack(() => {
      pulumi.runtime.registerStackTransformation(declarations.record);
      return import(url);
    });
    await pulumi.runtime.disconnect();
    return resolved(exported ?? {});
  }).catch((error) => {
    // Pulumi wraps what its engine throws in an error of its own, with a stack of the program.
    throw refusal ?? error;
  });
  const { region, accountId } = placement();
  return new Graph({
    stage,
    region,
    accountId,
    resources: declarations.inOrder(resources),
    components: declarations.inOrder(components),
    outputs,
  });
}

function placementOf(config: Stage["config"], project: string, stage: string): Placement {
  const region = config["aws:region"];
  const [accountId]: unknown[] = JSON.parse(config["aws:allowedAccountIds"] ?? "[]");
  if (region === undefined || accountId === undefined) {
    throw new StageError(`Pulumi.${stage}.yaml needs aws:region and aws:allowedAccountIds`);
  }
  return { project, stage, region, accountId: String(accountId) };
}

function resolved(outputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    pulumi.output(outputs).apply((values) => resolve({ ...values }));
  });
}

/**
 * Runs `work`, and fails with the first unhandled rejection of the process during that time, as the Pulumi CLI does. An
 * error inside an `apply` appears in no other way.
 */
async function orFirstRejection<T>(work: () => Promise<T>): Promise<T> {
  const listeners = process.listeners("unhandledRejection");
  const rejections: unknown[] = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => rejections.push(reason));
  try {
    const result = await work();
    await nextTurn();
    if (rejections.length > 0) throw rejections[0];
    return result;
  } finally {
    await nextTurn();
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
}

/** Resolves in the next turn of the event loop: Node.js reports unhandled rejections at the end of a turn. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

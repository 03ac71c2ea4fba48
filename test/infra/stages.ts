import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Graph, runProgram } from "@henkan/local-cloud";
import type { GraphResource } from "@henkan/local-cloud/testing";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { type ConverterName, converterNames } from "../../converters/registry.ts";
import { defaultVariants } from "../../infra/config/variants.ts";

export const repository = resolve(import.meta.dirname, "../..");

/** The stage files of the tests. No test reads those of the repository, so that people can edit them. */
export const stageFiles = join(repository, "test/stages");
/** The stages of the suites that run for each: one with the fewest settings and one with many. */
export const stages = ["minimal", "prod"];
/** The stages that the repository ships; the tests have a copy of each. */
export const shippedStages = ["dev", "test", "prod"];

/** Returns the values in a stage file of the tests. */
export function configOf(stage: string): Readonly<Record<string, unknown>> {
  return parse(readFileSync(join(stageFiles, `Pulumi.${stage}.yaml`), "utf8")).config;
}

/** Returns the converters of a stage's variants, in the registry's order. */
export function convertersOf(stage: string): ConverterName[] {
  const variants = Object.values(configOf(stage)["henkan:variants"] ?? defaultVariants);
  return converterNames.filter((name) => variants.some(({ converter }) => converter === name));
}

/** The graphs of earlier runs, by stage or settings: the program declares the same each time, and a run takes a second. */
const graphs = new Map<string, Promise<Graph>>();

/** Returns the graph of an earlier call with the same `key`, or of `run`. Tests must not change it. */
function once(key: unknown, run: () => Promise<Graph>): Promise<Graph> {
  const text = JSON.stringify(key);
  const graph = graphs.get(text) ?? run();
  graphs.set(text, graph);
  return graph;
}

/** Runs the program with the tests' stage file of `stage`; once for all tests of a process. */
export function runStage(stage: string): Promise<Graph> {
  return once(stage, () => runProgram({ projectDirectory: stageFiles, stage }));
}

/** The account of the stages that `runConfig` makes up. */
export const accountId = "123456789012";

const account = { "aws:region": "eu-central-1", "aws:allowedAccountIds": [accountId] };

interface RunOptions {
  readonly provider?: object;
  readonly stage?: string;
  readonly program?: string;
}

/** Runs the program with these keys of `henkan:`, named by their last part; once for all tests of a process. */
export function runConfig(
  settings: Readonly<Record<string, unknown>>,
  options: RunOptions = {},
): Promise<Graph> {
  return once([settings, options], () => runConfigAnew(settings, options));
}

async function runConfigAnew(
  settings: Readonly<Record<string, unknown>>,
  { provider = account, stage = "made-up", program = "index.ts" }: RunOptions,
): Promise<Graph> {
  const directory = await mkdtemp(join(tmpdir(), "henkan-stage-"));
  const own = Object.entries(settings).map(([key, value]) => [`henkan:${key}`, value]);
  const config = { ...provider, ...Object.fromEntries(own) };
  const project = { name: "henkan", runtime: "nodejs", main: join(repository, program) };
  await writeFile(join(directory, "Pulumi.yaml"), stringify(project));
  await writeFile(join(directory, `Pulumi.${stage}.yaml`), stringify({ config }));
  return runProgram({ projectDirectory: directory, stage }).finally(() => rm(directory, { recursive: true }));
}

/** Returns the resources of a type, which is given by its last part, such as `Bucket`. */
export function all(graph: Graph, type: string): GraphResource[] {
  return graph.resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** The name of the pipeline in `index.ts`, with which all logical names start. */
export const pipelineName = "henkan";

/** Returns a resource's role in the pipeline: its logical name without the pipeline's. */
export function roleOf({ name }: { readonly name: string }): string {
  return name.replace(`${pipelineName}-`, "");
}

/** Returns the roles of the resources of a type. */
export function namesOf(graph: Graph, type: string): string[] {
  return all(graph, type).map(roleOf);
}

/** Returns the one resource with this role. */
export function one(graph: Graph, role: string): GraphResource {
  const [found, ...others] = graph.resources.filter(({ name }) => name === `${pipelineName}-${role}`);
  if (!found || others.length > 0) expect.fail(`expected one resource named ${pipelineName}-${role}`);
  return found;
}

export function arnOf(graph: Graph, name: string): string {
  return String(one(graph, name).attributes.arn);
}

/** Returns the variables of a function's environment, by the function's name without `-function`. */
export function functionVariables(graph: Graph, name: string): Record<string, string> {
  const { environment } = one(graph, `${name}-function`).inputs;
  return (environment as { variables: Record<string, string> }).variables;
}

/** Returns the ARNs of the stage's customer managed keys by role; empty when AWS's own keys encrypt. */
export function keyArns(graph: Graph): Readonly<Record<string, string>> {
  return Object.fromEntries(all(graph, "Key").map((key) => [roleOf(key), String(key.attributes.arn)]));
}

/** Returns the statements of the policy document in one of a resource's inputs. */
export function statements(resource: GraphResource, input = "policy"): Statement[] {
  const document = JSON.parse(String(resource.inputs[input]));
  expect(document.Version).to.equal("2012-10-17");
  return document.Statement;
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: unknown;
}

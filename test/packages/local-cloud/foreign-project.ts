import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CloudOptions } from "../../../packages/local-cloud/cloud.ts";
import type { Graph } from "../../../packages/local-cloud/graph.ts";
import { runProgram } from "../../../packages/local-cloud/program.ts";

const repository = resolve(import.meta.dirname, "../../..");

/** A Pulumi project that is not ours, in a folder of its own, with one stage `dev`. */
export interface ForeignProject {
  readonly directory: string;
  /** Options of a cloud on free ports with its data inside the folder. */
  readonly options: Pick<CloudOptions, "dataDirectory">;
  /** Writes the program, a JavaScript module that has `aws` and `pulumi` imported. */
  write(program: string): void;
  /** Writes the program and runs it. */
  run(program: string): Promise<Graph>;
  remove(): void;
}

/** Creates a project whose functions are made of `handler`, the source of `code/index.js`. */
export function foreignProject({ handler }: { handler: string }): ForeignProject {
  const directory = mkdtempSync(join(tmpdir(), "foreign-project-"));
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  symlinkSync(join(repository, "node_modules"), join(directory, "node_modules"));
  write("Pulumi.yaml", "{ name: foreign, runtime: nodejs, main: program.mjs }");
  write("Pulumi.dev.yaml", 'config: { aws:region: eu-central-1, aws:allowedAccountIds: ["123456789012"] }');
  mkdirSync(join(directory, "code"));
  write("code/index.js", handler);
  function writeProgram(program: string): void {
    const imports = ['import * as aws from "@pulumi/aws";', 'import * as pulumi from "@pulumi/pulumi";'];
    write("program.mjs", [...imports, program].join("\n"));
  }
  return {
    directory,
    options: { dataDirectory: join(directory, "data") },
    write: writeProgram,
    run(program) {
      writeProgram(program);
      return runProgram({ projectDirectory: directory, stage: "dev" });
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** Declares `role` and `lambda` in a function of the program that knows a `name`. */
export const functionOfProgram = `
  const allow = (Principal, Action, Resource, Condition) => JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action, Resource, Condition }],
  });
  function declareFunction(name, variables) {
    const role = new aws.iam.Role(name + "-role", {
      assumeRolePolicy: allow({ Service: "lambda.amazonaws.com" }, "sts:AssumeRole"),
    });
    const lambda = new aws.lambda.Function(name + "-function", {
      role: role.arn,
      runtime: "nodejs24.x",
      handler: "index.handler",
      code: new pulumi.asset.FileArchive("code"),
      environment: { variables },
    });
    return { role, lambda };
  }`;

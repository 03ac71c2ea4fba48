import { join } from "node:path";
import { automation } from "@pulumi/pulumi";
import { interruptible } from "./interrupts.ts";
import { pulumiCli } from "./pulumi-cli.ts";
import { ReleaseError } from "./release-error.ts";
import type { ReleaseStage } from "./stage.ts";

type Operation = "preview" | "update" | "destruction";
type OperationOptions = Required<Pick<automation.UpOptions, "onOutput" | "onError" | "signal" | "color">>;

/** The streams that receive the Pulumi CLI's output. */
export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, "write" | "isTTY">;
  readonly stderr: Pick<NodeJS.WriteStream, "write">;
}

/** A stage's stack, run by the Pulumi CLI with its output on ours. */
export class StageStack {
  readonly #stage: string;
  readonly #stack: automation.Stack;
  /** The policy packs that every preview and update is checked against. */
  readonly #policyPacks: string[];
  readonly #streams: Streams;

  /** Selects the stack, and creates it when the state backend has none. */
  static async open(
    projectDirectory: string,
    stage: ReleaseStage,
    streams: Streams = process,
  ): Promise<StageStack> {
    const { name, secretsProvider } = stage;
    const pulumiCommand = await pulumiCli();
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: name, workDir: projectDirectory },
      { pulumiCommand, ...(secretsProvider !== undefined && { secretsProvider }) },
    ).catch((error: Error) => {
      throw new ReleaseError(
        `The state of stage ${name} cannot be opened; log in to its backend first, npx pulumi login. ` +
          `Nothing was changed.\n${error.message}`,
        { cause: error },
      );
    });
    return new StageStack(name, stack, join(projectDirectory, "policy"), streams);
  }

  /**
   * Returns the outputs of a deployed stage. It changes nothing.
   *
   * @throws {ReleaseError} when the state has no such stack, or cannot be read
   */
  static async outputs(projectDirectory: string, { name }: ReleaseStage): Promise<Record<string, unknown>> {
    const pulumiCommand = await pulumiCli();
    try {
      const stack = await automation.LocalWorkspace.selectStack(
        { stackName: name, workDir: projectDirectory },
        { pulumiCommand },
      );
      return valuesOf(await stack.outputs());
    } catch (error) {
      throw new ReleaseError(
        `The outputs of stage ${name} cannot be read. Log in to the backend of its state, npx pulumi login, ` +
          `and deploy it, npm run deploy -- ${name}, if it is not deployed\n${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
  }

  private constructor(stage: string, stack: automation.Stack, policyPack: string, streams: Streams) {
    this.#stage = stage;
    this.#stack = stack;
    this.#policyPacks = [policyPack];
    this.#streams = streams;
  }

  async preview(): Promise<void> {
    await this.#operate("preview", (options) =>
      this.#stack.preview({ ...options, policyPacks: this.#policyPacks, diff: false }),
    );
  }

  /** @returns the stack's outputs */
  async update(): Promise<Record<string, unknown>> {
    const { outputs } = await this.#operate("update", (options) =>
      this.#stack.up({ ...options, policyPacks: this.#policyPacks }),
    );
    return valuesOf(outputs);
  }

  async previewDestruction(): Promise<void> {
    await this.#operate("preview", (options) => this.#stack.previewDestroy(options));
  }

  async destroy(): Promise<void> {
    await this.#operate("destruction", (options) => this.#stack.destroy(options));
  }

  async #operate<Result>(
    operation: Operation,
    work: (options: OperationOptions) => Promise<Result>,
  ): Promise<Result> {
    const cancel = new AbortController();
    let isInterrupted = false;
    const onInterrupt = (signal: "SIGINT" | "SIGTERM") => {
      isInterrupted = true;
      // A terminal sends Ctrl-C to the CLI as well. The CLI stops half-way at a second signal.
      if (signal === "SIGTERM" || !process.stdin.isTTY) cancel.abort();
    };
    const { stdout, stderr } = this.#streams;
    const options: OperationOptions = {
      onOutput: (text) => stdout.write(text),
      onError: (text) => stderr.write(text),
      color: stdout.isTTY ? "always" : "never",
      signal: cancel.signal,
    };
    try {
      return await interruptible(onInterrupt, () => work(options));
    } catch (error) {
      throw new ReleaseError(this.#failure(operation, isInterrupted, error), { cause: error });
    }
  }

  #failure(operation: Operation, isInterrupted: boolean, error: unknown): string {
    const again = "The same command can be run again";
    if (error instanceof automation.ConcurrentUpdateError) {
      return (
        `Someone else is updating stage ${this.#stage}. ${again} when they are done; ` +
        `if no one is, npx pulumi cancel --stack ${this.#stage} removes the lock`
      );
    }
    const what = `The ${operation} of stage ${this.#stage} was ${isInterrupted ? "interrupted" : "not finished"}`;
    const state =
      operation === "preview"
        ? "Nothing was changed"
        : "What Pulumi had finished stays as it is, traffic stays on the versions that have it";
    const cause = isInterrupted ? "" : " See Pulumi's output above.";
    return `${what}. ${state}.${cause} ${again}`;
  }
}

function valuesOf(outputs: automation.OutputMap): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

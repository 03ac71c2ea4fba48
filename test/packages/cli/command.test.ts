import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { defineCommand, UsageError, wholeNumber } from "../../../packages/cli/command.ts";

const { signal } = new AbortController();

/** The arguments that a command with `positionals` is run with. */
function given(args: string[], positionals?: { least?: number; most?: number; request?: string }) {
  let seen: unknown;
  const command = defineCommand({
    help: "npm run paint -- [--colour NAME] [--coats N]",
    options: { colour: { type: "string", default: "blue" }, coats: { type: "string" } },
    ...(positionals && { positionals }),
    run: async ({ values, positionals }) => {
      seen = { ...values, positionals };
      return 7;
    },
  });
  return command.run(args, signal).then((code) => {
    expect(code).to.equal(7);
    return seen;
  });
}

const mistake = (args: string[], positionals?: Parameters<typeof given>[1]): Promise<string> =>
  given(args, positionals).then(
    () => expect.fail("the arguments were accepted"),
    (error) => {
      expect(error).to.be.instanceOf(UsageError);
      return error.message;
    },
  );

describe("defineCommand", () => {
  it("passes options, with their defaults, and other arguments to the command", async () => {
    expect(await given([])).to.deep.equal({ colour: "blue", positionals: [] });
    expect(await given(["door", "--colour", "red", "wall"], { least: 1 })).to.deep.equal({
      colour: "red",
      positionals: ["door", "wall"],
    });
  });

  it("passes a negative number to the command, which can name the mistake", async () => {
    expect(await given(["--coats", "-1"])).to.include({ coats: "-1" });
    expect(await mistake(["-1"])).to.match(/^Unknown option '-1'/);
    expect(() => wholeNumber("--coats", "-1", 5)).to.throw(
      UsageError,
      '--coats accepts a whole number from 1 to 5, not "-1"',
    );
  });

  it("refuses unknown arguments, and prints the reason and the help", async () => {
    const help = /\n\nnpm run paint -- \[--colour NAME\] \[--coats N\]$/;
    expect(await mistake(["--size", "3"]))
      .to.match(/^Unknown option '--size'/)
      .and.match(help);
    expect(await mistake(["door"]))
      .to.match(/^Unexpected argument 'door'/)
      .and.match(help);
  });

  it("names the missing arguments", async () => {
    const rule = { least: 1, most: 1, request: "Name one wall." };
    for (const args of [[], ["north", "south"]]) {
      expect(await mistake(args, rule)).to.match(/^Name one wall\.\n\nnpm run paint/);
    }
  });
});

/** Runs a command that throws `error`, an expression, as a program of its own. */
function ending(error: string): Promise<{ code: unknown; stderr: string }> {
  const command = JSON.stringify(join(import.meta.dirname, "../../../packages/cli/command.ts"));
  const script = `
    import { CommandError, runCommand, UsageError } from ${command};
    await runCommand({ run: async () => { throw ${error}; } });`;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--input-type=module", "-e", script], (failure, _, stderr) =>
      resolve({ code: failure?.code ?? 0, stderr }),
    );
  });
}

describe("runCommand", () => {
  it("prints only the message of an error that is written for people, from any package", async () => {
    const marked = 'Object.assign(new Error("The lamp is broken"), { printWithoutStack: true })';
    expect(await ending(marked)).to.deep.equal({ code: 1, stderr: "The lamp is broken\n" });
    expect(await ending('new UsageError("Name a lamp")')).to.deep.equal({ code: 2, stderr: "Name a lamp\n" });
    expect(await ending('new CommandError("No lamp", { exitCode: 3 })')).to.deep.equal({
      code: 3,
      stderr: "No lamp\n",
    });
  });

  it("keeps the stack of every other error", async () => {
    const { code, stderr } = await ending('new Error("unforeseen")');
    expect(code).to.equal(1);
    expect(stderr).to.match(/Error: unforeseen\n {4}at /);
  });
});

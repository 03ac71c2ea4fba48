import { projectDirectory } from "@henkan/build/directories";
import { defineCommand, runCommand, unlessInterrupted } from "./command.ts";
import { build } from "./release/build.ts";
import { deployableStage } from "./release/prerequisites.ts";
import { StageStack } from "./release/pulumi-stack.ts";

const help = `Shows what npm run deploy would change in a stage on AWS. It changes nothing.

  npm run preview -- STAGE

Needs AWS credentials of the stage's account and a Pulumi login.`;

const preview = defineCommand({
  help,
  options: {},
  positionals: { least: 0 },
  run: async ({ positionals, interruption }) => {
    const stage = await unlessInterrupted(interruption, deployableStage(positionals));
    const stack = await unlessInterrupted(interruption, StageStack.open(projectDirectory, stage));
    await unlessInterrupted(interruption, build());
    await stack.preview();
    return 0;
  },
});

await runCommand(preview);

import { projectDirectory } from "@henkan/build/directories";
import { answers } from "./command/questions.ts";
import { defineCommand, runCommand, unlessInterrupted } from "./command.ts";
import { checkedStage } from "./release/prerequisites.ts";
import { StageStack } from "./release/pulumi-stack.ts";
import { ReleaseError } from "./release/release-error.ts";
import { readReleaseStage } from "./release/stage.ts";

const help = `Destroys a stage on AWS, with every upload and output in it.

  npm run destroy -- STAGE [--yes]

  --yes   do not ask for the stage's name first

A stage with henkan:protect is not destroyed. Needs AWS credentials of the stage's account and a Pulumi login.`;

const destroy = defineCommand({
  help,
  options: { yes: { type: "boolean", default: false } },
  positionals: { least: 0 },
  run: async ({ values, positionals, interruption }) => {
    const { name, isProtected } = await readReleaseStage(projectDirectory, positionals);
    if (isProtected) {
      throw new ReleaseError(
        `Stage ${name} is protected and its files would be lost, so it is not destroyed. Set henkan:protect to false ` +
          `in Pulumi.${name}.yaml and run npm run deploy -- ${name} first if you really want to destroy it`,
      );
    }
    const stage = await unlessInterrupted(interruption, checkedStage(positionals));
    const stack = await unlessInterrupted(interruption, StageStack.open(projectDirectory, stage));
    if (!values.yes) {
      await stack.previewDestruction();
      interruption.throwIfAborted();
      const question = `All of this is destroyed, with the uploads and outputs in account ${stage.accountId}. Type the stage's name:`;
      if (!(await answers(question, name, interruption))) {
        console.log("Nothing was destroyed");
        return 1;
      }
    }
    interruption.throwIfAborted();
    await stack.destroy();
    return 0;
  },
});

await runCommand(destroy);

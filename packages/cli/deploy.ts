import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { projectDirectory } from "@henkan/build/directories";
import { answers } from "./command/questions.ts";
import { defineCommand, runCommand, unlessInterrupted } from "./command.ts";
import { build } from "./release/build.ts";
import { deployableStage } from "./release/prerequisites.ts";
import { StageStack } from "./release/pulumi-stack.ts";
import { release } from "./release/release.ts";
import { ReleaseError } from "./release/release-error.ts";
import { parseReleasePlan } from "./release/release-plan.ts";

const help = `Updates a stage on AWS, then shifts traffic to the new versions of its functions.

  npm run deploy -- STAGE [--yes] [--no-shift]

  --yes        update without a preview and a question
  --no-shift   leave the traffic where it is; the next deploy shifts it

Needs AWS credentials of the stage's account and a Pulumi login. CodeDeploy tries every new version on golden
samples, shifts traffic to it step by step, and rolls it back when an alarm fires: the exit code is then 1.
After the first Ctrl-C during the shift CodeDeploy continues alone; a second one rolls everything back.`;

/** CodeDeploy throttles early, and throttling must not end a release that has begun. */
const maxAttempts = 10;

const deploy = defineCommand({
  help,
  options: {
    yes: { type: "boolean", default: false },
    "no-shift": { type: "boolean", default: false },
  },
  positionals: { least: 0 },
  run: async ({ values, positionals, interruption }) => {
    const stage = await unlessInterrupted(interruption, deployableStage(positionals));
    const stack = await unlessInterrupted(interruption, StageStack.open(projectDirectory, stage));
    await unlessInterrupted(interruption, build());
    if (!values.yes) {
      await stack.preview();
      interruption.throwIfAborted();
      const question = `Update stage ${stage.name} of account ${stage.accountId}? Type yes to continue:`;
      if (!(await answers(question, "yes", interruption))) {
        console.log("Nothing was changed");
        return 1;
      }
    }
    interruption.throwIfAborted();
    const outputs = await stack.update();
    if (interruption.aborted) {
      throw new ReleaseError(
        `Stage ${stage.name} is updated, but no traffic was shifted, because the command was interrupted. ` +
          `npm run deploy -- ${stage.name} shifts it`,
      );
    }
    const plan = parseReleasePlan(outputs);
    if (values["no-shift"]) {
      console.log("Updated. No traffic was shifted; the next npm run deploy shifts it");
      return 0;
    }
    const { region } = stage;
    const code = await release(plan, {
      codedeploy: new CodeDeployClient({ region, maxAttempts }),
      lambda: new LambdaClient({ region, maxAttempts }),
      log: (line) => console.log(line),
    });
    if (code === 1) {
      console.error(
        `Stage ${stage.name} is updated, but not every function has its newest version: see above. ` +
          `npm run deploy -- ${stage.name} tries again what was rolled back`,
      );
    }
    return code;
  },
});

await runCommand(deploy);

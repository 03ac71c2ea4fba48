import { expect } from "chai";
import { runConfig } from "./stages.ts";

/** Returns the mistakes that the program reports for a stage with these settings. */
export async function mistakesOf(settings: object, provider?: object): Promise<string[]> {
  const error: Error = await runConfig({ ...settings }, provider && { provider }).then(
    () => expect.fail("expected the configuration to be refused"),
    (reason) => reason,
  );
  expect(error.name).to.equal("ConfigError");
  const [heading, ...mistakes] = error.message.split("\n");
  expect(heading).to.equal("Pulumi.made-up.yaml has mistakes:");
  return mistakes.map((mistake) => mistake.trim());
}

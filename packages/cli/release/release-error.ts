import { CommandError } from "../command.ts";

/** Stops a release with a sentence that describes the state of the stage and what to do. */
export class ReleaseError extends CommandError {
  override readonly name = "ReleaseError";
}

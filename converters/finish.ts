import type { OutputInfo, Sharp } from "sharp";
import type { MediaType } from "../contract/media-types.ts";
import { ConversionError } from "./errors.ts";
import { toConversionError } from "./image-errors.ts";

let turn: Promise<void> = Promise.resolve();

/**
 * Runs one thing after the other: libvips leaves its warnings to the process, and sharp gives them to whichever picture is
 * done next.
 */
export async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  const ours = turn.then(run);
  const end = () => {};
  turn = ours.then(end, end);
  return ours;
}

/** Does something with a picture of `type`, telling what is wrong with the picture from what may pass. */
export async function attempt<Result>(type: MediaType, run: () => Promise<Result>): Promise<Result> {
  try {
    return await inTurn(run);
  } catch (error) {
    throw toConversionError(error, type);
  }
}

/**
 * Warnings that say pixels are missing or made up, which libvips lets pass below `failOn: "warning"`. That level would
 * also refuse what sound photos are full of: padding between segments, odd profiles, unknown tags.
 */
const damage =
  /Corrupt JPEG data: (?:bad|premature|found marker)[^\n]*|Invalid frame data|(?:Premature EO[LF]|Line length mismatch) at line \d+/;

/**
 * Runs the pipeline over a picture of `type` to its end.
 *
 * @throws {ConversionError} also where the decoder would have made up what the file does not hold
 */
export async function finish(
  type: MediaType,
  pipeline: Sharp,
): Promise<{ readonly data: Buffer; readonly info: OutputInfo }> {
  const damages: string[] = [];
  pipeline.on("warning", (warning: string) => damages.push(...(damage.exec(warning) ?? [])));
  const finished = await attempt(type, () => pipeline.toBuffer({ resolveWithObject: true }));
  const [found] = damages;
  if (found === undefined) return finished;
  throw new ConversionError("corrupt-input", `the ${type.contentType} data is damaged: ${found}`);
}

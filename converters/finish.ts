import type { OutputInfo, Sharp } from "sharp";
import type { MediaType } from "../contract/media-types.ts";
import { ConversionError } from "./errors.ts";
import { toConversionError } from "./image-errors.ts";

let turn: Promise<void> = Promise.resolve();

/**
 * Runs `run` after all earlier calls have finished. Pictures must take turns: libvips collects its warnings per process,
 * and sharp gives them to the picture that finishes next, even if another one caused them.
 */
export async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  const ours = turn.then(run);
  const end = () => {};
  turn = ours.then(end, end);
  return ours;
}

/**
 * Runs `run`, which works on a picture of `type`, when it is its turn. Rethrows transient errors unchanged.
 *
 * @throws {ConversionError} for a permanent error of the decoder
 */
export async function attempt<Result>(type: MediaType, run: () => Promise<Result>): Promise<Result> {
  try {
    return await inTurn(run);
  } catch (error) {
    throw toConversionError(error, type);
  }
}

/**
 * Warnings that mean missing or invented pixels. libvips only warns about them unless `failOn` is `"warning"`. That level
 * would also refuse sound photos, which often have padding between segments, odd profiles or unknown tags.
 */
const damage =
  /Corrupt JPEG data: (?:bad|premature|found marker)[^\n]*|Invalid frame data|(?:Premature EO[LF]|Line length mismatch) at line \d+/;

/**
 * Runs the pipeline over a picture of `type` to its end.
 *
 * @throws {ConversionError} for a permanent error, and where the decoder would invent pixels that the file does not hold
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

import type { Sharp } from "sharp";
import type { MediaType } from "../contract/media-types.ts";
import type { Size } from "./geometry.ts";
import { freePixels, fromPixels, type Pixels, toPixels } from "./image.ts";

/** A level this many times as wide and high as a picture loses nothing that the picture could show. */
const oversampling = 2;

function holds({ width, height }: Size, { width: needed, height: high }: Size): boolean {
  return width >= oversampling * needed && height >= oversampling * high;
}

/**
 * The whole picture, decoded, in sizes from which smaller ones are made: scaling a picture down takes as long as it is
 * to read the one it comes from.
 */
export class Levels {
  readonly #type: MediaType;
  /** From the largest to the smallest. */
  readonly #levels: Pixels[];

  /** @param type the type of the file that `largest` was decoded from, for its errors */
  constructor(type: MediaType, largest: Pixels) {
    this.#type = type;
    this.#levels = [largest];
  }

  /**
   * The picture from which one of `size` is to be made; of that size already when one of `later`, all no larger, will be
   * made from it in turn.
   */
  async pictureFor(size: Size, later: readonly Size[]): Promise<Sharp> {
    const level = this.#levels.findLast((each) => holds(each, size)) ?? this.#levels[0];
    if (!level) throw new Error("There is no level");
    const image = fromPixels(level);
    const isNew = level.width !== size.width || level.height !== size.height;
    if (!isNew || !later.some((smaller) => holds(size, smaller))) return image;
    const scaled = await toPixels(this.#type, image.resize(size.width, size.height, { fit: "fill" }));
    this.#levels.push(scaled);
    return fromPixels(scaled);
  }

  /** Nothing can be made after this. */
  release(): void {
    for (const level of this.#levels.splice(0)) freePixels(level);
  }
}

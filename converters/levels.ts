import type { Sharp } from "sharp";
import type { MediaType } from "../contract/media-types.ts";
import { freePixels, fromPixels, type Pixels, toPixels } from "./image.ts";
import type { Size } from "./size.ts";

/** A variant loses no detail when it is made from a level that is at least this many times as wide and as high. */
const oversampling = 2;

function holds({ width, height }: Size, { width: needed, height: high }: Size): boolean {
  return width >= oversampling * needed && height >= oversampling * high;
}

/**
 * A decoded picture in several sizes, to make smaller ones from. The time to scale down is the time to read the larger
 * picture, so it pays to start from the smallest level that is large enough.
 */
export class Levels {
  readonly #type: MediaType;
  /** Ordered from the largest to the smallest. */
  readonly #levels: Pixels[];

  /** @param type the type of the file that `largest` was decoded from, for the messages of errors */
  constructor(type: MediaType, largest: Pixels) {
    this.#type = type;
    this.#levels = [largest];
  }

  /**
   * Returns a picture to make one of `size` from. It has that size already, as a level of its own, when one of the `later`
   * sizes will be made from it.
   *
   * @param later the sizes that follow, none larger than `size`
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

  /** Releases the memory of all levels, which cannot be used afterwards. */
  release(): void {
    for (const level of this.#levels.splice(0)) freePixels(level);
  }
}

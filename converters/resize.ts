import type { Sharp } from "sharp";
import type { PermanentErrorCode } from "../contract/error-codes.ts";
import { jpeg, type MediaType } from "../contract/media-types.ts";
import type { Conversion, Convert, Variant } from "./converter.ts";
import { encodeAs, layOn, maxOutputPixels, toOutput } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { checkOutputSize, type Fitting, type Geometry, geometry } from "./geometry.ts";
import { openPicture, type Picture, toPixels } from "./image.ts";
import { Levels } from "./levels.ts";
import { type OutputFormat, resizedType } from "./resized-type.ts";
import type { Size } from "./size.ts";

/** The options of a resized picture. */
export interface ResizeOptions extends Fitting {
  /** The format of the output; absent for the source's own, which for a TIFF is JPEG. */
  readonly format?: OutputFormat | undefined;
  /** 1 to 100; absent for the format's default. PNG and GIF ignore it. */
  readonly quality?: number | undefined;
  /** Keeps all frames of an animated GIF or WebP; otherwise the variant shows the first. */
  readonly animated: boolean;
  /** The colour of the padding, `#rrggbb` or `#rrggbbaa`, and for a JPEG the one behind transparent pixels. */
  readonly background: string;
}

/** Less than a third of the function's memory. The shared pixels take another third, and the encoders the last. */
const maxHeldBytes = 512 * 1024 * 1024;

interface Plan {
  readonly variant: Variant<ResizeOptions>;
  readonly type: MediaType;
  readonly frames: number;
  readonly geometry: Geometry;
}

function plan(picture: Picture, variant: Variant<ResizeOptions>): Plan {
  return {
    variant,
    type: resizedType(picture.type, variant.options),
    frames: variant.options.animated ? picture.frames : 1,
    geometry: geometry(picture.size, variant.options),
  };
}

function shape(image: Sharp, { scaled, canvas }: Geometry, background: string): Sharp {
  const resized = image.resize(scaled.width, scaled.height, { fit: "fill" });
  const left = Math.floor(Math.abs(scaled.width - canvas.width) / 2);
  const top = Math.floor(Math.abs(scaled.height - canvas.height) / 2);
  if (canvas.width < scaled.width || canvas.height < scaled.height) {
    return resized.extract({ left, top, ...canvas });
  }
  if (canvas.width > scaled.width || canvas.height > scaled.height) {
    const right = canvas.width - scaled.width - left;
    const bottom = canvas.height - scaled.height - top;
    return resized.extend({ left, top, right, bottom, background });
  }
  return resized;
}

/** Draws and encodes the variant. A JPEG gets an opaque background, behind the picture and in the padding around it. */
function draw(picture: Picture, image: Sharp, { variant: { options }, type, geometry }: Plan): Sharp {
  const { background } = options;
  const drawn =
    type === jpeg
      ? shape(layOn(background, image, picture), geometry, background.slice(0, "#rrggbb".length))
      : shape(image, geometry, background);
  return encodeAs(type, drawn, options.quality);
}

/** Returns the smallest size of the whole picture from which no plan has to scale up. */
function sharedSize({ size }: Picture, plans: readonly Plan[]): Size {
  const scales = plans.flatMap(({ geometry: { scaled } }) => [
    scaled.width / size.width,
    scaled.height / size.height,
  ]);
  const scale = Math.min(1, Math.max(...scales));
  return { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
}

/**
 * Makes stills from one decode, the largest first, so that smaller ones can start from a larger one that is scaled already.
 * sharp's own `clone()` would decode the picture again for each (measured).
 */
async function* makeStills(
  picture: Picture,
  plans: readonly Plan[],
  isWanted: (plan: Plan) => boolean,
): AsyncGenerator<Conversion> {
  const [only, another] = plans;
  if (only && !another) {
    yield await make(picture, only, async () => picture.decode());
    return;
  }
  const { width, height } = sharedSize(picture, plans);
  const shared = await toPixels(picture.type, picture.decode().resize(width, height, { fit: "fill" }));
  const levels = new Levels(picture.type, shared);
  const sizes = plans.map(({ geometry }) => geometry.scaled);
  try {
    for (const [index, plan] of plans.entries()) {
      const decode = () => levels.pictureFor(plan.geometry.scaled, sizes.slice(index + 1));
      if (isWanted(plan)) yield await make(picture, plan, decode);
      // Smaller ones may start from its pixels, and must have the same bytes as when it is made.
      else if (isPossible(plan)) await decode();
    }
  } finally {
    levels.release();
  }
}

const area = ({ geometry: { scaled } }: Plan) => scaled.width * scaled.height;

/** Errors that concern one variant alone: the picture is sound. */
const variantErrors: ReadonlySet<PermanentErrorCode> = new Set(["too-large", "too-many-pixels"]);

function isPossible({ geometry, frames, type }: Plan): boolean {
  try {
    checkOutputSize(geometry, frames, maxOutputPixels(type));
    return true;
  } catch (error) {
    if (error instanceof ConversionError) return false;
    throw error;
  }
}

async function make(picture: Picture, plan: Plan, decode: () => Promise<Sharp>): Promise<Conversion> {
  const variant = plan.variant.name;
  try {
    checkOutputSize(plan.geometry, plan.frames, maxOutputPixels(plan.type));
    return { variant, output: await toOutput(picture.type, plan.type, draw(picture, await decode(), plan)) };
  } catch (error) {
    if (error instanceof ConversionError && variantErrors.has(error.code)) return { variant, error };
    throw error;
  }
}

/** Yields a picture per variant: upright, in sRGB, without metadata. */
export const convert: Convert<ResizeOptions> = async function* (source, variants, isWanted = () => true) {
  const picture = await openPicture(source, maxHeldBytes);
  const plans = variants.map((variant) => plan(picture, variant));
  const stills = plans.filter(({ frames }) => frames === 1).sort((a, b) => area(b) - area(a));
  const animations = plans.filter(({ frames }) => frames > 1);

  const isWantedPlan = ({ variant }: Plan) => isWanted(variant.name);
  if (stills.some(isWantedPlan)) yield* makeStills(picture, stills, isWantedPlan);
  for (const animation of animations.filter(isWantedPlan)) {
    yield await make(picture, animation, async () => picture.decodeFrames());
  }
};

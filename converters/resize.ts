import type { Sharp } from "sharp";
import type { PermanentErrorCode } from "../contract/error-codes.ts";
import { jpeg, type MediaType } from "../contract/media-types.ts";
import type { Conversion, Convert, Variant } from "./converter.ts";
import { encodeAs, layOn, maxOutputPixels, toOutput } from "./encode.ts";
import { ConversionError } from "./errors.ts";
import { checkOutputSize, type Geometry, geometry, type Size } from "./geometry.ts";
import { openPicture, type Picture, toPixels } from "./image.ts";
import { Levels } from "./levels.ts";
import type { ResizeOptions } from "./options.ts";
import { resizedType } from "./resized-type.ts";

/** Under a third of the function's memory; another goes to the shared pixels, and one to the encoders. */
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

/** JPEG has no transparency, neither in the picture nor in the padding around it. */
function draw(picture: Picture, image: Sharp, { variant: { options }, type, geometry }: Plan): Sharp {
  const { background } = options;
  const drawn =
    type === jpeg
      ? shape(layOn(background, image, picture), geometry, background.slice(0, "#rrggbb".length))
      : shape(image, geometry, background);
  return encodeAs(type, drawn, options.quality);
}

/** The smallest size of the whole picture from which every plan scales down only. */
function sharedSize({ size }: Picture, plans: readonly Plan[]): Size {
  const scales = plans.flatMap(({ geometry: { scaled } }) => [
    scaled.width / size.width,
    scaled.height / size.height,
  ]);
  const scale = Math.min(1, Math.max(...scales));
  return { width: Math.round(size.width * scale), height: Math.round(size.height * scale) };
}

/**
 * Stills from one decode, the largest first; sharp's own clones would decode again each. Later ones are made from what
 * earlier ones were scaled to.
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
      // Later ones may be made from its pixels.
      else if (isPossible(plan)) await decode();
    }
  } finally {
    levels.release();
  }
}

const area = ({ geometry: { scaled } }: Plan) => scaled.width * scaled.height;

/** What can be wrong with one variant of a picture that is sound. */
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

/**
 * Yields an image per variant: upright, in sRGB, without metadata.
 *
 * An animation stays one where `animated` asks for it; every other variant shows the first frame.
 */
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

/** The converter of the function in this bundle. `packages/build` resolves this name once for each converter. */
declare module "henkan:converter" {
  export const convert: import("../../converters/converter.ts").Convert<unknown>;
}

/** One small picture of each type that a converter accepts. `packages/build` makes them. */
declare module "henkan:golden-samples" {
  const samples: import("../pre-traffic-hook/golden-samples.ts").GoldenSamples;
  export default samples;
}

import * as v from "valibot";

/** The schema of a declared variant. */
export const declaredVariant = v.object({
  /** 1 to 64 of a-z, 0-9 and `-`. */
  name: v.string(),
  /** The name of the converter, as in the registry. */
  converter: v.string(),
  /** Complete: each option that the stage file leaves out has its default. */
  options: v.unknown(),
});

/** A named output that a stage declares: the converter that makes it, with its options complete. */
export type DeclaredVariant = Readonly<v.InferOutput<typeof declaredVariant>>;

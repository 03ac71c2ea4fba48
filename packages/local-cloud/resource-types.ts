import { createHash } from "node:crypto";
import { LocalCloudError } from "./errors.ts";
import { frontDoors } from "./resource-types/front-doors.ts";
import { lambda } from "./resource-types/lambda.ts";
import { messaging } from "./resource-types/messaging.ts";
import { observability } from "./resource-types/observability.ts";
import type {
  Answer,
  Context,
  Declaration,
  Emulated,
  Placement,
  ResourceTypes,
} from "./resource-types/resource-type.ts";
import { s3 } from "./resource-types/s3.ts";
import { security } from "./resource-types/security.ts";

const table = { ...frontDoors, ...lambda, ...messaging, ...observability, ...s3, ...security };

/** The inputs of every resource type that the local cloud brings up, by type token. */
export type EmulatedTypes = {
  [Type in keyof typeof table as (typeof table)[Type] extends { emulated: true }
    ? Type
    : never]: (typeof table)[Type] extends Emulated<infer Args> ? Args : never;
};

/** Every resource type that the local cloud knows: emulated, or without effect for a reason. */
export const resourceTypes: ResourceTypes = table;

/** The program declares a resource of a type that the local cloud does not know. */
export class UnknownResourceTypeError extends LocalCloudError {
  override readonly name = "UnknownResourceTypeError";
  override readonly code = "unknown-resource-type";

  constructor(resources: readonly Pick<Declaration, "type" | "name">[]) {
    const names = resources.map(({ type, name }) => `  ${type} "${name}"`).join("\n");
    super(
      `The local cloud does not know these resource types:\n${names}\n` +
        "Add them to its resource-types/, emulated or with the reason why they have no effect on this machine.",
    );
  }
}

/**
 * Checks that the local cloud knows the types of all resources.
 *
 * @throws {UnknownResourceTypeError} naming every resource of an unknown type
 */
export function assertAllKnown(resources: readonly Pick<Declaration, "type" | "name">[]): void {
  const unknown = resources.filter(({ type }) => !Object.hasOwn(resourceTypes, type));
  if (unknown.length > 0) throw new UnknownResourceTypeError(unknown);
}

/**
 * Returns the id and the computed attributes that AWS would give a resource; the same ones in every run.
 *
 * @throws {UnknownResourceTypeError}
 */
export function answer(declaration: Declaration, placement: Placement): Answer {
  const known = Object.hasOwn(resourceTypes, declaration.type) ? resourceTypes[declaration.type] : undefined;
  if (!known) throw new UnknownResourceTypeError([declaration]);
  return known.attributes(contextOf(declaration, placement));
}

function contextOf({ type, name, inputs }: Declaration, placement: Placement): Context {
  const { project, stage, accountId } = placement;
  const region = typeof inputs.region === "string" ? inputs.region : placement.region;
  const digest = createHash("sha256").update([project, stage, type, name].join("\n")).digest("hex");
  const given = inputs.name ?? inputs.bucket;
  return {
    ...placement,
    region,
    inputs,
    physicalName: typeof given === "string" ? given : `${name}-${digest.slice(0, 7)}`,
    token: (length) => digest.slice(0, length),
    arn: (service, resource) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
  };
}

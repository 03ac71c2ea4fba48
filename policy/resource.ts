/** A resource as rules see it: the part that Pulumi's engine and the local graph have in common. */
export interface Resource {
  /** The Pulumi type token, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** The logical name. */
  readonly name: string;
  readonly urn: string;
  /** Inputs for a rule on one resource, inputs and computed attributes for a rule on the stack. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly provider?: { readonly props: Readonly<Record<string, unknown>> };
  /** The resources that each property takes its value from; only Pulumi's engine knows them. */
  readonly propertyDependencies?: Readonly<Record<string, readonly { readonly urn: string }[]>>;
}

/** Attributes by which one resource names another. */
const identifiers = ["arn", "id", "bucket", "name", "url", "invokeArn", "keyId"];

/**
 * Returns true if a property of `from` refers to `to`. The engine's dependencies come first, since names and ARNs are not
 * known yet during the first preview of a stack.
 */
export function refersTo(from: Resource, property: string, to: Resource): boolean {
  const sources = from.propertyDependencies?.[property] ?? [];
  if (sources.length > 0) return sources.some(({ urn }) => urn === to.urn);
  const value = from.props[property];
  return value !== undefined && identifiers.some((key) => to.props[key] === value);
}

/** Returns the resources of a type whose `property` refers to `to`. */
export function attached(
  stack: readonly Resource[],
  type: string,
  property: string,
  to: Resource,
): readonly Resource[] {
  return stack.filter((resource) => resource.type === type && refersTo(resource, property, to));
}

/** Returns the value at a path of keys; undefined when there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** Returns a list unchanged, a single value as a list of one, and undefined or null as an empty list. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Parses a JSON text; returns any other value unchanged. */
export function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

/** Returns the stage of a resource, from its `urn:pulumi:STAGE::PROJECT::TYPE::NAME`. */
export function stageOf({ urn }: Pick<Resource, "urn">): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
}

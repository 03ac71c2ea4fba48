/** What a rule sees of a resource: the part that Pulumi's engine and the local graph have in common. */
export interface Resource {
  /** Pulumi type token, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Logical name. */
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
 * Whether a property of `from` names `to`. The engine's dependencies come first, since during the first preview of
 * a stack names and ARNs are not known yet.
 */
export function refersTo(from: Resource, property: string, to: Resource): boolean {
  const sources = from.propertyDependencies?.[property] ?? [];
  if (sources.length > 0) return sources.some(({ urn }) => urn === to.urn);
  const value = from.props[property];
  return value !== undefined && identifiers.some((key) => to.props[key] === value);
}

/** Resources of a type whose `property` names `to`. */
export function attached(
  stack: readonly Resource[],
  type: string,
  property: string,
  to: Resource,
): readonly Resource[] {
  return stack.filter((resource) => resource.type === type && refersTo(resource, property, to));
}

/** The value at a path of keys; undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** A list as it is, a single value as a list of one, nothing as an empty list. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A JSON text as its value; what is no text as it is. */
export function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

/** The stage a resource belongs to: `urn:pulumi:STAGE::PROJECT::TYPE::NAME`. */
export function stageOf({ urn }: Pick<Resource, "urn">): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
}

import type { Unwrap } from "@pulumi/pulumi";
import { ProgramError } from "./errors.ts";
import type { EmulatedTypes } from "./resource-types.ts";

/** One resource that the program declared, with the outputs that AWS would have added. */
export interface GraphResource {
  /** Pulumi type token, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Logical name of the component that contains the resource. */
  readonly parent?: string | undefined;
  readonly id: string;
  /** Inputs as the program gave them, fully resolved. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and the computed outputs (arn, url …) that other resources may refer to. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A component: it groups resources and does not exist on AWS. */
export type GraphComponent = Pick<GraphResource, "type" | "name" | "parent">;

/** An archive or file asset, reduced to its absolute path. */
export interface AssetPath {
  readonly path: string;
}

/** An asset given as text. */
export interface AssetText {
  readonly text: string;
}

/** A declared resource of a known type: its inputs have the type that its Pulumi class accepts, resolved. */
export interface Declared<Type extends keyof EmulatedTypes> {
  readonly type: Type;
  /** Logical name. */
  readonly name: string;
  readonly id: string;
  readonly inputs: Unwrap<EmulatedTypes[Type]>;
  /**
   * Returns a computed output, for example `arn`.
   *
   * @throws {ProgramError} when the resource has no such output, or it is not a string
   */
  output(property: string): string;
}

/** The data of a {@link Graph}, which survive JSON. */
export type GraphContents = Pick<
  Graph,
  "stage" | "region" | "accountId" | "resources" | "components" | "outputs"
>;

/**
 * Everything that one run of a Pulumi program declared, with indexes to find resources by.
 *
 * @example
 * ```ts
 * const graph = await runProgram({ projectDirectory: ".", stage: "dev" });
 * const [bucket] = graph.all("aws:s3/bucket:Bucket");
 * const lambda = graph.behind(integration.inputs.integrationUri, "aws:lambda/function:Function");
 * ```
 */
export class Graph {
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  /** In the order of their declaration. */
  readonly resources: readonly GraphResource[];
  readonly components: readonly GraphComponent[];
  /** The stack outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly #byType: ReadonlyMap<string, readonly GraphResource[]>;
  /** By type and reference. */
  readonly #byReference: ReadonlyMap<string, GraphResource>;

  constructor({ stage, region, accountId, resources, components, outputs }: GraphContents) {
    this.stage = stage;
    this.region = region;
    this.accountId = accountId;
    this.resources = resources;
    this.components = components;
    this.outputs = outputs;
    this.#byType = Map.groupBy(resources, ({ type }) => type);
    this.#byReference = new Map(
      resources.flatMap((resource) =>
        referencesTo(resource).map((reference): [string, GraphResource] => [
          `${resource.type} ${reference}`,
          resource,
        ]),
      ),
    );
  }

  /** Returns a copy in which `changes` replace their fields. */
  with(changes: Partial<GraphContents>): Graph {
    return new Graph({ ...this, ...changes });
  }

  /** Returns all resources of one type, in the order of their declaration. */
  all<Type extends keyof EmulatedTypes>(type: Type): Declared<Type>[] {
    return (this.#byType.get(type) ?? []).map((resource) => declared(resource, type));
  }

  /**
   * Returns the only resource of one type. A program that may declare several needs `all`.
   *
   * @throws {ProgramError} when the program declares none or several
   */
  only<Type extends keyof EmulatedTypes>(type: Type): Declared<Type> {
    const [only, ...others] = this.all(type);
    if (only && others.length === 0) return only;
    throw new ProgramError(
      `The program declares ${only ? others.length + 1 : "no"} ${type}, expected exactly one`,
    );
  }

  /** Returns the resource of a type with this id; undefined when there is none. */
  byId<Type extends keyof EmulatedTypes>(type: Type, id: unknown): Declared<Type> | undefined {
    const resource = this.#byReference.get(`${type} ${id}`);
    return resource && resource.id === id ? declared(resource, type) : undefined;
  }

  /**
   * Returns the resource of one of `types` that a reference leads to. The reference is an id, a name, an ARN, a bucket's
   * domain name, or an address that contains a function's ARN: that of an alias or of an integration's URI.
   *
   * @throws {ProgramError} when the program declares no such resource
   */
  behind<Type extends keyof EmulatedTypes>(reference: unknown, ...types: readonly Type[]): Declared<Type> {
    const text = String(reference);
    const functionArn = /arn:aws:lambda:[^:/]*:\d*:function:[^:/]+/.exec(text)?.[0] ?? text;
    for (const type of types) {
      const resource =
        this.#byReference.get(`${type} ${text}`) ?? this.#byReference.get(`${type} ${functionArn}`);
      if (resource) return declared(resource, type);
    }
    throw new ProgramError(`The program declares no ${types.join(" or ")} behind ${text}`);
  }
}

function declared<Type extends keyof EmulatedTypes>(resource: GraphResource, type: Type): Declared<Type> {
  const { name, id, inputs } = resource;
  return {
    type,
    name,
    id,
    inputs: inputs as Declared<Type>["inputs"],
    output: (property) => outputOf(resource, property),
  };
}

/** The texts by which other resources refer to this one. */
function referencesTo({ id, attributes: { name, arn, bucketRegionalDomainName } }: GraphResource): string[] {
  return [bucketRegionalDomainName, name, arn, id].filter((reference) => typeof reference === "string");
}

function outputOf(resource: GraphResource, property: string): string {
  const value = resource.attributes[property];
  if (typeof value === "string") return value;
  throw new ProgramError(`${resource.name} (${resource.type}) has no output ${property}`);
}

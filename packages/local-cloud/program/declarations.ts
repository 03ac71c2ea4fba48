import type { Resource, ResourceTransformation } from "@pulumi/pulumi";
import { ProgramError } from "../errors.ts";

interface Named {
  readonly type: string;
  readonly name: string;
}

/**
 * Records the order in which a program declares its resources, and which component contains each of them. Mocks do not
 * receive the component, and they receive a resource only when its inputs are known. Transformations run at the
 * declaration.
 */
export class Declarations {
  readonly #names = new Map<Resource, string>();
  readonly #parents = new Map<string, string>();
  readonly #positions = new Map<string, number>();
  /** The types on the way from the stack to a resource, as its URN has them. */
  readonly #typePaths = new Map<Resource, string>();
  readonly #declared = new Set<string>();

  /**
   * A transformation for the stack. It changes nothing.
   *
   * @throws {ProgramError} for a second resource with the same URN, which Pulumi refuses too
   */
  readonly record: ResourceTransformation = ({ resource, type, name, opts: { parent } }) => {
    const typePath = `${(parent && this.#typePaths.get(parent)) ?? ""}$${type}`;
    if (this.#declared.has(`${typePath} ${name}`)) {
      throw new ProgramError(
        `The program declares two resources of type ${type} with the name "${name}". Pulumi needs a different name for each`,
      );
    }
    this.#declared.add(`${typePath} ${name}`);
    this.#typePaths.set(resource, typePath);
    this.#names.set(resource, name);
    this.#positions.set(`${type} ${name}`, this.#positions.size);
    const parentName = parent && this.#names.get(parent);
    if (parentName !== undefined) this.#parents.set(`${type} ${name}`, parentName);
    return undefined;
  };

  /** Returns the logical name of the component that contains a resource; undefined for one of the stack itself. */
  parentOf({ type, name }: Named): string | undefined {
    return this.#parents.get(`${type} ${name}`);
  }

  /** Returns resources or components in the order of their declaration. */
  inOrder<Item extends Named>(items: readonly Item[]): Item[] {
    const position = ({ type, name }: Named) => this.#positions.get(`${type} ${name}`) ?? 0;
    return items.toSorted((first, second) => position(first) - position(second));
  }
}

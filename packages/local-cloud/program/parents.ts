import type { Resource, ResourceTransformation } from "@pulumi/pulumi";

/** Who contains whom: mocks are not told, transformations are. */
export class Parents {
  readonly #names = new Map<Resource, string>();
  readonly #parents = new Map<string, string>();

  /** To be registered as a transformation of the stack; changes nothing. */
  readonly record: ResourceTransformation = ({ resource, type, name, opts: { parent } }) => {
    this.#names.set(resource, name);
    const parentName = parent && this.#names.get(parent);
    if (parentName !== undefined) this.#parents.set(`${type} ${name}`, parentName);
    return undefined;
  };

  /** Logical name of the component that contains a resource; undefined for what stands in the stack itself. */
  of(type: string, name: string): string | undefined {
    return this.#parents.get(`${type} ${name}`);
  }
}

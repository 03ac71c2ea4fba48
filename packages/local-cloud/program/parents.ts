import type { Resource, ResourceTransformation } from "@pulumi/pulumi";

/** Records which component contains each resource. Mocks do not receive this, but transformations do. */
export class Parents {
  readonly #names = new Map<Resource, string>();
  readonly #parents = new Map<string, string>();

  /** A transformation for the stack. It changes nothing. */
  readonly record: ResourceTransformation = ({ resource, type, name, opts: { parent } }) => {
    this.#names.set(resource, name);
    const parentName = parent && this.#names.get(parent);
    if (parentName !== undefined) this.#parents.set(`${type} ${name}`, parentName);
    return undefined;
  };

  /** Returns the logical name of the component that contains a resource; undefined for one of the stack itself. */
  of(type: string, name: string): string | undefined {
    return this.#parents.get(`${type} ${name}`);
  }
}

/** One resource the program declared: what it asked for and what the cloud would have answered. */
export interface GraphResource {
  /** Pulumi type token, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Logical name of the component it is part of. */
  readonly parent?: string | undefined;
  readonly id: string;
  /** Inputs as the program gave them, fully resolved. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs plus the computed outputs (arn, url …) that other resources may refer to. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A component: it groups resources and is nothing on AWS. */
export type GraphComponent = Pick<GraphResource, "type" | "name" | "parent">;

/** Everything one run of the Pulumi program declared. */
export interface Graph {
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  readonly resources: readonly GraphResource[];
  readonly components: readonly GraphComponent[];
  /** The stack outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** An archive or file asset, reduced to where it lies: an absolute path. */
export interface AssetPath {
  readonly path: string;
}

/** An asset given as text. */
export interface AssetText {
  readonly text: string;
}

/** The project, stage, region and account that a program runs for. */
export interface Placement {
  readonly project: string;
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
}

/** A resource as the program declared it. */
export interface Declaration {
  /** Pulumi type token, for example `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The id and the computed attributes that AWS adds to a resource's inputs. */
export interface Answer {
  readonly id: string;
  readonly [attribute: string]: unknown;
}

/** The values from which a resource type computes its {@link Answer}. */
export interface Context extends Placement {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The name that the program gave, or a generated one that is the same in every run. */
  readonly physicalName: string;
  /** Returns `length` hexadecimal digits (at most 64) that are the same in every run, for ids that AWS draws. */
  token(length: number): string;
  /** Returns an ARN in the program's region and account. */
  arn(service: string, resource: string): string;
}

type Attributes = (context: Context) => Answer;

/** A type that the local cloud brings up; `Args` are the inputs of its Pulumi class. */
export interface Emulated<Args> {
  readonly emulated: true;
  readonly attributes: Attributes;
  /** Carries the type alone: no value has it. */
  readonly args?: Args;
}

/** A type that has no effect on this machine. */
export interface WithoutEffect {
  readonly emulated: false;
  readonly attributes: Attributes;
  /** Completes the sentence "it has no effect here, because …". */
  readonly reason: string;
}

/** Resource types by their tokens. */
export type ResourceTypes = Readonly<Record<string, Emulated<unknown> | WithoutEffect>>;

/** Makes the entry of a type that the local cloud brings up. */
export function emulated<Args>(attributes: Attributes): Emulated<Args> {
  return { emulated: true, attributes };
}

/** Makes the entry of a type that has no effect on this machine, with the reason. */
export function withoutEffect(reason: string, attributes: Attributes): WithoutEffect {
  return { emulated: false, reason, attributes };
}

/** Returns a generated id next to the name, as many resource types have it. */
export function named({ token, physicalName: name }: Context): Answer {
  return { id: token(36), name };
}

/** Formats 32 hexadecimal digits as a UUID. */
export function asUuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

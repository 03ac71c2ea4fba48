/** The methods that a child process answers. Arguments and results travel as JSON. */
export type CallsOf<Calls> = { readonly [Name in keyof Calls]: (...args: never[]) => unknown };

/** A call to the child. */
export interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** A message from the child: the answer to the call `id`, or an event that the child sends by itself. */
export type ChildMessage =
  | { readonly id: number; readonly result?: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly event: unknown };

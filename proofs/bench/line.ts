/** The goal of a line's value. */
export interface Goal {
  readonly comparison: "≤" | "≥";
  readonly value: number;
}

/** One figure of the bench, mostly a comparison of ours with another's, and its goal. */
export interface Line {
  readonly group: string;
  readonly name: string;
  /** Absent when something that the measurement needs is absent; `note` names it. */
  readonly value?: number;
  /** The unit of `value`; `×` for a ratio. */
  readonly unit: string;
  readonly goal?: Goal;
  /** The numbers behind the value, as text. */
  readonly note?: string;
}

/** Returns true when the value meets the goal; undefined without a goal or a value. */
export function isMet({ value, goal }: Line): boolean | undefined {
  if (goal === undefined || value === undefined) return undefined;
  return goal.comparison === "≤" ? value <= goal.value : value >= goal.value;
}

export const atMost = (value: number): Goal => ({ comparison: "≤", value });
export const atLeast = (value: number): Goal => ({ comparison: "≥", value });

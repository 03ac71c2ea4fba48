/** The goal of a line's value. */
export interface Goal {
  readonly comparison: "≤" | "≥";
  readonly value: number;
}

/** One figure of the bench: mostly ours against another's, with what is asked of it. */
export interface Line {
  readonly group: string;
  readonly name: string;
  /** Absent where what it takes is absent: `note` says what. */
  readonly value?: number;
  /** `×` for a ratio. */
  readonly unit: string;
  readonly goal?: Goal;
  /** The numbers behind the value, for people. */
  readonly note?: string;
}

/** Undefined where there is no goal or no value. */
export function isMet({ value, goal }: Line): boolean | undefined {
  if (goal === undefined || value === undefined) return undefined;
  return goal.comparison === "≤" ? value <= goal.value : value >= goal.value;
}

export const atMost = (value: number): Goal => ({ comparison: "≤", value });
export const atLeast = (value: number): Goal => ({ comparison: "≥", value });

/** Seeds of mutated files that found a defect once: they stay in every run. */
export const failedSeeds: readonly number[] = [];

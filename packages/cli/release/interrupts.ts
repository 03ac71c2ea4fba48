const signals = ["SIGINT", "SIGTERM"] as const;
type Interrupt = (typeof signals)[number];

/** Runs `work`. Meanwhile Ctrl-C and SIGTERM call `onInterrupt` instead of ending the process. */
export async function interruptible<Result>(
  onInterrupt: (signal: Interrupt) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  for (const signal of signals) process.on(signal, onInterrupt);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.off(signal, onInterrupt);
  }
}

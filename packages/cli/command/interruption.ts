/** Exit code of a program that a signal ended, by shell convention: 128 plus the number of SIGINT. */
export const interruptedExitCode = 130;

/** Settles as `work` does, or rejects with the interruption's reason as soon as the command is interrupted. */
export function unlessInterrupted<Result>(interruption: AbortSignal, work: Promise<Result>): Promise<Result> {
  return Promise.race([work, interrupted(interruption)]);
}

/** Rejects when the command is interrupted, and never settles otherwise. */
function interrupted(interruption: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    interruption.throwIfAborted();
    interruption.addEventListener("abort", () => reject(interruption.reason), { once: true });
  });
}

/** Returns true when `error` is only the interruption of the command. */
export function isInterruption(error: unknown, { aborted, reason }: AbortSignal): boolean {
  return aborted && (error === reason || (error instanceof Error && error.name === "AbortError"));
}

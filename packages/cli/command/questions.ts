import { createInterface } from "node:readline/promises";
import { UsageError } from "./errors.ts";

/**
 * Asks a question on the terminal, and returns true when the answer is `expected`.
 *
 * @throws {UsageError} when there is no terminal to ask on
 * @throws the interruption's reason when the command is interrupted
 */
export async function answers(
  question: string,
  expected: string,
  interruption: AbortSignal,
): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question}\nNot a terminal. Pass --yes to confirm.`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new AbortController();
  terminal.once("close", () => closed.abort());
  try {
    const answer = await terminal.question(`${question} `, {
      signal: AbortSignal.any([closed.signal, interruption]),
    });
    return answer.trim() === expected;
  } catch (error) {
    interruption.throwIfAborted();
    // Ctrl-C and Ctrl-D close the terminal, which means no.
    if (closed.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}

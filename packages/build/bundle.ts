import { setTimeout as sleep } from "node:timers/promises";
import { type BuildFailure, build, stop } from "esbuild";

/** Signals that a terminal or a supervisor sends to a whole process group, esbuild's process included. */
const groupSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long this process may take to handle the signal that ended esbuild. It needs a turn or two of its event loop. */
const signalMs = 1000;

/**
 * Bundles with esbuild. When esbuild's process ends early, the returned promise rejects, and only after this process has
 * handled the signal that ended esbuild.
 *
 * esbuild's own `build` guarantees neither when Ctrl-C ends its process:
 *
 * - It may never settle. Only the child process keeps the event loop alive, so Node.js exits with code 13 when it notices
 *   the end of the process before the end of the pipe, which is what rejects the build.
 * - It may reject before the signal handlers here run, and the caller would report the interruption as an error.
 *
 * @throws {DOMException} an `AbortError` when a signal that this process handles ended esbuild
 * @throws {BuildFailure} when the code has mistakes; `printWithoutStack` is set
 * @throws {Error} when esbuild's process ended for another reason
 */
export const bundle: typeof build = async (options) => {
  const eventLoop = setInterval(() => {}, 2 ** 30);
  const { promise: signalled, resolve: onSignal } = Promise.withResolvers<unknown>();
  // A signal that has no handler ends this process, which a listener of our own would prevent.
  const handled = groupSignals.filter((signal) => process.listenerCount(signal) > 0);
  for (const signal of handled) process.once(signal, onSignal);
  try {
    return await build(options);
  } catch (error) {
    // esbuild has printed the mistakes, each with its line; the stack would only show esbuild's own code.
    if (isMistake(error)) throw Object.assign(error, { printWithoutStack: true });
    if (!isServiceEnd(error)) throw error;
    if (await Promise.race([signalled, sleep(signalMs, undefined, { ref: false })])) {
      throw new DOMException("A signal ended esbuild", "AbortError");
    }
    // Without this, every later call would reject as well.
    await stop();
    throw new Error("esbuild's process ended before it had bundled the code", { cause: error });
  } finally {
    for (const signal of handled) process.off(signal, onSignal);
    clearInterval(eventLoop);
  }
};

/** All messages of esbuild about the end of its process start like this. */
const isServiceEnd = (error: unknown) => error instanceof Error && error.message.startsWith("The service ");

/** Returns true for the error that lists mistakes in the bundled code. */
const isMistake = (error: unknown): error is BuildFailure => error instanceof Error && "errors" in error;

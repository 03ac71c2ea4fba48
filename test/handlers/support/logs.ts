import { logger } from "../../../handlers/observability.ts";

const levels = ["info", "warn", "error"] as const;

export type LogEntry = Record<string, unknown> & { level: (typeof levels)[number] };

/** Collects the log lines of the handlers in each test of the suite, and keeps them out of the output of the run. */
export function captureLogs(): LogEntry[] {
  const entries: LogEntry[] = [];
  const originals = levels.map((level) => [level, logger[level]] as const);

  beforeEach(() => {
    entries.length = 0;
    for (const level of levels) {
      logger[level] = (message: unknown, ...fields: unknown[]) => {
        entries.push(Object.assign({ message }, ...fields, { level }));
      };
    }
  });
  afterEach(() => {
    for (const [level, original] of originals) logger[level] = original;
  });
  return entries;
}

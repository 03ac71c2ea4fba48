const levels = ["info", "warn", "error"] as const;

export type LogEntry = Record<string, unknown> & { level: (typeof levels)[number] };

/** Collects what each test of the suite makes the handlers log, and keeps it out of the report. */
export function captureLogs(): LogEntry[] {
  const entries: LogEntry[] = [];
  const originals = levels.map((level) => [level, console[level]] as const);

  beforeEach(() => {
    entries.length = 0;
    for (const level of levels) {
      console[level] = (fields: object) => {
        entries.push({ ...fields, level });
      };
    }
  });
  afterEach(() => {
    for (const [level, original] of originals) console[level] = original;
  });
  return entries;
}

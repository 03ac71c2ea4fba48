import { format } from "node:util";

/** The log levels of Lambda in ascending order. A function's log contains the lines of its own level and above. */
const levels = ["trace", "debug", "info", "warn", "error"] as const;

/**
 * Makes `console` write one JSON object per line, as Lambda does for functions with the JSON log format,
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html.
 */
export function installJsonConsole(logLevel: string, requestId: () => string | undefined): void {
  const least = levels.findIndex((level) => level.toUpperCase() === logLevel);
  for (const [rank, level] of levels.entries()) {
    const write = (...values: unknown[]) => {
      if (rank < least) return;
      const message = values.length === 1 && isObject(values[0]) ? values[0] : format(...values);
      const line = {
        timestamp: new Date().toISOString(),
        level: level.toUpperCase(),
        requestId: requestId(),
        message,
      };
      process.stdout.write(`${JSON.stringify(line, describeErrors)}\n`);
    };
    console[level] = write;
    if (level === "info") console.log = write;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function describeErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { errorType: value.name, errorMessage: value.message, stackTrace: value.stack?.split("\n") };
}

import { UsageError } from "../command.ts";

const datePattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Parses `2026-11-01` (midnight, UTC) or a time with its zone, `2026-11-01T09:30:00+09:00`.
 *
 * @throws {UsageError} for any other text, for a day that does not exist and for a time in the future
 */
export function parseSince(text: string, now: Date): Date {
  const date = new Date(text);
  const [day = ""] = text.split("T");
  const midnight = new Date(day);
  // Date reads the 31st of a shorter month as a day of the next.
  const isOfCalendar = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  if (!datePattern.test(text) || Number.isNaN(date.getTime()) || !isOfCalendar || date.getTime() < 0) {
    throw new UsageError(
      `--since accepts a date such as 2026-11-01 (UTC) or a time such as 2026-11-01T09:30:00+09:00, not "${text}"`,
    );
  }
  if (date > now) {
    throw new UsageError(`--since ${text} is in the future, so no upload can match`);
  }
  return date;
}

/** Returns the beginning of the ids of uploads made at `date`: a UUIDv7 starts with its milliseconds (RFC 9562, section 5.7). */
export function uploadIdPrefix(date: Date): string {
  const milliseconds = date.getTime().toString(16).padStart(12, "0");
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}`;
}

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import { type CompletionEvent, receiptSchema } from "../../contract/receipt.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../docs/completion-event.schema.json", import.meta.url), "utf8"),
);
const isEvent = new Ajv2020().compile(schema);

const common = {
  uploadId: "019abc12-3456-7000-8000-0123456789ab",
  variant: "thumbnail",
  converter: "resize",
  source: { etag: "9e10", bytes: 18 },
  settings: "3f1c",
  at: "2026-11-23T01:02:03.456Z",
};
const ready: CompletionEvent = {
  ...common,
  state: "ready",
  path: "019abc12/thumbnail/a.png",
  url: "https://cdn.example.com/019abc12/thumbnail/a.png",
  contentType: "image/png",
  bytes: 7,
  width: 3,
  height: 2,
};
const failed: CompletionEvent = {
  ...common,
  state: "failed",
  error: { code: "empty-file", message: "It is empty" },
};

/** Every place in a JSON value, as a path of keys. */
function paths(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...paths(inner).map((path) => [key, ...path]),
  ]);
}

/** A copy with another value at `path`, or without that key. */
function changed(value: unknown, [key = "", ...rest]: readonly string[], change: { to?: unknown }): unknown {
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [key]: changed(inner, rest, change) };
  return "to" in change ? { ...others, [key]: change.to } : others;
}

/** The receipt knows nothing of the URL, which the event adds when it is ready. */
const isReceipt = (event: unknown) => v.is(receiptSchema, event);

describe("the schema of completion events", () => {
  for (const event of [ready, failed]) {
    describe(`that are ${event.state}`, () => {
      const inReceipts = paths(event).filter(([key]) => key !== "url");

      it("accepts them, and others with fields of a later version", () => {
        expect(isEvent(event)).to.equal(true);
        expect(isEvent({ ...event, later: true })).to.equal(true);
      });

      it("requires what receipts require", () => {
        for (const path of inReceipts) {
          const without = changed(event, path, {});
          expect(isEvent(without), path.join(".")).to.equal(isReceipt(without));
        }
      });

      it("has the types that receipts have", () => {
        const values = fc.oneof(
          fc.constantFrom(null, true, "", "x", 0, 1, -1, 0.5, 2 ** 53, "ready", "failed", [], {}),
          fc.json().map((json) => JSON.parse(json)),
        );
        fc.assert(
          fc.property(fc.constantFrom(...inReceipts), values, (path, to) => {
            const other = changed(event, path, { to });
            expect(isEvent(other)).to.equal(isReceipt(other));
          }),
          { numRuns: 1_000 },
        );
      });
    });
  }

  it("requires a URL of what is ready", () => {
    expect(isEvent(changed(ready, ["url"], {}))).to.equal(false);
    expect(isEvent(changed(ready, ["url"], { to: 1 }))).to.equal(false);
  });

  it("names every field of a receipt, and the URL", () => {
    const described = [schema, ...schema.oneOf].flatMap(({ properties }) => Object.keys(properties));
    const known = receiptSchema.options.flatMap(({ entries }) => Object.keys(entries));
    expect(new Set(described)).to.deep.equal(new Set([...known, "url"]));
  });
});

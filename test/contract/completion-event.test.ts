import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import {
  type CompletionEvent,
  completionEvent,
  completionEventOf,
  parseCompletionEvent,
} from "../../contract/completion-event.ts";
import type { Receipt } from "../../contract/receipt.ts";

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

/** Returns every place in a JSON value, as a path of keys. */
function paths(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...paths(inner).map((path) => [key, ...path]),
  ]);
}

/** Returns a copy with another value at `path`, or without that key. */
function changed(value: unknown, [key = "", ...rest]: readonly string[], change: { to?: unknown }): unknown {
  const { [key]: inner, ...others } = value as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [key]: changed(inner, rest, change) };
  return "to" in change ? { ...others, [key]: change.to } : others;
}

const isDescribed = (event: unknown) => v.is(completionEvent, event);

describe("the published schema of completion events", () => {
  for (const event of [ready, failed]) {
    describe(`of ${event.state} variants`, () => {
      const places = paths(event);

      it("accepts them, and others with fields of a later version", () => {
        expect(isEvent(event)).to.equal(true);
        expect(isEvent({ ...event, later: true })).to.equal(true);
      });

      it("requires what the contract requires", () => {
        for (const path of places) {
          const without = changed(event, path, {});
          expect(isEvent(without), path.join(".")).to.equal(isDescribed(without));
        }
      });

      it("has the types of the contract", () => {
        const values = fc.oneof(
          fc.constantFrom(null, true, "", "x", 0, 1, -1, 0.5, 2 ** 53, "ready", "failed", [], {}),
          fc.json().map((json) => JSON.parse(json)),
        );
        fc.assert(
          fc.property(fc.constantFrom(...places), values, (path, to) => {
            const other = changed(event, path, { to });
            expect(isEvent(other)).to.equal(isDescribed(other));
          }),
          { numRuns: 1_000 },
        );
      });
    });
  }

  it("names every field of the contract", () => {
    const described = [schema, ...schema.oneOf].flatMap(({ properties }) => Object.keys(properties));
    const known = completionEvent.options.flatMap(({ entries }) => Object.keys(entries));
    expect(new Set(described)).to.deep.equal(new Set(known));
  });
});

describe("a completion event", () => {
  it("of a ready variant is its receipt with the URL on the CDN", () => {
    const { url: _, ...receipt } = { ...ready, path: "019abc12/thumbnail/a b.png" };
    const event = completionEventOf(receipt as Receipt, "https://cdn.example.com");
    expect(event).to.deep.equal({ ...receipt, url: "https://cdn.example.com/019abc12/thumbnail/a%20b.png" });
  });

  it("of a failed variant is its receipt", () => {
    expect(completionEventOf(failed as Receipt, "https://cdn.example.com")).to.deep.equal(failed);
  });

  it("is read from the body of its message", () => {
    for (const event of [ready, failed]) {
      expect(parseCompletionEvent(JSON.stringify(event))).to.deep.equal(event);
    }
  });

  it("is not another message", () => {
    for (const text of ["", "{}", '{"Records":[]}', JSON.stringify(changed(ready, ["url"], {}))]) {
      expect(parseCompletionEvent(text), text).to.equal(undefined);
    }
  });
});

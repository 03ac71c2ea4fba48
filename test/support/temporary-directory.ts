import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder of the test's own. `remove` deletes it with everything in it. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "henkan-test-"));
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

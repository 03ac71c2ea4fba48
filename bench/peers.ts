import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Installs what Henkan is measured against, as locked, unless it is there. */
export async function installPeers(say: (text: string) => void): Promise<void> {
  const directory = import.meta.dirname;
  if (existsSync(join(directory, "node_modules", ".package-lock.json"))) return;
  say("Installing what Henkan is measured against into bench/node_modules, once");
  const { npm_execpath: script } = process.env;
  const args = ["ci", "--no-audit", "--no-fund"];
  const [command, all] = script ? [process.execPath, [script, ...args]] : ["npm", args];
  await run(command, all, { cwd: directory });
}

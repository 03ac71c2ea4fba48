import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const { version } = createRequire(import.meta.url)("pulumi/package.json") as { version: string };

/**
 * The stand-in's program. It writes its arguments into the file NOTES, behaves as STORY names it, and interrupts its caller
 * at the command INTERRUPT_AT.
 */
const script = `#!${process.execPath}
const { appendFileSync } = process.getBuiltinModule("node:fs");
const args = process.argv.slice(2);
appendFileSync(process.env.NOTES, args.join(" ") + "\\n");
const [command, sub] = args;
const { INTERRUPT_AT } = process.env;
if (INTERRUPT_AT && args.join(" ").startsWith(INTERRUPT_AT)) process.kill(process.ppid, "SIGTERM");
const fail = (text) => { console.error(text); process.exit(1); };
if (command === "version") console.log("v${version}");
if (command === "stack" && sub === "select") fail("error: no stack named 'dev' found");
if (command === "stack" && sub === "init" && process.env.STORY === "logged out") fail("PULUMI_ACCESS_TOKEN must be set");
if (command === "stack" && sub === "output") console.log(JSON.stringify({ apiUrl: "https://api.example" }));
if (command === "stack" && sub === "history") console.log("[]");
if (command === "up" && process.env.STORY === "conflict") fail("error: [409] Conflict: Another update is currently in progress.");
if (command === "up" && process.env.STORY === "fails") fail("error: AccessDenied");
if ((command === "up" || command === "destroy") && process.env.STORY === "waits") {
  process.on("SIGINT", () => { appendFileSync(process.env.NOTES, "cancelled\\n"); process.exit(1); });
  setInterval(() => {}, 1000);
  process.kill(process.ppid, "SIGTERM");
}
`;

/** Installs a stand-in for the Pulumi CLI in the folder that PULUMI_HOME names. */
export async function installPulumi(home: string): Promise<void> {
  const bin = join(home, "versions", version, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "pulumi"), script);
  await chmod(join(bin, "pulumi"), 0o755);
}

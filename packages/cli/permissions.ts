import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { styleText } from "node:util";
import { projectDirectory } from "@henkan/build/directories";
import type { Cloud, CloudOptions } from "@henkan/local-cloud";
import { defineCommand } from "./command.ts";
import { sendThrough } from "./convert/send-through.ts";
import { withTemporaryCloud } from "./local-cloud.ts";
import { Retries } from "./retries.ts";
import { table } from "./text.ts";
import { eachNamed } from "./upload/named-files.ts";

const help = `Sends files through the local pipeline and prints the permissions that the functions' roles have and never used.

  npm run henkan -- permissions [FILE…] [--stage dev] [--json]

  FILE…          the files to send (default: all files in samples/)
  --stage NAME   the stage with the variants and settings, in Pulumi.NAME.yaml (default: dev)
  --json         print {"stage", "granted", "used", "unused", "idleRoles"} instead of the table

The local pipeline encrypts nothing, so permissions for a KMS key are never used. Refused calls are printed as they
happen. The exit code is 1 when a file could not be sent: the list is then too long.`;

type Usage = ReturnType<Cloud["permissions"]["usage"]>;

const patienceMs = 10_000;
const pollMs = 50;

export const permissions = defineCommand({
  help,
  options: { stage: { type: "string", default: "dev" }, json: { type: "boolean", default: false } },
  positionals: { least: 0 },
  run: async ({ values, positionals, interruption }) => {
    const files = positionals.length > 0 ? positionals : await samples();
    const retries = new Retries();
    const options: Pick<CloudOptions, "onDenied" | "onRetry" | "onLog"> = {
      onDenied: ({ message }) => console.error(styleText("red", message)),
      onRetry: (retry) => retries.add(retry),
      onLog: (_, line) => retries.readLog(line),
    };
    const out = mkdtempSync(join(tmpdir(), "henkan-permissions-"));
    try {
      return await withTemporaryCloud(values.stage, options, async ({ graph, cloud }) => {
        const results = await sendThrough(cloud, eachNamed(files), { downloads: out, retries, interruption });
        await settled(cloud);
        const usage = cloud.permissions.usage();
        console.log(values.json ? toJson(graph.stage, usage) : report(usage));
        for (const { file, error } of results) if (error) console.error(`${file}: ${error.message}`);
        return results.some(({ error }) => error) ? 1 : 0;
      });
    } finally {
      rmSync(out, { recursive: true });
    }
  },
});

async function samples(): Promise<string[]> {
  const directory = join(projectDirectory, "samples");
  return (await readdir(directory)).map((name) => join(directory, name));
}

/** Waits until all queues are empty: the message of a variant is deleted after its receipt is written. */
async function settled({ queues }: Cloud): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const waiting = () => queues.list().some((arn) => queues.depth(arn) > 0);
  while (waiting() && Date.now() < deadline) await setTimeout(pollMs);
}

function toJson(stage: string, { grants, idleRoles }: Usage): string {
  const unused = grants.filter(({ used }) => !used).map(({ used: _, ...grant }) => grant);
  const granted = grants.length;
  return JSON.stringify({ stage, granted, used: granted - unused.length, unused, idleRoles }, null, 2);
}

function report({ grants, idleRoles }: Usage): string {
  const unused = grants.filter(({ used }) => !used);
  const rows = unused.map(({ role, policy, statement, action, resource }) => [
    role,
    `${policy} ${statement}`,
    action,
    resource,
  ]);
  return [
    ...(rows.length > 0 ? [table(["role", "statement", "never used", "on"], rows), ""] : []),
    `${grants.length - unused.length} of ${grants.length} grants were used.`,
    ...(idleRoles.length > 0 ? [`Roles that had nothing to do: ${idleRoles.join(", ")}`] : []),
  ].join("\n");
}

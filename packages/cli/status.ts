import { UploadClient, type UploadStatus } from "@henkan/client";
import { printable } from "@henkan/client/text";
import { apiHelp, apiOptions, resolveApi, withAccessExitCode } from "./api-target.ts";
import { defineCommand, unlessInterrupted, wholeNumber } from "./command.ts";
import { table } from "./text.ts";
import { variantCells } from "./upload/results.ts";
import { unfinished } from "./upload/waiting.ts";

const help = `Prints the state of an upload and of its variants.

  npm run henkan -- status ID [--stage NAME | --api URL] [--wait] [--json]

  --wait         wait until every variant is ready or has failed
  --timeout N    wait N seconds at most (default: 300)
  --json         print the API's answer on one line, and nothing else
${apiHelp}

Exit codes: 0, 1 when nothing was uploaded under this id, a variant failed or the time ran out, 2 for a mistake in the
command, 3 when the API cannot be reached or does not let you in.`;

const maxTimeoutSeconds = 86_400;

export const status = defineCommand({
  help,
  options: {
    ...apiOptions,
    wait: { type: "boolean", default: false },
    timeout: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
  },
  positionals: { least: 1, most: 1, request: "Name one upload by its id." },
  run: ({ values, positionals: [id = ""], interruption }) =>
    withAccessExitCode(async () => {
      const timeoutMs = wholeNumber("--timeout", values.timeout, maxTimeoutSeconds) * 1_000;
      const { url, auth, description } = await unlessInterrupted(interruption, resolveApi(values));
      console.error(`Asking ${description}`);
      const client = new UploadClient(url, { auth, signal: interruption });
      const end = performance.now() + timeoutMs;
      const found = values.wait
        ? await client.finished(
            id,
            () => {},
            () => performance.now() > end,
          )
        : await client.status(id);
      console.log(values.json ? JSON.stringify(found) : statusText(found));
      if (values.wait && found.state === "converting") throw unfinished(id, timeoutMs);
      return found.variants.some(({ state }) => state === "failed") ? 1 : 0;
    }),
});

function statusText({ state, variants }: UploadStatus): string {
  const rows = variants.map((variant) => {
    const { url, error } = variant;
    const outcome = error ? `${error.code}: ${error.message}` : (url ?? "");
    const [name, ...cells] = variantCells(variant);
    return [String(name), variant.state, ...cells, printable(outcome)];
  });
  return `${state}\n\n${table(["variant", "state", "type", "dimensions", "bytes", "where"], rows)}`;
}

import { once } from "node:events";
import { relative } from "node:path";
import type { Cloud, Graph, LocalCloudErrorCode } from "@henkan/local-cloud";
import { CommandError, defineCommand, runCommand, UsageError, userPath } from "./command.ts";
import { describeEvent } from "./completion-event.ts";
import { bringUp, defaultDataDirectory } from "./local-cloud.ts";
import { announceCloud } from "./target/running-cloud.ts";
import { describeMissed, requireLoopback, subscribeWebHook } from "./web-hook.ts";

const help = `Runs the pipeline that the Pulumi program declares on this machine, until Ctrl-C.

  npm start -- [--stage dev] [--port 4600] [--data DIR] [--fresh] [--webhook URL…] [--json] [--verbose]

  --stage NAME   the stage, configured in Pulumi.NAME.yaml (default: dev)
  --port N       base port: the upload API is at N, S3 at N+1, page and CDN at N+2; 0 picks free ports (default: 4600)
  --data DIR     the folder of objects and queues (default: .henkan/{stage})
  --fresh        delete what an earlier run left there
  --webhook URL  post every completion event to this URL on this machine; can be given several times
  --json         print {"api","s3","cdn"} URLs on one line when ready, and nothing else; npm start --silent -- --json
                 silences npm as well
  --verbose      show the logs of the functions`;

const maxBasePort = 65_533;

/** The options that help with an error of the local cloud, which has no options itself. */
const hints: Partial<Record<LocalCloudErrorCode, string>> = {
  "port-in-use":
    "Choose another base port with --port N (N, N+1 and N+2 are used), or --port 0 for free ones.",
  "data-in-use": "Stop the other one, or choose another folder with --data",
};

const start = defineCommand({
  help,
  options: {
    stage: { type: "string", default: "dev" },
    port: { type: "string", default: "4600" },
    data: { type: "string" },
    fresh: { type: "boolean", default: false },
    webhook: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
  run: async ({ values, interruption }) => {
    requireLoopback(values.webhook);
    const dataDirectory = values.data ? userPath(values.data) : defaultDataDirectory(values.stage);
    const log = values.json ? () => {} : console.log;
    const { graph, cloud } = await bringUp(values.stage, {
      page: true,
      dataDirectory,
      fresh: values.fresh,
      ports: portsFrom(values.port),
      onLog: (name, line) => values.verbose && console.error(`${name}: ${line}`),
      onReport: ({ functionName, error }) => error && log(`${functionName}: ${error}`),
      onMissed: (missed) => log(describeMissed(missed)),
    }).catch(failWithHint);
    cloud.topics.onPublish(({ topicArn, message }) => {
      if (topicArn === graph.outputs.conversionsTopicArn) log(describeEvent(message));
    });
    for (const url of values.webhook) log(subscribeWebHook(url, graph, cloud));
    const { api, s3, cdn } = cloud.urls;
    const withdraw = await announceCloud(dataDirectory, graph, cloud);
    console.log(values.json ? JSON.stringify({ api, s3, cdn }) : welcome(graph, cloud, dataDirectory));
    if (!interruption.aborted) await once(interruption, "abort");
    await withdraw();
    await cloud.close();
    return 0;
  },
});

async function failWithHint(error: unknown): Promise<never> {
  const { LocalCloudError } = await import("@henkan/local-cloud");
  const hint = error instanceof LocalCloudError ? hints[error.code] : undefined;
  if (!(error instanceof Error) || hint === undefined) throw error;
  throw new CommandError(`${error.message} ${hint}`, { cause: error });
}

/** @throws {UsageError} for anything but a base port */
function portsFrom(text: string) {
  const base = Number(text);
  if (!/^\d+$/.test(text) || base > maxBasePort) {
    throw new UsageError(`--port accepts a number from 0 to ${maxBasePort}, not "${text}"`);
  }
  return base === 0 ? { api: 0, s3: 0, cdn: 0 } : { api: base, s3: base + 1, cdn: base + 2 };
}

function welcome(graph: Graph, { urls }: Cloud, dataDirectory: string): string {
  return `Stage ${graph.stage} is up. Drop files on ${urls.cdn}

  upload API  ${urls.api}
  S3          ${urls.s3}
  CDN         ${urls.cdn}

Data in ${relative(process.cwd(), dataDirectory) || "."}. Ctrl-C stops everything.
`;
}

await runCommand(start);

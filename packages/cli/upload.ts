import { RequestError, UploadClient } from "@henkan/client";
import { printable } from "@henkan/client/text";
import { accessExitCode, apiHelp, apiOptions, resolveApi, withAccessExitCode } from "./api-target.ts";
import {
  defineCommand,
  interruptedExitCode,
  UsageError,
  unlessInterrupted,
  userPath,
  wholeNumber,
} from "./command.ts";
import { findFiles } from "./upload/named-files.ts";
import {
  isFailed,
  resultJson,
  resultLines,
  type UploadResult,
  uploadTable,
  variantTable,
} from "./upload/results.ts";
import { defaultStateFile, SentUploads } from "./upload/sent-uploads.ts";
import { displayed, TransferDisplay } from "./upload/transfer-display.ts";
import { uploadFiles } from "./upload/upload-files.ts";
import { withinTime } from "./upload/waiting.ts";

const help = `Sends files to a pipeline. Files that it already has are not sent again.

  npm run henkan -- upload FILE… [--stage NAME | --api URL] [--wait] [--download DIR] [--json]

  FILE…          files, and folders with all files in them
  --wait         wait until every variant is ready or has failed
  --download DIR wait, and save the variants as DIR/{filename}/{variant}/{name}
  --timeout N    wait N seconds at most for the variants of a file (default: 300)
  --again        send files even if the pipeline has them
  --state FILE   the record of what was sent (default: .henkan/sent-uploads.db)
  --concurrency N
                 files sent at once, 1 to 32 (default: 4)
  --json         print one JSON object per line when a file is done, and nothing else
${apiHelp}

The pipeline has a file when the path, size and time of modification are those of an earlier upload that still exists.
Exit codes: 0 for success, 1 when a file was not sent or a variant failed, 2 for a mistake in the
command, 3 when the API cannot be reached or does not let you in, 130 when interrupted.`;

const maxConcurrency = 32;
const maxTimeoutSeconds = 86_400;
const namedInSummary = 5;

export const upload = defineCommand({
  help,
  options: {
    ...apiOptions,
    wait: { type: "boolean", default: false },
    download: { type: "string" },
    timeout: { type: "string", default: "300" },
    again: { type: "boolean", default: false },
    state: { type: "string" },
    concurrency: { type: "string", default: "4" },
    json: { type: "boolean", default: false },
  },
  positionals: { least: 1, request: "Name at least one file or folder." },
  run: async ({ values, positionals, interruption }) => {
    const concurrency = wholeNumber("--concurrency", values.concurrency, maxConcurrency);
    const timeoutMs = wholeNumber("--timeout", values.timeout, maxTimeoutSeconds) * 1_000;
    const files = await findFiles(positionals);
    if (files.length === 0) throw new UsageError(`There are no files in ${positionals.join(", ")}`);

    const isFollowed = values.wait || values.download !== undefined;
    const api = await withAccessExitCode(() => unlessInterrupted(interruption, resolveApi(values)));
    console.error(`Sending to ${api.description}`);

    const stop = new AbortController();
    interruption.addEventListener("abort", () => stop.abort(interrupted), { once: true });
    const display = new TransferDisplay(values.json ? undefined : process.stderr, files.length);
    const sentUploads = new SentUploads(
      values.state === undefined ? defaultStateFile : userPath(values.state),
    );
    try {
      const results = await uploadFiles(files, {
        client: new UploadClient(api.url, { auth: api.auth, signal: stop.signal }),
        memory: { api: api.url, sentUploads, again: values.again },
        sentAtOnce: concurrency,
        waiting: isFollowed ? withinTime(timeoutMs) : undefined,
        downloads: values.download === undefined ? undefined : userPath(values.download),
        stop,
        observer: displayed(display, (result) => {
          if (values.json) console.log(resultJson(result));
          const { aborted, reason } = stop.signal;
          // The reason for a stop is printed once, at the end.
          return aborted && result.error?.code === reason.code ? [] : resultLines(result);
        }),
      });
      display.close();
      const arrived = results.filter(({ id }) => id !== undefined);
      if (!values.json && arrived.length > 0)
        console.log(isFollowed ? variantTable(arrived) : uploadTable(arrived));
      if (stop.signal.aborted) console.error(stoppedText(results, stop.signal.reason));
      return exitCode(results, stop.signal);
    } finally {
      display.close();
      sentUploads.close();
    }
  },
});

const interrupted = new RequestError("interrupted", "Interrupted");

function exitCode(results: readonly UploadResult[], stopped: AbortSignal): number {
  if (stopped.aborted) return stopped.reason === interrupted ? interruptedExitCode : accessExitCode;
  return results.some(isFailed) ? 1 : 0;
}

/** Returns which files are missing and how to continue. */
function stoppedText(results: readonly UploadResult[], { message }: RequestError): string {
  const missing = results.filter(({ id }) => id === undefined).map(({ file }) => printable(file));
  const named = missing.slice(0, namedInSummary).join(", ");
  const others = missing.length > namedInSummary ? ` and ${missing.length - namedInSummary} more` : "";
  const left =
    missing.length === 0
      ? "Every file has arrived."
      : `${missing.length} of ${results.length} files have not arrived: ${named}${others}.`;
  return `${message}. ${left} Run the same command again to continue: what has arrived is not sent twice.`;
}

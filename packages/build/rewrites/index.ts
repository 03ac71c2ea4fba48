import type { Plugin } from "esbuild";
import { lambdaCredentials } from "./lambda-credentials.ts";
import { lazyColour } from "./lazy-colour.ts";
import { lazyMime } from "./lazy-mime.ts";
import { nodeCrc32 } from "./node-crc32.ts";
import { nodeStreams } from "./node-streams.ts";
import { sdkEventStreams } from "./sdk-event-streams.ts";
import { sdkSchemas } from "./sdk-schemas.ts";
import { bundledSharp } from "./sharp.ts";

/** The plugins that rewrite the code of other packages in the bundles. The README lists each with its gain. */
export const rewrites: readonly Plugin[] = [
  bundledSharp,
  lambdaCredentials,
  lazyColour,
  lazyMime,
  nodeCrc32,
  nodeStreams,
  sdkEventStreams,
  sdkSchemas,
];

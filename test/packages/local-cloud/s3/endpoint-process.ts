import { startEndpoint } from "./endpoint.ts";

const { url, credential } = await startEndpoint({ directory: process.argv[2] });
process.send?.({ url, credential });

process.on("disconnect", () => process.exit());

import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { projectDirectory } from "@henkan/build/directories";

/**
 * Keeps what Node.js compiles in `node_modules/.cache`, for later runs, for the processes of the functions and for the
 * Pulumi CLI. `NODE_COMPILE_CACHE` names another folder.
 */
process.env.NODE_COMPILE_CACHE ??= join(projectDirectory, "node_modules/.cache/compiled");
enableCompileCache(process.env.NODE_COMPILE_CACHE);

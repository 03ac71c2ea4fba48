import { join, resolve } from "node:path";

/** The project's root folder, absolute. */
export const projectDirectory = resolve(import.meta.dirname, "../..");

/** The folder that the build writes to, absolute. */
export const distDirectory = join(projectDirectory, "dist");

import { join, resolve } from "node:path";

export const projectDirectory = resolve(import.meta.dirname, "../..");
export const distDirectory = join(projectDirectory, "dist");

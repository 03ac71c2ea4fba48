import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build, type Plugin } from "esbuild";
import { bundleSettings } from "../../../../packages/build/index.ts";

const run = promisify(execFile);
const project = join(import.meta.dirname, "../../../..");

export interface Bundled {
  readonly code: string;
  /** The modules with code in the bundle, relative to the project. */
  readonly modules: readonly string[];
  /** The names of their packages. */
  readonly packages: readonly string[];
}

/** Bundles a program as the functions are bundled, without rewrites but `plugins`. */
export async function bundled(program: string, ...plugins: readonly Plugin[]): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    ...bundleSettings,
    stdin: { contents: program, resolveDir: project },
    absWorkingDir: project,
    plugins: [...plugins],
    outdir: "out",
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const modules = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  const packages = modules.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return { code: outputFiles[0]?.text ?? "", modules, packages: [...new Set(packages)] };
}

/**
 * Runs a bundle in a new Node.js and returns its standard output. The bundle finds no package but `@img/…`, where sharp's
 * native half is.
 */
export async function output({ code }: Bundled, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "henkan-rewrite-"));
  try {
    await symlink(join(project, "node_modules", "@img"), join(directory, "@img"), "junction");
    await writeFile(join(directory, "bundle.cjs"), code);
    const variables = { NODE_PATH: directory, ...env };
    return (await run(process.execPath, [join(directory, "bundle.cjs")], { env: variables })).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

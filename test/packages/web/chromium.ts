import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { access, constants, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { projectDirectory } from "@henkan/build/directories";

const run = promisify(execFile);

/** A Chromium that runs on this machine, and the environment variables it needs. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Record<string, string>;
}

let found: Promise<Chromium | undefined> | undefined;

/**
 * Returns the machine's own Chromium, or else the one inside `@sparticuz/chromium`, which is for Linux on x64. Returns
 * `undefined` where neither runs.
 *
 * @throws {Error} when `CHROMIUM_PATH` names a program that does not run
 */
export function findChromium(): Promise<Chromium | undefined> {
  found ??= find();
  return found;
}

async function find(): Promise<Chromium | undefined> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (await runs({ executablePath: named, env: {} })) return { executablePath: named, env: {} };
    throw new Error(`CHROMIUM_PATH is ${named}, which does not run`);
  }
  for (const executablePath of await installed()) {
    if (await runs({ executablePath, env: {} })) return { executablePath, env: {} };
  }
  return process.platform === "linux" && process.arch === "x64" ? packaged() : undefined;
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const onMac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** Paths of the browsers on PATH, and of Chrome where macOS has it. */
async function installed(): Promise<string[]> {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const paths = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), onMac];
  const isExecutable = await Promise.all(
    paths.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => isExecutable[index]);
}

/** Unpacks the Chromium of `@sparticuz/chromium` into a temporary folder, which goes when this process ends. */
async function packaged(): Promise<Chromium | undefined> {
  const directory = await mkdtemp(join(tmpdir(), "henkan-chromium-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const script = 'import chromium from "@sparticuz/chromium"; console.log(await chromium.executablePath());';
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
    cwd: projectDirectory,
    // The package unpacks into the folder for temporary files, and its shared libraries on Lambda alone.
    env: { ...process.env, TMPDIR: directory, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
  });
  const executablePath = stdout.trim();
  const fonts = { FONTCONFIG_FILE: join(directory, "fonts.conf") };
  // The package's own configuration looks for its fonts in /tmp/fonts. Without a font, text has no height.
  const folder = `<dir>${join(directory, "fonts")}</dir><cachedir>${join(directory, "fonts-cache")}</cachedir>`;
  await writeFile(fonts.FONTCONFIG_FILE, `<fontconfig>${folder}</fontconfig>`);
  // Its libraries (NSS, NSPR and expat, of Amazon Linux 2023) need glibc 2.34: the machine's own come first.
  const libraries = { LD_LIBRARY_PATH: join(directory, "al2023", "lib") };
  for (const env of [fonts, { ...fonts, ...libraries }]) {
    const chromium = { executablePath, env };
    if (await runs(chromium)) return chromium;
  }
  return undefined;
}

function runs({ executablePath, env }: Chromium): Promise<boolean> {
  return run(executablePath, ["--version"], { env: { ...process.env, ...env }, timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}

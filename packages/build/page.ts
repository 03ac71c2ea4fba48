import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { OutputFile } from "esbuild";
import { bundle } from "./bundle.ts";
import { distDirectory, projectDirectory } from "./directories.ts";

/** A file of the page as it is served. */
export interface PageFile {
  /** Path below the page's root, for example `assets/main-ABCDEFGH.js`. */
  readonly path: string;
  readonly contents: Uint8Array;
  /** Not loaded before somebody has to sign in. */
  readonly isLazy: boolean;
}

/**
 * Bundles `packages/web/` into `page/`: an `index.html`, and assets whose names change with what is in them. The program that
 * deploys it writes the stage's settings into `index.html`. Needs no network.
 */
export async function buildPage(outDirectory = distDirectory): Promise<PageFile[]> {
  const directory = join(outDirectory, "page");
  const { outputFiles } = await bundle({
    entryPoints: [
      { in: "packages/web/main.tsx", out: "main" },
      { in: "packages/web/icon.svg", out: "icon" },
    ],
    absWorkingDir: projectDirectory,
    outdir: directory,
    entryNames: "assets/[name]-[hash]",
    chunkNames: "assets/[name]-[hash]",
    loader: { ".svg": "copy" },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    tsconfig: join(projectDirectory, "packages/web/tsconfig.json"),
    // Uppy prints sizes in units of 1,024 and has no option for it.
    alias: { "@transloadit/prettier-bytes": join(projectDirectory, "packages/web/upload/uppy-bytes.ts") },
    legalComments: "none",
    write: false,
  });
  const assets = outputFiles.map((file) => assetOf(file, directory));
  const template = await readFile(join(projectDirectory, "packages/web/index.html"), "utf8");
  const html = template.replace("<!-- assets -->", assetLinks(assets));
  const files = [...assets, { path: "index.html", contents: Buffer.from(html), isLazy: false }];
  await mkdir(join(directory, "assets"), { recursive: true });
  await Promise.all(files.map(({ path, contents }) => writeFile(resolve(directory, path), contents)));
  await removeOthers(join(directory, "assets"), files);
  return files;
}

/** What an earlier build left would be deployed as well. */
async function removeOthers(directory: string, files: readonly PageFile[]): Promise<void> {
  const current = new Set(files.map(({ path }) => path));
  const others = (await readdir(directory)).filter((name) => !current.has(`assets/${name}`));
  await Promise.all(others.map((name) => rm(join(directory, name), { force: true })));
}

function assetOf({ path, contents }: OutputFile, directory: string): PageFile {
  const name = relative(directory, path).replaceAll("\\", "/");
  return { path: name, contents, isLazy: name.startsWith("assets/sign-in-") };
}

function assetLinks(assets: readonly PageFile[]): string {
  const named = (start: string, extension: string) => {
    const asset = assets.find(({ path }) => path.startsWith(start) && path.endsWith(extension));
    if (!asset) throw new Error(`esbuild wrote no ${start}*${extension}`);
    return asset.path;
  };
  return [
    `<link rel="icon" type="image/svg+xml" href="/${named("assets/icon-", ".svg")}">`,
    `<link rel="stylesheet" href="/${named("assets/main-", ".css")}">`,
    `<script type="module" src="/${named("assets/main-", ".js")}"></script>`,
  ].join("\n    ");
}

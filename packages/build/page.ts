import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { OutputFile } from "esbuild";
import { unlessUpToDate } from "./build-record.ts";
import { distDirectory, projectDirectory } from "./directories.ts";
import { sourcesIn } from "./functions.ts";

/** A file of the page as the CDN serves it. */
export interface PageFile {
  /** Path below the page's root, for example `assets/main-ABCDEFGH.js`. */
  readonly path: string;
  readonly contents: Uint8Array;
  /** True for files that browsers load only when people have to sign in. */
  readonly isLazy: boolean;
}

/**
 * Bundles `packages/web/` into `page/`: an `index.html`, and assets whose names contain a hash of their contents. The
 * Pulumi program later inserts the stage's settings into `index.html`. Does nothing when an earlier build of the same
 * sources is there; see `unlessUpToDate`. Removes the assets of earlier builds. Needs no network.
 *
 * @param outDirectory the folder to write to, absolute
 * @default outDirectory `dist/` of the project
 * @throws {DOMException} an `AbortError` when Ctrl-C ended esbuild
 * @throws {Error} when esbuild cannot bundle the code
 */
export async function buildPage(outDirectory: string = distDirectory): Promise<PageFile[]> {
  const directory = join(outDirectory, "page");
  const built = await unlessUpToDate(outDirectory, join(outDirectory, "page.json"), async () => {
    const { files, sources } = await bundlePage(directory);
    return {
      result: files.map(({ path, isLazy }) => ({ path, isLazy })),
      sources,
      files: files.map(({ path, contents }) => ({ path: resolve(directory, path), contents })),
    };
  });
  await removeOthers(join(directory, "assets"), built);
  return Promise.all(
    built.map(async (file) => ({ ...file, contents: await readFile(resolve(directory, file.path)) })),
  );
}

const templateFile = "packages/web/index.html";

/** Bundles the page in memory. */
async function bundlePage(directory: string): Promise<{ files: PageFile[]; sources: string[] }> {
  const { bundle } = await import("./bundle.ts");
  const { outputFiles, metafile } = await bundle({
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
    metafile: true,
    write: false,
  });
  const assets = outputFiles.map((file) => assetOf(file, directory));
  const template = await readFile(join(projectDirectory, templateFile), "utf8");
  const html = template.replace("<!-- assets -->", assetLinks(assets));
  const files = [...assets, { path: "index.html", contents: Buffer.from(html), isLazy: false }];
  return { files, sources: [...sourcesIn(metafile), templateFile] };
}

/** Removes the assets of earlier builds, which Pulumi would deploy as well. */
async function removeOthers(directory: string, files: readonly Pick<PageFile, "path">[]): Promise<void> {
  const current = new Set(files.map(({ path }) => path));
  const others = (await readdir(directory)).filter((name) => !current.has(`assets/${name}`));
  await Promise.all(others.map((name) => rm(join(directory, name), { force: true })));
}

function assetOf({ path, contents }: OutputFile, directory: string): PageFile {
  const name = relative(directory, path).replaceAll("\\", "/");
  return { path: name, contents, isLazy: name.startsWith("assets/sign-in-") };
}

/** Returns the tags that load the icon, the style sheet and the script. */
function assetLinks(assets: readonly PageFile[]): string {
  const named = (start: string, extension: string) => {
    const asset = assets.find(({ path }) => path.startsWith(start) && path.endsWith(extension));
    if (!asset) throw new Error(`esbuild returned no ${start}*${extension}`);
    return asset.path;
  };
  return [
    `<link rel="icon" type="image/svg+xml" href="/${named("assets/icon-", ".svg")}">`,
    `<link rel="stylesheet" href="/${named("assets/main-", ".css")}">`,
    `<script type="module" src="/${named("assets/main-", ".js")}"></script>`,
  ].join("\n    ");
}

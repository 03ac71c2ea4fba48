import { buildPage } from "@henkan/build";
import type { Graph } from "@henkan/local-cloud";
import type { Locator, Page } from "playwright-core";
import { smallPhotograph, solid } from "../../converters/pictures.ts";
import { graphWith } from "../../support/graphs.ts";
import { type Pipeline, startPipeline } from "../../support/pipeline.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

export interface File {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A pipeline with the page at the root of its CDN. */
export interface PagePipeline extends Pipeline {
  readonly pageUrl: string;
  close(): Promise<void>;
}

/** Starts the tests' stage with a page, without sign-in unless `settings` have one. */
export async function startPagePipeline(
  settings: object = {},
  change: (graph: Graph) => Graph = (graph) => graph,
): Promise<PagePipeline> {
  await buildPage();
  const graph = change(await graphWith({ "henkan:page": "open", ...settings }));
  const data = temporaryDirectory();
  const pipeline = await startPipeline(data.path, { graph });
  return {
    ...pipeline,
    pageUrl: `${pipeline.cloud.urls.cdn}/`,
    close: async () => {
      await pipeline.cloud.close();
      data.remove();
    },
  };
}

export async function photo(name: string, width = 600): Promise<File> {
  const buffer = await (await smallPhotograph(width)).jpeg().toBuffer();
  return { name, mimeType: "image/jpeg", buffer };
}

export async function drawing(name: string): Promise<File> {
  return { name, mimeType: "image/png", buffer: await solid().png().toBuffer() };
}

export function text(name: string, mimeType: string, contents: string): File {
  return { name, mimeType, buffer: Buffer.from(contents) };
}

/** Chooses files as the browser's dialogue does. */
export function choose(page: Page, ...files: File[]): Promise<void> {
  return page.locator(".uppy-Dashboard-input").first().setInputFiles(files);
}

/** Returns the card of one upload, by the name of its file. */
export function card(page: Page, name: string): Locator {
  return page.getByRole("article", { name, exact: true });
}

/** Waits until every variant of an upload is ready or has failed. */
export async function settled(page: Page, name: string): Promise<Locator> {
  const found = card(page, name);
  await found.locator(".state:not(.converting)").waitFor();
  return found;
}

/** Returns the widths of a card's pictures as the browser decoded them, 0 for one that did not load. */
export async function pictureWidths(found: Locator): Promise<number[]> {
  const pictures = found.locator(".preview img");
  return pictures.evaluateAll((images) =>
    Promise.all(
      images.map(async (image) => {
        const picture = image as unknown as { decode(): Promise<void>; naturalWidth: number };
        await picture.decode();
        return picture.naturalWidth;
      }),
    ),
  );
}

/** Holds requests until they are released. */
export async function hold(page: Page, url: string) {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    reached.resolve();
    await gate.promise;
    // The page may have cancelled the request by then.
    await route.continue().catch(() => undefined);
  });
  return { reached: reached.promise, release: () => gate.resolve() };
}

/** Returns by how many pixels the page is wider than its window. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.locator("html").evaluate((root) => {
    const { scrollWidth, clientWidth } = root as unknown as { scrollWidth: number; clientWidth: number };
    return scrollWidth - clientWidth;
  });
}

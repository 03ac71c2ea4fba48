import { bytesText, countText } from "@henkan/client/text";
import { useEffect, useRef, useState } from "preact/hooks";
import type { VariantStatus } from "../../../contract/upload-api.ts";
import { DownloadIcon } from "../icons.tsx";
import { announce } from "../live-region.ts";
import { downloadAll } from "./downloads.ts";
import { type GalleryUpload, isSettled } from "./uploads.ts";
import { VariantTile } from "./variant-tile.tsx";

/** One uploaded file and its variants. */
export function UploadCard({ upload }: { upload: GalleryUpload }) {
  const variants = variantsOf(upload);
  const ready = variants.filter(({ state }) => state === "ready");
  useAnnouncement(upload, variants);
  const titleId = `upload-${upload.id}`;
  return (
    <article class="upload" aria-labelledby={titleId}>
      <header>
        <h3 id={titleId} title={upload.name}>
          <bdi>{upload.name}</bdi>
        </h3>
        <div class="about">
          <span class="source-size">{bytesText(upload.bytes)}</span>
          <State upload={upload} variants={variants} />
        </div>
        {ready.length > 1 && <DownloadAll name={upload.name} variants={ready} />}
      </header>
      {upload.failure && (
        <p class="failure">
          {upload.failure}
          {!upload.isGone && " The page will try again."}
        </p>
      )}
      {!upload.isGone && (
        <ul class="variants">
          {variants.map((variant) => (
            <li key={variant.name}>
              <VariantTile variant={variant} upload={upload} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function State({ upload, variants }: { upload: GalleryUpload; variants: readonly VariantStatus[] }) {
  const finished = variants.filter(({ state }) => state !== "pending").length;
  const failed = variants.filter(({ state }) => state === "failed").length;
  if (upload.isGone) return <span class="state">expired</span>;
  if (!isSettled(upload)) {
    return (
      <span class="state converting">
        {finished} of {variants.length}
      </span>
    );
  }
  if (failed === 0) return <span class="state ready">{countText(variants.length, "variant")}</span>;
  return <span class="state failed">{failed === variants.length ? "failed" : `${failed} failed`}</span>;
}

function DownloadAll({ name, variants }: { name: string; variants: readonly VariantStatus[] }) {
  const [isBusy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    announce(`Downloading ${countText(variants.length, "file")}`);
    await downloadAll(variants);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class="quiet download-all"
      disabled={isBusy}
      aria-label={`Download all variants of ${name}`}
      onClick={start}
    >
      <DownloadIcon />
      Download all
    </button>
  );
}

/** Returns the variants of the last status, or the announced ones before the first status. */
function variantsOf({ status, variants }: GalleryUpload): readonly VariantStatus[] {
  return status?.variants ?? variants.map((name) => ({ name, state: "pending" as const }));
}

/** Announces once to screen readers that an upload has finished converting. */
function useAnnouncement(upload: GalleryUpload, variants: readonly VariantStatus[]): void {
  const isDone = isSettled(upload);
  const wasDone = useRef(isDone);
  useEffect(() => {
    if (isDone && !wasDone.current) {
      const ready = variants.filter(({ state }) => state === "ready").length;
      const failed = variants.length - ready;
      announce(
        `${upload.name}: ${countText(ready, "variant")} ready${failed > 0 ? `, ${failed} failed` : ""}`,
      );
    }
    wasDone.current = isDone;
  }, [isDone, upload.name, variants]);
}

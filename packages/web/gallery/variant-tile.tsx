import { bytesText, sizeChange } from "@henkan/client/text";
import { useState } from "preact/hooks";
import type { VariantStatus } from "../../../contract/upload-api.ts";
import { CheckIcon, DownloadIcon, FileIcon, LinkIcon, WarningIcon } from "../icons.tsx";
import { announce } from "../live-region.ts";
import { conversionMessage } from "../page-errors.ts";
import { downloadName, pathOf } from "./downloads.ts";
import type { GalleryUpload } from "./uploads.ts";

/** The media types that all supported browsers can show. */
const shown = ["image/jpeg", "image/png", "image/webp", "image/avif", "image/gif"];
const copiedMs = 2_000;

interface TileProps {
  readonly variant: VariantStatus;
  readonly upload: GalleryUpload;
}

export function VariantTile({ variant, upload }: TileProps) {
  const { name, state, url, error } = variant;
  if (state === "failed") {
    return (
      <div class="variant failed">
        <div class="preview">
          <WarningIcon />
        </div>
        <h4>{name}</h4>
        <p class="failure">{error ? conversionMessage(error) : "It could not be made."}</p>
      </div>
    );
  }
  if (state === "pending" || !url) {
    return (
      <div class="variant pending" aria-busy="true">
        <div class="preview" />
        <h4>{name}</h4>
        <p class="facts">Converting</p>
      </div>
    );
  }
  return (
    <div class="variant ready">
      <Preview variant={variant} url={url} of={upload.name} />
      <h4>{name}</h4>
      <Facts variant={variant} sourceBytes={upload.bytes} />
      <div class="actions">
        <CopyLink url={url} label={`Copy the link to ${name} of ${upload.name}`} />
        <a
          class="icon-button"
          href={pathOf(url)}
          download={downloadName(url, name)}
          title="Download"
          aria-label={`Download ${name} of ${upload.name}`}
        >
          <DownloadIcon />
        </a>
      </div>
    </div>
  );
}

function Preview({ variant, url, of }: { variant: VariantStatus; url: string; of: string }) {
  const [isShown, setShown] = useState(shown.includes(variant.contentType ?? ""));
  const path = pathOf(url);
  if (!isShown) {
    return (
      <div class="preview file">
        <FileIcon />
        <span class="extension">{path.slice(path.lastIndexOf(".") + 1)}</span>
      </div>
    );
  }
  return (
    <a
      class="preview"
      href={path}
      target="_blank"
      rel="noreferrer"
      aria-label={`Open ${variant.name} of ${of}`}
    >
      <img
        src={path}
        alt=""
        width={variant.width}
        height={variant.height}
        decoding="async"
        loading="lazy"
        onError={() => setShown(false)}
      />
    </a>
  );
}

function Facts({ variant, sourceBytes }: { variant: VariantStatus; sourceBytes: number }) {
  const { width, height, bytes = 0 } = variant;
  return (
    <dl class="facts">
      {width !== undefined && height !== undefined && (
        <>
          <dt class="visually-hidden">Dimensions</dt>
          <dd class="dimensions">
            {width} × {height}
          </dd>
        </>
      )}
      <dt class="visually-hidden">Size</dt>
      <dd>{bytesText(bytes)}</dd>
      <dt class="visually-hidden">Against the upload</dt>
      <Change percent={sizeChange(bytes, sourceBytes)} />
    </dl>
  );
}

function Change({ percent }: { percent: number }) {
  if (percent === 0) return <dd class="visually-hidden">the same size</dd>;
  // An archive of a few bytes. The number would be of no use.
  if (percent >= 1000) return <dd class="visually-hidden">many times larger</dd>;
  const isSmaller = percent < 0;
  const amount = `${Math.abs(percent)}%`;
  return (
    <dd class={isSmaller ? "change saved" : "change"}>
      <span aria-hidden="true">{isSmaller ? `\u2212${amount}` : `+${amount}`}</span>
      <span class="visually-hidden">{`${amount} ${isSmaller ? "smaller" : "larger"}`}</span>
    </dd>
  );
}

function CopyLink({ url, label }: { url: string; label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
    } catch (error) {
      // Browsers refuse this without https or permission. People then copy the link by hand.
      console.warn("The link could not be copied", error);
      window.prompt("Copy this link", url);
      return;
    }
    setCopied(true);
    announce("Link copied");
    setTimeout(() => setCopied(false), copiedMs);
  };
  return (
    <button type="button" class="icon-button" title="Copy link" aria-label={label} onClick={copy}>
      {isCopied ? <CheckIcon /> : <LinkIcon />}
    </button>
  );
}

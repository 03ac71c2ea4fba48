import { bytesText, printable } from "@henkan/client/text";
import AwsS3 from "@uppy/aws-s3";
import Uppy, { type Body, type Meta } from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import type {} from "@uppy/thumbnail-generator";
import type { PageApi } from "../api.ts";
import type { NewUpload } from "../gallery/uploads.ts";
import { tooLarge } from "../page-errors.ts";
import { addCamera } from "./camera.ts";
import { Failures, type UploadFailure } from "./failures.ts";
import { type PageUppy, PresignedUploads } from "./presigned-uploads.ts";

export interface DropZoneOptions {
  readonly target: HTMLElement;
  readonly api: PageApi;
  readonly maxUploadBytes: number;
  readonly onUploaded: (upload: NewUpload) => void;
  /** Receives the files that are not uploaded, at every change. */
  readonly onFailures: (failures: readonly UploadFailure[]) => void;
}

/** How long finished files stay in the drop zone before it makes room for the next. */
const lingerMs = 1_500;
const informMs = 8_000;

/** Creates the drop zone. It uploads files as soon as they are dropped, pasted, chosen or taken with the camera. */
export function createDropZone({
  target,
  api,
  maxUploadBytes,
  onUploaded,
  onFailures,
}: DropZoneOptions): PageUppy {
  const uppy: PageUppy = new Uppy<Meta, Body>({
    autoProceed: true,
    allowMultipleUploadBatches: true,
    onBeforeFileAdded: (file) => {
      failures.beginDrop();
      const name = printable(file.name, "");
      // Uppy shows the message of its own restriction only for a few seconds.
      if ((file.size ?? 0) > maxUploadBytes)
        return failures.refuse({ ...file, name }, tooLarge(maxUploadBytes));
      return { ...file, name, meta: { ...file.meta, name } };
    },
    infoTimeout: informMs,
    locale: { pluralize: (amount) => (amount === 1 ? 0 : 1), strings: {} },
  });
  const presigned = new PresignedUploads(uppy, api);
  const failures = new Failures(uppy, presigned, onFailures);
  uppy
    .use(Dashboard, {
      inline: true,
      target,
      width: "100%",
      height: "var(--drop-zone-height)",
      theme: "auto",
      note: `Up to ${bytesText(maxUploadBytes, Math.floor)} each`,
      hideUploadButton: true,
      hideProgressDetails: true,
      proudlyDisplayPoweredByUppy: false,
      singleFileFullScreen: false,
      locale: {
        strings: {
          dashboardTitle: "Files to upload",
          // Without a link to choose files, which the button below does.
          dropPasteImportFiles: "Drop or paste files here",
          importFrom: "%{name}",
          myDevice: "Choose files",
          takePictureBtn: "Take a picture",
          processingXFiles: { 0: "Preparing %{smart_count} file", 1: "Preparing %{smart_count} files" },
        },
      },
    })
    .use(AwsS3, {
      shouldUseMultipart: ({ id }) => presigned.isMultipart(id),
      getChunkSize: ({ size }) => presigned.partSize(size),
      generateObjectKey: ({ id }) => id,
      allowedMetaFields: false,
      signRequest: (request) => presigned.sign(request),
    });
  uppy.on("upload-success", (file) => {
    const created = file && presigned.created(file.id);
    if (!created) return;
    const { name, type, size } = file;
    const variants = created.variants.map(({ name }) => name);
    onUploaded({ id: created.id, name, contentType: type, bytes: size ?? 0, variants });
  });
  addCamera(uppy);
  makeRoomWhenDone(uppy);
  markFilesAsList(target);
  return uppy;
}

/** Adds the role `list`, which Uppy's dashboard (6.0.3) omits for a single file. */
function markFilesAsList(target: HTMLElement): void {
  const observer = new MutationObserver(() => {
    target.querySelector(".uppy-Dashboard-files:not([role])")?.setAttribute("role", "list");
  });
  observer.observe(target, { childList: true, subtree: true });
}

/**
 * Removes uploaded files from the drop zone after a moment, but not while Uppy draws thumbnails: it fails when a file is
 * missing.
 */
function makeRoomWhenDone(uppy: PageUppy): void {
  let isDrawing = false;
  const makeRoom = () => {
    if (isDrawing) return;
    const done = uppy.getFiles().filter(({ progress }) => progress.uploadComplete);
    uppy.removeFiles(done.map(({ id }) => id));
  };
  uppy.on("files-added", () => {
    isDrawing = true;
  });
  uppy.on("thumbnail:all-generated", () => {
    isDrawing = false;
    setTimeout(makeRoom, lingerMs);
  });
  uppy.on("complete", () => setTimeout(makeRoom, lingerMs));
}

import AwsS3 from "@uppy/aws-s3";
import Uppy, { type Body, type Meta } from "@uppy/core";
import Dashboard from "@uppy/dashboard";
import Webcam from "@uppy/webcam";
import type { UploadApi } from "../api.ts";
import { fileSize } from "../format.ts";
import type { NewUpload } from "../gallery/uploads.ts";
import { notStored } from "../problems.ts";
import { type PageUppy, PresignedUploads } from "./presigned-uploads.ts";

export interface DropZoneOptions {
  readonly target: HTMLElement;
  readonly api: UploadApi;
  readonly maxUploadBytes: number;
  readonly onUploaded: (upload: NewUpload) => void;
}

/** How long finished files stay in the drop zone before it makes room for the next. */
const lingerMs = 1_500;
const informMs = 8_000;

/** Files dropped, pasted, chosen or taken with the camera are uploaded at once. */
export function createDropZone({ target, api, maxUploadBytes, onUploaded }: DropZoneOptions): PageUppy {
  const uppy: PageUppy = new Uppy<Meta, Body>({
    autoProceed: true,
    allowMultipleUploadBatches: true,
    restrictions: { maxFileSize: maxUploadBytes },
    infoTimeout: informMs,
    locale: {
      pluralize: (amount) => (amount === 1 ? 0 : 1),
      strings: {
        exceedsSize: "%{file} is too large: at most %{size} can be uploaded",
        failedToUpload: "%{file} was not uploaded.",
      },
    },
  });
  const presigned = new PresignedUploads(uppy, api);
  uppy
    .use(Dashboard, {
      inline: true,
      target,
      width: "100%",
      height: 340,
      theme: "auto",
      note: `Up to ${fileSize(maxUploadBytes)} each`,
      proudlyDisplayPoweredByUppy: false,
      singleFileFullScreen: false,
      locale: { strings: { dropPasteFiles: "Drop files here, paste them or %{browseFiles}" } },
    })
    .use(Webcam, { target: Dashboard, modes: ["picture"], mobileNativeCamera: true })
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
  tellFailures(uppy, presigned);
  makeRoomWhenDone(uppy);
  return uppy;
}

/** Sentences in place of what the S3 client says. */
function tellFailures(uppy: PageUppy, presigned: PresignedUploads): void {
  uppy.on("upload-error", (file, error) => {
    if (!file) return;
    const { message, code } = notStored(error as Error);
    // Parts that arrived stay good for as long as the network is all that was wrong.
    if (code !== "unreachable" && code !== "offline") presigned.forget(file.id);
    uppy.setFileState(file.id, { error: message });
    const details = uppy.getState().info ?? [];
    uppy.setState({
      info: details.map((info) => (info.details === error.message ? { ...info, details: message } : info)),
    });
  });
}

function makeRoomWhenDone(uppy: PageUppy): void {
  uppy.on("complete", ({ successful = [] }) => {
    setTimeout(() => {
      const done = successful.filter(({ id }) => uppy.getFile(id)?.progress.uploadComplete);
      uppy.removeFiles(done.map(({ id }) => id));
    }, lingerMs);
  });
}

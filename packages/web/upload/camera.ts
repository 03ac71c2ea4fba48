import Dashboard from "@uppy/dashboard";
import Webcam from "@uppy/webcam";
import { announce } from "../live-region.ts";
import { cameraMessage } from "../page-errors.ts";
import type { PageUppy } from "./presigned-uploads.ts";

const strings = {
  pluginNameCamera: "Take a picture",
  submitRecordedFile: "Upload this picture",
  discardRecordedFile: "Take another picture",
  allowAccessTitle: "Please allow access to your camera",
  allowAccessDescription: "To take pictures, allow this site to use your camera.",
  noCameraTitle: "No camera was found",
  noCameraDescription: "To take pictures, connect a camera.",
};

/** Adds a camera to the drop zone. */
export function addCamera(uppy: PageUppy): void {
  uppy.use(Webcam, { target: Dashboard, modes: ["picture"], locale: { strings } });
  // Uppy (webcam 6.0.0) shows the browser's message for a moment. A sentence in the panel behind it replaces the message.
  uppy.on("info-visible", () => {
    const camera = uppy.getPlugin("Webcam");
    const { cameraError = null, hasCamera = false } = camera?.getPluginState() ?? {};
    const { info } = uppy.getState();
    if (!cameraError || !info.some(({ message }) => message === cameraError.message)) return;
    uppy.setState({ info: info.filter(({ message }) => message !== cameraError.message) });
    const allowAccessDescription = cameraMessage(cameraError);
    const allowAccessTitle = "The camera cannot be used";
    camera?.setOptions({ locale: { strings: { ...strings, allowAccessTitle, allowAccessDescription } } });
    announce(hasCamera ? allowAccessDescription : strings.noCameraDescription);
  });
}

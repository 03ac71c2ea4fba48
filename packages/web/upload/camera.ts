import Dashboard from "@uppy/dashboard";
import Webcam from "@uppy/webcam";
import { announce } from "../announcements.ts";
import { cameraProblem } from "../problems.ts";
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

/** Lets people take pictures within the drop zone. */
export function addCamera(uppy: PageUppy): void {
  uppy.use(Webcam, { target: Dashboard, modes: ["picture"], locale: { strings } });
  // Uppy (webcam 6.0.0) quotes the browser in passing, in front of a panel that has room for a sentence.
  uppy.on("info-visible", () => {
    const camera = uppy.getPlugin("Webcam");
    const { cameraError = null, hasCamera = false } = camera?.getPluginState() ?? {};
    const { info } = uppy.getState();
    if (!cameraError || !info.some(({ message }) => message === cameraError.message)) return;
    uppy.setState({ info: info.filter(({ message }) => message !== cameraError.message) });
    const allowAccessDescription = cameraProblem(cameraError);
    const allowAccessTitle = "The camera cannot be used";
    camera?.setOptions({ locale: { strings: { ...strings, allowAccessTitle, allowAccessDescription } } });
    announce(hasCamera ? allowAccessDescription : strings.noCameraDescription);
  });
}

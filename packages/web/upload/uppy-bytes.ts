/** Replaces `@transloadit/prettier-bytes` in the bundle, so that Uppy prints sizes as the rest of the page does. */
export { bytesText as prettierBytes } from "@henkan/client/text";

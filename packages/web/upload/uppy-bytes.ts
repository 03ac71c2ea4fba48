/** Replaces `@transloadit/prettier-bytes` in the page's bundle: Uppy's dashboard prints sizes as the rest of the page does. */
export { bytesText as prettierBytes } from "@henkan/client/text";

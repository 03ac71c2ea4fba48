import { long, type Row } from "./forgery.ts";
import { requestText } from "./raw-request.ts";

/** Requests that SNS must refuse. */
export const snsForgeries: readonly Row[] = [
  [
    "no signature",
    "sns",
    403,
    () => requestText("POST / HTTP/1.1", { "content-length": "14" }, "Action=Publish"),
  ],
  [
    "a target that is not UTF-8",
    "sns",
    400,
    () => requestText("POST /?a=%ff HTTP/1.1", { "content-length": "0" }),
  ],
  [
    "a body over a megabyte",
    "sns",
    413,
    () => requestText("POST / HTTP/1.1", { "content-length": "2000000" }, long(2_000_000)),
  ],
];

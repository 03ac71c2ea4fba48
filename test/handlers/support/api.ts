import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { uploadApiEnvironment } from "../../../handlers/upload-api/environment.ts";

/** An HTTP API event with the fields that the handlers read. */
export function apiEvent(
  routeKey: string,
  fields: Partial<APIGatewayProxyEventV2> = {},
): APIGatewayProxyEventV2 {
  const requestContext = { requestId: "r1" } as APIGatewayProxyEventV2["requestContext"];
  return {
    version: "2.0",
    routeKey,
    rawPath: "/uploads",
    rawQueryString: "",
    headers: {},
    requestContext,
    isBase64Encoded: false,
    ...fields,
  };
}

/** The configuration of an upload API: image variants with one type each, and an archive of any file. */
export const apiVariables = {
  UPLOADS_BUCKET: "uploads",
  OUTPUTS_BUCKET: "outputs",
  CDN_URL: "https://cdn.example",
  MAX_UPLOAD_BYTES: "1000",
  UPLOAD_EXPIRY_SECONDS: "300",
  MULTIPART_THRESHOLD_BYTES: "1000",
  MULTIPART_EXPIRY_SECONDS: "7200",
  VARIANTS: JSON.stringify([
    { name: "preview", converter: "resize", options: { width: 1280, format: "webp" } },
    { name: "jpg", converter: "png-to-jpg", options: { quality: 80 } },
    { name: "archive", converter: "zip", options: { level: 5 } },
  ]),
};

export function apiEnvironment(overrides: Record<string, string> = {}) {
  return uploadApiEnvironment({ ...apiVariables, ...overrides });
}

/** The variants that accept only images. */
export const imagesOnly = {
  VARIANTS: JSON.stringify([
    { name: "jpg", converter: "png-to-jpg", options: {} },
    { name: "small", converter: "resize", options: { width: 10 } },
  ]),
};

export function bodyOf({ body }: APIGatewayProxyStructuredResultV2) {
  return JSON.parse(body ?? "");
}

import { S3ServiceException } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { router } from "../../../handlers/upload-api/router.ts";
import { apiEvent, bodyOf } from "../support/api.ts";
import { captureLogs } from "../support/logs.ts";

let unclassifiedErrors = 0;

function answer(routeKey: string, routes: Parameters<typeof router>[0]) {
  return router(routes, () => unclassifiedErrors++)(apiEvent(routeKey));
}

function failing(error: unknown) {
  const route = async () => {
    throw error;
  };
  return answer("GET /uploads/{id}", { "GET /uploads/{id}": route });
}

describe("upload API router", () => {
  const logs = captureLogs();

  beforeEach(() => {
    unclassifiedErrors = 0;
  });

  it("answers 404 for an unknown route, and names the known ones", async () => {
    const response = await answer("GET /downloads", { "POST /uploads": async () => ({}) });
    expect(response.statusCode).to.equal(404);
    expect(bodyOf(response)).to.include({ code: "not-found", title: "Not Found" });
    expect(bodyOf(response).detail).to.include("POST /uploads");
    expect(unclassifiedErrors).to.equal(0);
  });

  it("answers 500 without internals, logs them and counts", async () => {
    const error = new Error("arn:aws:s3:::secret-bucket");
    const response = await failing(error);
    expect(response.statusCode).to.equal(500);
    expect(bodyOf(response)).to.include({ code: "internal-error", status: 500 });
    expect(response.body).not.to.include("secret");
    expect(logs[0]).to.include({ level: "error", apiRequestId: "r1", error });
    expect(unclassifiedErrors).to.equal(1);
  });

  for (const httpStatusCode of [429, 503]) {
    it(`answers 503 with retry-after when S3 answers ${httpStatusCode}`, async () => {
      const $metadata = { httpStatusCode };
      const error = new S3ServiceException({ name: "SlowDown", $fault: "server", $metadata });
      const response = await failing(error);
      expect(response.statusCode).to.equal(503);
      expect(response.headers).to.include({ "retry-after": "1" });
      expect(bodyOf(response).code).to.equal("throttled");
      expect(logs[0]).to.include({ level: "error", error });
      expect(unclassifiedErrors).to.equal(0);
    });
  }

  it("answers 500 when a value is thrown that is not an error", async () => {
    expect((await failing(undefined)).statusCode).to.equal(500);
  });
});

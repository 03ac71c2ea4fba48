import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { expect } from "chai";
import { tryUploadApi } from "../../../handlers/pre-traffic-hook/try-upload-api.ts";
import { memoryStorage, samples, variant } from "./trial.ts";

const variants = [
  variant("jpg", "png-to-jpg", {}),
  variant("thumbnail", "resize", { width: 300, fit: "inside" }),
  variant("archive", "zip", {}),
];

const id = "0198c5f0-8a2b-7c3d-9e4f-5a6b7c8d9e0f";
const created = {
  id,
  upload: { method: "PUT", url: `https://uploads.s3.example/${id}/golden.png?X-Amz-Signature=abc` },
  variants: variants.map(({ name }) => ({ name, url: `https://cdn.example/${name}` })),
};

interface Answers {
  readonly create?: object;
  readonly createStatus?: number;
  readonly status?: object;
  readonly statusCode?: number;
}

/** Tries a version that works, except for the changes of the test. */
async function failuresWith({ create, createStatus = 201, status, statusCode = 200 }: Answers = {}) {
  const { storage, receipts } = memoryStorage();
  const invoke = async (event: unknown) => {
    const { routeKey, pathParameters, body } = event as APIGatewayProxyEventV2;
    if (routeKey === "POST /uploads") {
      expect(JSON.parse(body ?? "")).to.deep.equal({
        filename: "golden.png",
        contentType: "image/png",
        size: 6,
      });
      return { statusCode: createStatus, body: JSON.stringify({ ...created, ...create }) };
    }
    const uploadId = pathParameters?.id;
    const states = variants.map(({ name }) => ({
      name,
      state: receipts.get(`${uploadId}/${name}`)?.state ?? "pending",
    }));
    const answer = { id: uploadId, state: "converting", variants: states, ...status };
    return { statusCode, body: JSON.stringify(answer) };
  };
  return tryUploadApi({ variants, uploadsBucket: "uploads", samples, storage, invoke });
}

describe("tryUploadApi", () => {
  it("accepts a working version", async () => {
    expect(await failuresWith()).to.deep.equal([]);
  });

  const { upload } = created;
  const faults: [what: string, answers: Answers, failure: string][] = [
    ["refuses an upload", { createStatus: 500 }, "POST /uploads: statusCode: "],
    ["gives no id of an upload", { create: { id: "1" } }, "POST /uploads: body.id: "],
    [
      "signs for another bucket",
      { create: { upload: { ...upload, url: `https://elsewhere.example/?X-Amz-Signature=abc` } } },
      "POST /uploads: body.upload.url: ",
    ],
    [
      "signs nothing",
      { create: { upload: { ...upload, url: "https://uploads.s3.example/" } } },
      "POST /uploads: body.upload.url: ",
    ],
    [
      "forgets a variant",
      { create: { variants: created.variants.slice(1) } },
      "POST /uploads: body.variants: Expected archive, jpg, thumbnail but received archive, thumbnail",
    ],
    ["finds no upload", { statusCode: 404 }, "GET /uploads/{id}: statusCode: "],
    ["describes another upload", { status: { id } }, "GET /uploads/{id}: body.id: "],
    ["calls it complete too early", { status: { state: "complete" } }, "GET /uploads/{id}: body.state: "],
    [
      "does not see a receipt",
      { status: { variants: variants.map(({ name }) => ({ name, state: "pending" })) } },
      "GET /uploads/{id}: body.variants: Expected archive pending, jpg ready, thumbnail pending but received ",
    ],
  ];
  for (const [what, answers, failure] of faults) {
    it(`refuses a version that ${what}`, async () => {
      const failures = await failuresWith(answers);
      expect(failures).to.have.lengthOf(1);
      expect(failures[0]?.startsWith(failure), failures[0]).to.equal(true);
    });
  }

  it("refuses a version whose answer is not an HTTP response", async () => {
    const { storage } = memoryStorage();
    const trial = { variants, uploadsBucket: "uploads", samples, storage, invoke: async () => null };
    expect(await tryUploadApi(trial)).to.deep.equal([
      "POST /uploads: expected an answer in JSON, found null",
      "GET /uploads/{id}: expected an answer in JSON, found null",
    ]);
  });
});

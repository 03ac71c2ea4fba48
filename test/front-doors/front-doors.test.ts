import { tmpdir } from "node:os";
import { PublishCommand, SNSClient, type SNSServiceException } from "@aws-sdk/client-sns";
import { expect } from "chai";
import {
  finished,
  type Pipeline,
  pipelineGraph,
  projectDirectory,
  putOf,
  startPipeline,
  temporaryDirectory,
  upload,
} from "../end-to-end/pipeline.ts";
import { apiForgeries } from "./api-forgeries.ts";
import { cdnForgeries } from "./cdn-forgeries.ts";
import { body, putText, type Scene } from "./forgery.ts";
import { type RawAnswer, sendRaw } from "./raw-request.ts";
import { s3Forgeries } from "./s3-forgeries.ts";
import { s3SignatureForgeries } from "./s3-signature-forgeries.ts";
import { smuggling } from "./smuggling.ts";
import { snsForgeries } from "./sns-forgeries.ts";

/** Code, places and secrets that no answer may tell. */
const leak = new RegExp(
  [
    projectDirectory,
    tmpdir(),
    "node:internal",
    "node_modules",
    "\\.ts:\\d",
    "    at ",
    "SecretAccessKey",
    "state\\.db",
    "111111111111",
  ].join("|"),
);

describe("the front doors", () => {
  const data = temporaryDirectory();
  let pipeline: Pipeline;
  let scene: Scene;
  let stored: string;

  const everything = () =>
    [scene.bucket, scene.outputs]
      .flatMap((bucket) =>
        [...pipeline.cloud.store.list(bucket)].map(({ key, etag }) => `${bucket}/${key} ${etag}`),
      )
      .join("\n");

  before(async () => {
    pipeline = await startPipeline(data.path, { onDenied: () => {} });
    const { cloud, client } = pipeline;
    const other = await upload(pipeline, "a.png", "image/png", Buffer.from("another's file"));
    await finished(pipeline, other.id);
    const own = await client.create({ filename: "own.png", contentType: "image/png", size: body.length });
    const { pathname, search } = new URL(putOf(own).url);
    const bucket = pathname.split("/")[1] ?? "";
    const outputs = String((await pipelineGraph()).outputs.outputsBucket);
    scene = {
      urls: cloud.urls,
      other,
      otherKey: `${other.id}/a.png`,
      own,
      target: pathname + search,
      bucket,
      outputs,
    };
    stored = everything();
  });
  after(async () => {
    await pipeline.cloud.close();
    data.remove();
  });

  const expectRefusal = ({ text, status, count }: RawAnswer, refusal: number) => {
    expect(status, text).to.equal(refusal);
    expect(count, "one answer to one request").to.equal(1);
    expect(text).not.to.match(leak);
    expect(everything(), "nothing was stored or removed").to.equal(stored);
  };

  for (const door of ["api", "s3", "cdn", "sns"] as const) {
    describe(door, () => {
      const rows = [
        ...apiForgeries,
        ...s3Forgeries,
        ...s3SignatureForgeries,
        ...cdnForgeries,
        ...snsForgeries,
        ...smuggling(door),
      ];
      for (const [name, , status, request] of rows.filter(([, ofDoor]) => ofDoor === door)) {
        it(`refuses ${name}`, async () => {
          expectRefusal(await sendRaw(scene.urls[door], request(scene)), status);
        });
      }
    });
  }

  describe("afterwards", () => {
    it("refuses a message that is not the one that was signed", async () => {
      const { cloud } = pipeline;
      const credentials = cloud.credentials.issue("arn:aws:iam::111111111111:user/tester");
      const client = new SNSClient({
        region: "ap-northeast-1",
        endpoint: cloud.urls.sns,
        credentials,
        maxAttempts: 1,
      });
      let publish = "";
      client.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { body: string };
          request.body = request.body.replace("honest", publish);
          return next(args);
        },
        // After the signature.
        { step: "deserialize" },
      );
      const TopicArn = String((await pipelineGraph()).outputs.conversionsTopicArn);
      const statuses: (number | undefined)[] = [];
      for (publish of ["honest", "forged"]) {
        const sent = client.send(new PublishCommand({ TopicArn, Message: '{"it":"honest"}' }));
        const { $metadata } = await sent.catch((error: SNSServiceException) => error);
        statuses.push($metadata.httpStatusCode);
      }
      client.destroy();
      expect(statuses).to.deep.equal([200, 403]);
    });

    it("takes the own upload once, and refuses its replay", async () => {
      const first = await sendRaw(scene.urls.s3, putText(scene));
      expect(first.status, first.text).to.equal(200);
      stored = everything();
      for (const content of [body, body.toUpperCase()]) {
        expectRefusal(await sendRaw(scene.urls.s3, putText(scene, { body: content })), 412);
      }
    });

    it("still works for those who knock", async () => {
      const { id } = await upload(pipeline, "after.txt", "text/plain", Buffer.from("after"));
      expect((await finished(pipeline, id)).state).to.equal("complete");
    });
  });
});

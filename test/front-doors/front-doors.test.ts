import { tmpdir } from "node:os";
import { PublishCommand, SNSClient, type SNSServiceException } from "@aws-sdk/client-sns";
import { projectDirectory } from "@henkan/build/directories";
import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { type Pipeline, startPipeline } from "../support/pipeline.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { finished, upload } from "../support/uploads.ts";
import { apiForgeries } from "./api-forgeries.ts";
import { cdnForgeries } from "./cdn-forgeries.ts";
import { putText, type Row } from "./forgery.ts";
import { multipartForgeries, ownAbort, ownCompletion, ownLastPart } from "./multipart-forgeries.ts";
import { sendRaw } from "./raw-request.ts";
import { s3Forgeries } from "./s3-forgeries.ts";
import { s3SignatureForgeries } from "./s3-signature-forgeries.ts";
import { body, frontDoorsGraph, othersText, type Scene, setScene } from "./scene.ts";
import { leakedSecrets, rememberSecrets } from "./secrets.ts";
import { smuggling } from "./smuggling.ts";
import { snsForgeries } from "./sns-forgeries.ts";

/** Paths, code and secrets that no answer may contain. */
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

describe("the public endpoint", () => {
  const data = temporaryDirectory();
  let pipeline: Pipeline;
  let scene: Scene;
  let graph: Graph;
  let remembered: ReturnType<typeof rememberSecrets>;
  let stored: string;

  const everything = () =>
    [scene.bucket, scene.outputs]
      .flatMap((bucket) => {
        const { store } = pipeline.cloud;
        const objects = [...store.list(bucket)].map(({ key, etag }) => `${bucket}/${key} ${etag}`);
        const parts = store.uploads
          .list(bucket)
          .map(({ id, key }) => `${bucket}/${key} ${id}: ${store.uploads.parts(id).map(({ etag }) => etag)}`);
        return [...objects, ...parts];
      })
      .join("\n");

  before(async () => {
    remembered = rememberSecrets();
    graph = await frontDoorsGraph();
    pipeline = await startPipeline(data.path, { graph, onDenied: () => {} });
    scene = await setScene(pipeline, graph);
    stored = everything();
  });
  after(async () => {
    remembered.forget();
    await pipeline.cloud.close();
    data.remove();
  });

  /** Returns the secrets of other clients: no answer may contain one that its request did not contain. */
  const secrets = () => {
    const { other, otherKey, otherLarge } = scene;
    const { id, key, uploadId } = otherLarge;
    return [...remembered.secrets, other.id, otherKey, othersText, id, key, uploadId];
  };

  const expectRefusal = async (door: Row[1], request: string, refusal: number) => {
    const { text, status, count } = await sendRaw(scene.urls[door], request);
    expect(status, text).to.equal(refusal);
    expect(count, "the number of answers").to.equal(1);
    expect(text).not.to.match(leak);
    expect(leakedSecrets(secrets(), request, text)).to.deep.equal([]);
    expect(everything(), "nothing was stored or removed").to.equal(stored);
  };

  for (const door of ["api", "s3", "cdn", "sns"] as const) {
    describe(door.toUpperCase(), () => {
      const rows = [
        ...apiForgeries,
        ...s3Forgeries,
        ...s3SignatureForgeries,
        ...multipartForgeries,
        ...cdnForgeries,
        ...snsForgeries,
        ...smuggling(door),
      ];
      for (const [name, , status, request] of rows.filter(([, ofDoor]) => ofDoor === door)) {
        it(`refuses ${name}`, async () => {
          await expectRefusal(door, request(scene), status);
        });
      }
    });
  }

  describe("after these requests", () => {
    it("refuses an SNS message whose body is not the signed one", async () => {
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
        // This step runs after the signature.
        { step: "deserialize" },
      );
      const TopicArn = String(graph.outputs.conversionsTopicArn);
      const statuses: (number | undefined)[] = [];
      for (publish of ["honest", "forged"]) {
        const sent = client.send(new PublishCommand({ TopicArn, Message: '{"it":"honest"}' }));
        const { $metadata } = await sent.catch((error: SNSServiceException) => error);
        statuses.push($metadata.httpStatusCode);
      }
      client.destroy();
      expect(statuses).to.deep.equal([200, 403]);
    });

    it("accepts the announced file once, and refuses a replay", async () => {
      const first = await sendRaw(scene.urls.s3, putText(scene));
      expect(first.status, first.text).to.equal(200);
      await finished(pipeline, scene.own.id);
      stored = everything();
      for (const content of [body, body.toUpperCase()]) {
        await expectRefusal("s3", putText(scene, { body: content }), 412);
      }
    });

    it("refuses to complete a large file without one of its parts, and every request after the abort", async () => {
      const part = await sendRaw(scene.urls.s3, ownLastPart(scene));
      expect(part.status, part.text).to.equal(200);
      stored = everything();
      const etag = /^etag: (.+?)\r$/im.exec(part.text)?.[1] ?? "";
      await expectRefusal("s3", ownCompletion(scene, etag), 400);
      const end = await sendRaw(scene.urls.s3, ownAbort(scene));
      expect(end.status, end.text).to.equal(204);
      stored = everything();
      for (const late of [ownLastPart(scene), ownCompletion(scene, etag), ownAbort(scene)]) {
        await expectRefusal("s3", late, 404);
      }
    });

    it("still converts the file of an honest client", async () => {
      const { id } = await upload(pipeline, "after.txt", "text/plain", Buffer.from("after"));
      expect((await finished(pipeline, id)).state).to.equal("complete");
    });
  });
});

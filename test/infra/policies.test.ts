import type { Graph } from "@henkan/local-cloud";
import { expect } from "chai";
import { all, arnOf, convertersOf, keyArns, one, roleOf, runStage, stages, statements } from "./stages.ts";

function denyInsecureTransport(action: string, resource: string | string[]) {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

function allow(actions: string[], resource: string | string[]) {
  return { Effect: "Allow", Action: actions, Resource: resource };
}

const useOfKey = ["kms:Decrypt", "kms:GenerateDataKey"];

for (const stage of stages) {
  describe(`policies of ${stage}`, () => {
    const converters = convertersOf(stage);
    let graph: Graph;
    let uploads: string;
    let outputs: string;
    let storageKey: string | undefined;
    let messagesKey: string | undefined;

    before(async () => {
      graph = await runStage(stage);
      uploads = arnOf(graph, "uploads-bucket");
      outputs = arnOf(graph, "outputs-bucket");
      ({ "storage-key": storageKey, "messages-key": messagesKey } = keyArns(graph));
    });

    const writeTraces = allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*");
    const logStatement = (name: string) =>
      allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${arnOf(graph, `${name}-logs`)}:*`);

    for (const name of converters) {
      it(`let ${name} receive from its queue, read uploads, write outputs and publish events`, () => {
        expect(statements(one(graph, `${name}-permissions`))).to.deep.equal([
          logStatement(name),
          writeTraces,
          allow(
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            arnOf(graph, `${name}-queue`),
          ),
          allow(["s3:GetObject"], `${uploads}/*`),
          allow(["s3:PutObject", "s3:AbortMultipartUpload"], `${outputs}/files/*`),
          allow(["s3:GetObject", "s3:PutObject"], `${outputs}/receipts/*`),
          allow(["s3:ListBucket"], [uploads, outputs]),
          allow(["sns:Publish"], arnOf(graph, "conversions-topic")),
          ...(storageKey && messagesKey ? [allow(useOfKey, [storageKey, messagesKey])] : []),
        ]);
      });

      it(`let only the uploads topic send to ${name}'s queue and to its queue of undelivered messages`, () => {
        for (const queue of [`${name}-queue`, `${name}-undelivered`]) {
          const arn = arnOf(graph, queue);
          expect(statements(one(graph, `${queue}-policy`))).to.deep.equal([
            {
              Effect: "Allow",
              Principal: { Service: "sns.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: arn,
              Condition: { ArnEquals: { "aws:SourceArn": arnOf(graph, "uploads-topic") } },
            },
            denyInsecureTransport("sqs:*", arn),
          ]);
        }
      });
    }

    it("let the upload API presign uploads and read receipts", () => {
      expect(statements(one(graph, "upload-api-permissions"))).to.deep.equal([
        logStatement("upload-api"),
        writeTraces,
        allow(["s3:PutObject", "s3:AbortMultipartUpload"], `${uploads}/*`),
        allow(["s3:GetObject"], `${outputs}/receipts/*`),
        allow(["s3:ListBucket"], [uploads, outputs]),
        ...(storageKey ? [allow(useOfKey, storageKey)] : []),
      ]);
    });

    it("let only Lambda assume the roles, one for each function", () => {
      const roles = all(graph, "Role").filter((role) => roleOf(role) !== "release-role");
      expect(roles.map(roleOf)).to.have.members(
        [...converters, "upload-api", "release-pre-traffic-hook"].map((name) => `${name}-role`),
      );
      for (const role of roles) {
        expect(statements(role, "assumeRolePolicy")).to.deep.equal([
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]);
      }
      const rolesOfFunctions = all(graph, "Function").map(({ inputs }) => inputs.role);
      expect(new Set(rolesOfFunctions).size).to.equal(roles.length);
    });

    it("refuse plain HTTP and signatures older than a presigned upload at the uploads bucket", () => {
      expect(statements(one(graph, "uploads-policy"))).to.deep.equal([
        denyInsecureTransport("s3:*", [uploads, `${uploads}/*`]),
        {
          Sid: "DenyOldSignatures",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: `${uploads}/*`,
          Condition: { NumericGreaterThan: { "s3:signatureAge": "7260000" } },
        },
      ]);
    });

    it("let only the distribution read the outputs bucket, and only its files", () => {
      expect(statements(one(graph, "cdn-bucket-policy"))).to.deep.equal([
        denyInsecureTransport("s3:*", [outputs, `${outputs}/*`]),
        {
          Effect: "Allow",
          Principal: { Service: "cloudfront.amazonaws.com" },
          Action: "s3:GetObject",
          Resource: `${outputs}/files/*`,
          Condition: { StringEquals: { "AWS:SourceArn": arnOf(graph, "cdn-distribution") } },
        },
      ]);
    });

    it("let only the uploads bucket of this account publish to the uploads topic", () => {
      const topic = arnOf(graph, "uploads-topic");
      expect(statements(one(graph, "uploads-topic-policy"))).to.deep.equal([
        {
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sns:Publish",
          Resource: topic,
          Condition: {
            ArnEquals: { "aws:SourceArn": uploads },
            StringEquals: { "aws:SourceAccount": graph.accountId },
          },
        },
        denyInsecureTransport("sns:Publish", topic),
      ]);
    });

    it("let each route of the API invoke the alias, and nothing else", () => {
      const api = `arn:aws:execute-api:${graph.region}:${graph.accountId}:${one(graph, "upload-api-api").id}`;
      const permissions = all(graph, "Permission").map(({ inputs }) => inputs);
      const invoke = {
        action: "lambda:InvokeFunction",
        function: one(graph, "upload-api-function").attributes.name,
        qualifier: "live",
        principal: "apigateway.amazonaws.com",
      };
      expect(permissions).to.have.deep.members([
        { ...invoke, sourceArn: `${api}/$default/POST/uploads` },
        { ...invoke, sourceArn: `${api}/$default/GET/uploads/*` },
      ]);
    });
  });
}

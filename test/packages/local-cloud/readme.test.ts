import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { startCloud } from "../../../packages/local-cloud/cloud.ts";
import { until } from "../../support/until.ts";
import { type ForeignProject, foreignProject, functionOfProgram } from "./foreign-project.ts";

const packageDirectory = resolve(import.meta.dirname, "../../../packages/local-cloud");
const read = (file: string) => readFileSync(join(packageDirectory, file), "utf8");
const readme = read("README.md");

/** The blocks in TypeScript: the start, a client, and options with faults. */
const [start = "", client = "", faults = ""] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(
  ([, code = ""]) => code,
);

/** Every new object reaches the function `worker`: bucket, topic, queue, function. */
const program = `${functionOfProgram}
  const files = new aws.s3.Bucket("files");
  const created = new aws.sns.Topic("created");
  const jobs = new aws.sqs.Queue("jobs");
  const { role, lambda } = declareFunction("worker", {});
  const from = (arn) => ({ ArnEquals: { "aws:SourceArn": arn } });
  const allowed = new aws.sns.TopicPolicy("created-policy", {
    arn: created.arn,
    policy: pulumi.all([created.arn, files.arn]).apply(([topic, bucket]) =>
      allow({ Service: "s3.amazonaws.com" }, "sns:Publish", topic, from(bucket))),
  });
  new aws.sqs.QueuePolicy("jobs-policy", {
    queueUrl: jobs.url,
    policy: pulumi.all([jobs.arn, created.arn]).apply(([queue, topic]) =>
      allow({ Service: "sns.amazonaws.com" }, "sqs:SendMessage", queue, from(topic))),
  });
  new aws.iam.RolePolicy("worker-policy", {
    role: role.name,
    policy: jobs.arn.apply((queue) => JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource: queue },
        { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
      ],
    })),
  });
  new aws.s3.BucketNotification("files-notification", {
    bucket: files.bucket,
    topics: [{ topicArn: created.arn, events: ["s3:ObjectCreated:*"] }],
  }, { dependsOn: [allowed] });
  new aws.sns.TopicSubscription("jobs-subscription", {
    topic: created.arn, protocol: "sqs", endpoint: jobs.arn, rawMessageDelivery: true,
  });
  new aws.lambda.EventSourceMapping("worker-source", { eventSourceArn: jobs.arn, functionName: lambda.name });
  export const bucket = files.bucket;`;

const handler = `exports.handler = async ({ Records }) => {
  for (const { body } of Records) {
    for (const { s3 } of JSON.parse(body).Records ?? []) console.log("received", s3.object.key);
  }
};`;

/** The line that the function logs for the README's object. */
const received = "received hello.txt";

describe("the README of the local cloud", () => {
  let project: ForeignProject;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    project = foreignProject({ handler });
    project.write(program);
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.kill("SIGKILL")) await once(child, "exit");
    child = undefined;
    project.remove();
  });

  it("starts another project's program in ten lines, and a client of it", async () => {
    expect(start.trim().split("\n").length).to.be.at.most(10);
    writeFileSync(join(project.directory, "start.ts"), `${start}\n${client}`);
    const running = spawn(process.execPath, ["start.ts"], {
      cwd: project.directory,
      stdio: ["ignore", "pipe", "inherit"],
    });
    child = running;
    const exited = once(running, "exit");
    const lines: string[] = [];
    for await (const line of createInterface({ input: running.stdout })) {
      lines.push(line);
      if (line.endsWith(received)) running.kill("SIGINT");
    }
    expect(lines.at(-1)).to.match(/^worker-function-\w+: received hello\.txt$/);
    expect(await exited).to.deep.equal([0, null]);
  });

  it("injects faults as it shows", async () => {
    const file = join(project.directory, "faults.ts");
    writeFileSync(file, `${faults}\nexport { options };`);
    const { options } = await import(pathToFileURL(file).href);
    const graph = await project.run(program);
    const lines: string[] = [];
    const cloud = await startCloud(graph, {
      ...options,
      ...project.options,
      onLog: (_, line) => lines.push(line),
    });
    const s3 = new S3Client({
      endpoint: cloud.urls.s3,
      region: graph.region,
      forcePathStyle: true,
      credentials: cloud.credentials.issue(`arn:aws:iam::${graph.accountId}:user/developer`),
    });
    try {
      await s3.send(
        new PutObjectCommand({ Bucket: String(graph.outputs.bucket), Key: "hello.txt", Body: "Hello" }),
      );
      await until(() => lines.filter((line) => line === received).length === 2);
    } finally {
      s3.destroy();
      await cloud.close();
    }
  });

  it("names every export", () => {
    for (const file of ["index.ts", "testing.ts"]) {
      const exported = [...read(file).matchAll(/export \{([^}]*)\}/g)];
      const names = exported.flatMap(([, list = ""]) => list.split(",").map((name) => name.trim()));
      const values = names.filter((name) => name !== "" && !name.startsWith("type "));
      for (const name of values) expect(readme, `${name} of ${file}`).to.contain(name);
    }
  });

  it("links to files that exist", () => {
    for (const [, link = ""] of readme.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(() => readFileSync(join(packageDirectory, link)), link).not.to.throw(/ENOENT/);
    }
  });
});

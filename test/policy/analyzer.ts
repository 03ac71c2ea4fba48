import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import rpc from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Resource } from "../../policy/resource.ts";
import { repository } from "../infra/stages.ts";

export interface Policy {
  readonly name: string;
  readonly mandatory: boolean;
}

/** A violation, as Pulumi prints it. */
export interface Diagnostic extends Policy {
  readonly message: string;
  readonly urn: string;
}

/** The policy pack, started and called as the Pulumi CLI does it. */
export class Analyzer {
  readonly #process: ChildProcess;
  readonly #client: rpc.AnalyzerClient;

  static async start(): Promise<Analyzer> {
    const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const args = [runner, "127.0.0.1:0", ".", "-typescript=false"];
    const child = spawn(process.execPath, args, {
      cwd: join(repository, "policy"),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port]: unknown[] = await once(child.stdout, "data");
    return new Analyzer(child, `127.0.0.1:${String(port).trim()}`);
  }

  private constructor(child: ChildProcess, address: string) {
    this.#process = child;
    this.#client = new rpc.AnalyzerClient(address, credentials.createInsecure());
  }

  async policies(): Promise<Policy[]> {
    const info = await reply<messages.AnalyzerInfo>((done) =>
      this.#client.getAnalyzerInfo(new empty.Empty(), done),
    );
    return info
      .getPoliciesList()
      .map((policy) => ({ name: policy.getName(), mandatory: isMandatory(policy.getEnforcementlevel()) }));
  }

  async analyze(resource: Resource): Promise<Diagnostic[]> {
    const request = fill(new messages.AnalyzeRequest(), resource);
    return diagnostics(await reply((done) => this.#client.analyze(request, done)));
  }

  async analyzeStack(resources: readonly Resource[]): Promise<Diagnostic[]> {
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(resources.map(toMessage));
    return diagnostics(await reply((done) => this.#client.analyzeStack(request, done)));
  }

  async stop(): Promise<void> {
    this.#client.close();
    this.#process.kill();
    await once(this.#process, "exit");
  }
}

function toMessage(resource: Resource): messages.AnalyzerResource {
  const message = fill(new messages.AnalyzerResource(), resource);
  for (const [property, sources] of Object.entries(resource.propertyDependencies ?? {})) {
    const urns = new messages.AnalyzerPropertyDependencies();
    urns.setUrnsList(sources.map(({ urn }) => urn));
    message.getPropertydependenciesMap().set(property, urns);
  }
  return message;
}

function fill<Message extends messages.AnalyzeRequest | messages.AnalyzerResource>(
  message: Message,
  { type, name, urn, props, provider }: Resource,
): Message {
  message.setType(type);
  message.setName(name);
  message.setUrn(urn);
  message.setProperties(toStruct(props));
  message.setOptions(new messages.AnalyzerResourceOptions());
  if (provider) {
    const from = new messages.AnalyzerProviderResource();
    from.setProperties(toStruct(provider.props));
    message.setProvider(from);
  }
  return message;
}

function toStruct(props: Resource["props"]): struct.Struct {
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(props)));
}

function diagnostics(response: messages.AnalyzeResponse): Diagnostic[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    name: diagnostic.getPolicyname(),
    mandatory: isMandatory(diagnostic.getEnforcementlevel()),
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
  }));
}

function isMandatory(level: messages.EnforcementLevel): boolean {
  return level === messages.EnforcementLevel.MANDATORY;
}

function reply<Response>(
  call: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response)));
  });
}

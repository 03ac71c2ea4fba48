import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { repository, shippedStages } from "../infra/stages.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly "cancel-in-progress": boolean };
  readonly "timeout-minutes"?: number;
  readonly strategy?: { readonly matrix: { readonly stage: readonly string[] } };
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const directory = join(repository, ".github");
const textOf = (path: string) => readFileSync(join(directory, path), "utf8");
const files = [
  ...readdirSync(join(directory, "workflows")).map((name) => `workflows/${name}`),
  ...readdirSync(join(directory, "actions")).map((name) => `actions/${name}/action.yml`),
];
const workflows = new Map(
  files
    .filter((path) => path.startsWith("workflows/"))
    .map((path): [string, Workflow] => [path.slice("workflows/".length), parse(textOf(path))]),
);

function workflow(name: string): Workflow {
  return workflows.get(name) ?? expect.fail(`there is no workflow ${name}`);
}

function job(file: string, name: string): Job {
  return workflow(file).jobs[name] ?? expect.fail(`${file} has no job ${name}`);
}

const jobs = [...workflows].flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, declared]) => ({ at: `${file} ${name}`, job: declared })),
);

/** Every step of the workflows and of the repository's own actions. */
const steps = [
  ...jobs.flatMap(({ job: { steps = [] } }) => steps),
  ...files
    .filter((path) => path.startsWith("actions/"))
    .flatMap((path) => (parse(textOf(path)) as { runs: { steps: Step[] } }).runs.steps),
];

/** The permissions to write: each job has only the one that its task needs. */
const writes: Readonly<Record<string, readonly string[]>> = {
  "preview.yml preview": ["id-token", "pull-requests"],
  "deploy.yml dev": ["id-token"],
  "deploy.yml test": ["id-token"],
  "deploy.yml prod": ["id-token"],
  "deploy-stage.yml deploy": ["id-token"],
};

describe("GitHub workflows", () => {
  for (const path of files) {
    it(`pin every action of ${path} by commit, and name its version`, () => {
      const used = textOf(path).match(/uses: .*/g) ?? [];
      expect(used).not.to.deep.equal([]);
      for (const line of used.filter((line) => !line.startsWith("uses: ./"))) {
        expect(line).to.match(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    });

    it(`use no secret in ${path}`, () => {
      expect(textOf(path)).not.to.match(
        /secrets[.[]|secrets: inherit|aws-access-key-id|aws-secret-access-key/,
      );
    });
  }

  it("put no expression into a script, where a pull request could inject code", () => {
    for (const { run = "", with: options = {} } of steps) expect(run + options.script).not.to.include("${{");
  });

  it("pin an action to the same commit everywhere", () => {
    const commits = new Map<string, Set<string>>();
    for (const [, action = "", commit = ""] of files.flatMap((path) => [
      ...textOf(path).matchAll(/uses: ([\w/-]+)@(\w+)/g),
    ])) {
      commits.set(action, (commits.get(action) ?? new Set()).add(commit));
    }
    for (const [action, versions] of commits) expect([...versions], action).to.have.lengthOf(1);
  });

  it("grant nothing by default, and each job only what it needs", () => {
    for (const [file, { permissions }] of workflows) expect(permissions, file).to.deep.equal({});
    for (const { at, job } of jobs) {
      const { permissions = {} } = job;
      expect(permissions, at).to.include({ contents: "read" });
      const written = Object.keys(permissions).filter((name) => permissions[name] === "write");
      expect(written, at).to.deep.equal(writes[at] ?? []);
    }
  });

  it("leave no token in a checkout, and limit the time of every job", () => {
    for (const { uses = "", with: options } of steps) {
      if (uses.startsWith("actions/checkout@")) expect(options).to.include({ "persist-credentials": false });
    }
    for (const { at, job } of jobs) {
      if (!job.uses) expect(job["timeout-minutes"], at).to.be.within(1, 180);
    }
  });

  it("run only scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    const named = steps.flatMap(({ run = "" }) => [...run.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)]);
    expect(named.map(([, script]) => script)).to.include.members(["preview", "deploy"]);
    for (const [, script = ""] of named) expect(scripts).to.have.property(script);
  });

  it("check every push and every pull request", () => {
    const { on } = workflow("checks.yml");
    expect(on).to.deep.include({ push: { "branches-ignore": ["main"] }, pull_request: null });
    expect(workflow("deploy.yml").on).to.deep.include({ push: { branches: ["main"] } });
    expect(job("deploy.yml", "checks").uses).to.equal("./.github/workflows/checks.yml");
  });

  it("preview every stage that has a file, each with a role of its own", () => {
    const { strategy, environment } = job("preview.yml", "preview");
    expect(strategy?.matrix.stage).to.have.members(shippedStages);
    expect(environment).to.match(/^preview-\$\{\{ matrix\.stage \}\}$/);
  });

  it("deploy the stages one after the other, and never run two deployments of a stage at once", () => {
    const order = ["checks", ...shippedStages];
    for (const [index, stage] of shippedStages.entries()) {
      const { needs, with: inputs, uses } = job("deploy.yml", stage);
      expect(needs).to.equal(order[index]);
      expect(inputs).to.deep.equal({ stage });
      expect(uses).to.equal("./.github/workflows/deploy-stage.yml");
    }
    const { environment, concurrency } = job("deploy-stage.yml", "deploy");
    expect(environment).to.match(/^\$\{\{ inputs\.stage \}\}$/);
    expect(concurrency?.["cancel-in-progress"]).to.equal(false);
  });

  it("deploy only the newest commit of main, and check this before they get credentials", () => {
    const { steps = [] } = job("deploy-stage.yml", "deploy");
    const refusal = steps.findIndex(({ run }) => run?.includes("commits/main"));
    expect(refusal).to.be.within(
      0,
      steps.findIndex(({ uses }) => uses?.endsWith("/prepare")),
    );
    const runOn = (sha: string) => {
      const script = `gh() { [ "$2" = repos/owner/name/commits/main ] && echo abc; }\n${steps[refusal]?.run}`;
      const env = { ...process.env, GITHUB_REPOSITORY: "owner/name", GITHUB_SHA: sha };
      return spawnSync("bash", ["-e", "-c", script], { env, encoding: "utf8" });
    };
    expect(runOn("abc")).to.include({ status: 0, stdout: "" });
    expect(runOn("old")).to.deep.include({
      status: 1,
      stdout: "::error::old is not deployed: main is at abc, which another run deploys\n",
    });
  });
});

describe("the account template", () => {
  interface Role {
    readonly ManagedPolicyArns?: readonly string[];
    readonly Policies?: readonly {
      readonly PolicyDocument: {
        readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string }[];
      };
    }[];
    readonly MaxSessionDuration?: number;
    readonly AssumeRolePolicyDocument: { readonly Statement: readonly object[] };
  }
  const template = readFileSync(join(repository, "bootstrap/account.yaml"), "utf8");
  const functions = ["!Sub", "!Ref", "!GetAtt"].map((tag) => ({ tag, resolve: (text: string) => text }));
  const { Parameters, Resources } = parse(template, { customTags: functions }) as {
    Parameters: Record<string, { AllowedPattern?: string }>;
    Resources: Record<string, { Properties: Role }>;
  };
  const roleOf = (name: string) => Resources[name]?.Properties ?? expect.fail(`there is no ${name}`);
  const subjects = { DeployRole: "\u0024{Stage}", PreviewRole: "preview-\u0024{Stage}" };

  for (const [name, environment] of Object.entries(subjects)) {
    it(`lets only one environment of one repository assume ${name}`, () => {
      expect(roleOf(name).AssumeRolePolicyDocument.Statement).to.deep.equal([
        {
          Effect: "Allow",
          Principal: { Federated: "GitHub" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": `repo:\${Repository}:environment:${environment}`,
            },
          },
        },
      ]);
    });
  }

  it("accepts a repository in both forms of GitHub's subjects, and refuses wildcards", () => {
    const pattern = new RegExp(`^(?:${Parameters.Repository?.AllowedPattern})$`);
    for (const name of ["octo-org/my.repo", "octo-org@123456/my.repo@456789"]) expect(name).to.match(pattern);
    for (const name of ["octo-org/*", "octo-org@*/my.repo@*", "octo-org@123456/my.repo", "my.repo"]) {
      expect(name).not.to.match(pattern);
    }
  });

  it("lets previews read only Pulumi's state", () => {
    const { ManagedPolicyArns, Policies = [] } = roleOf("PreviewRole");
    expect(ManagedPolicyArns).to.equal(undefined);
    const allowed = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    expect(allowed.map(({ Action, Resource }) => ({ Action, Resource }))).to.deep.equal([
      { Action: "s3:ListBucket", Resource: "State.Arn" },
      { Action: "s3:GetObject", Resource: "\u0024{State.Arn}/*" },
      { Action: ["kms:Decrypt", "kms:Encrypt"], Resource: "SecretsKey.Arn" },
    ]);
  });

  it("gives a deployment credentials that are valid as long as it may run", () => {
    const prepare = job("deploy-stage.yml", "deploy").steps?.find(({ uses }) => uses?.endsWith("/prepare"));
    const seconds = Number(prepare?.with?.["session-seconds"]);
    expect(seconds).to.equal(roleOf("DeployRole").MaxSessionDuration);
    expect(seconds).to.be.at.least(60 * (job("deploy-stage.yml", "deploy")["timeout-minutes"] ?? Infinity));
  });

  it("is what docs/deploying.md deploys", () => {
    expect(readFileSync(join(repository, "docs/deploying.md"), "utf8")).to.include("bootstrap/account.yaml");
  });
});

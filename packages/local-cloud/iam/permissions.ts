import { AccessDeniedError, type AccessRequest, type Denial, denialOf } from "./access-request.ts";
import type { Pattern, Statement } from "./statement.ts";

/** A role of the program, with everything its own policies say. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  /** The Pulumi resources that give it permissions. */
  readonly policies: readonly string[];
  readonly statements: readonly Statement[];
}

/** What is attached to a bucket, topic, queue, function or role, by the ARN of that. */
export interface ResourcePolicy {
  readonly policies: readonly string[];
  readonly statements: readonly Statement[];
}

/** One action on one resource that a role was given. */
export interface Grant {
  readonly role: string;
  readonly policy: string;
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
  readonly used: boolean;
}

interface RecordedGrant extends Grant {
  used: boolean;
  readonly source: Statement;
  readonly covers: (request: AccessRequest) => boolean;
}

export interface PermissionsOptions {
  readonly roles: readonly Role[];
  readonly resourcePolicies: ReadonlyMap<string, ResourcePolicy>;
  readonly onDenied: (denial: Denial) => void;
}

/**
 * Decides as AWS does within one account: an explicit deny wins, then an allow by the identity's or by the
 * resource's policy. Principals from outside the program are administrators: theirs is every identity permission.
 */
export class Permissions {
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #resourcePolicies: Map<string, ResourcePolicy>;
  readonly #onDenied: (denial: Denial) => void;
  readonly #grants: readonly RecordedGrant[];
  /** Names of the roles that have called something. */
  readonly #atWork = new Set<string>();

  constructor({ roles, resourcePolicies, onDenied }: PermissionsOptions) {
    this.#roles = new Map(roles.map((role) => [role.arn, role]));
    this.#resourcePolicies = new Map(resourcePolicies);
    this.#onDenied = onDenied;
    this.#grants = roles.flatMap(grantsOf);
  }

  /** Puts a policy in the place of the one attached to `arn`; none when it is undefined. */
  attach(arn: string, policy: ResourcePolicy | undefined): void {
    if (policy) this.#resourcePolicies.set(arn, policy);
    else this.#resourcePolicies.delete(arn);
  }

  /** Whether the request is allowed; a refusal is reported to `onDenied`. */
  allows(request: AccessRequest): boolean {
    const role = this.#roles.get(request.principal);
    if (role) this.#atWork.add(role.name);
    const denial = this.#decide(request);
    if (denial) this.#onDenied(denial);
    return !denial;
  }

  /**
   * For what AWS checks at deployment; `refusal` is what AWS says then.
   *
   * @throws {AccessDeniedError}
   */
  require(request: AccessRequest, refusal: string): void {
    const denial = this.#decide(request);
    if (denial) throw new AccessDeniedError(`${refusal}: ${denial.message}`);
  }

  /** What the roles that were at work so far are allowed, and which of it they have used; and the other roles. */
  usage(): { readonly grants: Grant[]; readonly idleRoles: string[] } {
    const names = [...this.#roles.values()].map(({ name }) => name);
    return {
      grants: this.#grants
        .filter(({ role }) => this.#atWork.has(role))
        .map(({ source: _, covers: __, ...grant }) => grant),
      idleRoles: names.filter((name) => !this.#atWork.has(name)),
    };
  }

  #decide(request: AccessRequest): Denial | undefined {
    const role = this.#roles.get(request.principal);
    const attached = this.#resourcePolicies.get(ownerOf(request.resource));
    const applying = [...(role?.statements ?? []), ...(attached?.statements ?? [])].filter((statement) =>
      applies(statement, request),
    );
    const deny = applying.find(({ effect }) => effect === "Deny");
    if (deny) return denialOf(request, `statement ${deny.label} of ${deny.policy} denies it`);
    const isAdministrator = !role && request.principal.startsWith("arn:");
    if (applying.length === 0 && !isAdministrator) {
      const policies = role ? role.policies : (attached?.policies ?? []);
      const place = policies.join(" or ") || `a policy of ${role?.name ?? ownerOf(request.resource)}`;
      const statement = JSON.stringify(missing(request, !!role));
      return denialOf(request, `no statement allows it; missing in ${place}: ${statement}`);
    }
    for (const grant of this.#grants) {
      if (applying.includes(grant.source) && grant.covers(request)) grant.used = true;
    }
    return undefined;
  }
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return (
    statement.isPrincipal(request.principal) &&
    someMatches(statement.actions, request.action) &&
    someMatches(statement.resources, request.resource) &&
    statement.condition(request)
  );
}

function someMatches(patterns: readonly Pattern[], value: string): boolean {
  return patterns.some(({ matches }) => matches(value));
}

/** The ARN whose policy covers a resource: an object belongs to its bucket, an alias to its function. */
function ownerOf(resource: string): string {
  return /^arn:aws:s3:::[^/]+|^arn:aws:lambda:.*:function:[^:]+/.exec(resource)?.[0] ?? resource;
}

function grantsOf({ name: role, statements }: Role): RecordedGrant[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap((source) =>
      source.actions.flatMap((action) =>
        source.resources.map((resource) => ({
          role,
          policy: source.policy,
          statement: source.label,
          action: action.text,
          resource: resource.text,
          used: false,
          source,
          covers: (request: AccessRequest) =>
            action.matches(request.action) && resource.matches(request.resource),
        })),
      ),
    );
}

/** The statement that would allow exactly this request. */
function missing(
  { principal, action, resource, sourceArn, sourceAccount }: AccessRequest,
  isIdentity: boolean,
) {
  return {
    Effect: "Allow",
    ...(!isIdentity && { Principal: { Service: principal } }),
    Action: action,
    Resource: resource,
    ...(!isIdentity &&
      sourceArn && {
        Condition: {
          ArnEquals: { "aws:SourceArn": sourceArn },
          ...(sourceAccount && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
        },
      }),
  };
}

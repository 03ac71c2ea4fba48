import { AccessDeniedError, type AccessRequest, type Denial, denialOf } from "./access-request.ts";
import type { Pattern, Statement } from "./statement.ts";

/** A role of the program with the statements of its policies. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  /** The names of the Pulumi resources that declare its policies. */
  readonly policies: readonly string[];
  readonly statements: readonly Statement[];
}

/** The policies that are attached to a bucket, topic, queue, function or role. */
export interface ResourcePolicy {
  /** The names of the Pulumi resources that declare them. */
  readonly policies: readonly string[];
  readonly statements: readonly Statement[];
}

/** One action on one resource that a policy allows a role. */
export interface Grant {
  readonly role: string;
  readonly policy: string;
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
  /** True when the role has done it. */
  readonly used: boolean;
}

interface RecordedGrant extends Grant {
  used: boolean;
  readonly source: Statement;
  readonly covers: (request: AccessRequest) => boolean;
}

/** Options of {@link Permissions}. */
export interface PermissionsOptions {
  readonly roles: readonly Role[];
  /** By the ARN of the resource. */
  readonly resourcePolicies: ReadonlyMap<string, ResourcePolicy>;
  readonly onDenied: (denial: Denial) => void;
}

/**
 * Decides requests as AWS does within one account: an explicit deny wins, then an allow by the policy of the identity
 * or of the resource. Roles and users that the program does not declare are administrators, who may do everything that
 * no statement denies. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class Permissions {
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #resourcePolicies: Map<string, ResourcePolicy>;
  readonly #onDenied: (denial: Denial) => void;
  readonly #grants: readonly RecordedGrant[];
  /** The names of the roles that have sent a request. */
  readonly #activeRoles = new Set<string>();

  constructor({ roles, resourcePolicies, onDenied }: PermissionsOptions) {
    this.#roles = new Map(roles.map((role) => [role.arn, role]));
    this.#resourcePolicies = new Map(resourcePolicies);
    this.#onDenied = onDenied;
    this.#grants = roles.flatMap(grantsOf);
  }

  /** Replaces the policy that is attached to a resource; undefined removes it. */
  attach(arn: string, policy: ResourcePolicy | undefined): void {
    if (policy) this.#resourcePolicies.set(arn, policy);
    else this.#resourcePolicies.delete(arn);
  }

  /** Returns true when the request is allowed, and otherwise calls `onDenied`. */
  allows(request: AccessRequest): boolean {
    const role = this.#roles.get(request.principal);
    if (role) this.#activeRoles.add(role.name);
    const denial = this.#decide(request);
    if (denial) this.#onDenied(denial);
    return !denial;
  }

  /**
   * Checks a permission that AWS checks during a deployment. `refusal` is the message of AWS.
   *
   * @throws {AccessDeniedError} with that message and the denial
   */
  require(request: AccessRequest, refusal: string): void {
    const denial = this.#decide(request);
    if (denial) throw new AccessDeniedError(`${refusal}: ${denial.message}`);
  }

  /** Returns the grants of the roles that have sent a request, and the names of the roles that have not. */
  usage(): { readonly grants: Grant[]; readonly idleRoles: string[] } {
    const names = [...this.#roles.values()].map(({ name }) => name);
    return {
      grants: this.#grants
        .filter(({ role }) => this.#activeRoles.has(role))
        .map(({ source: _, covers: __, ...grant }) => grant),
      idleRoles: names.filter((name) => !this.#activeRoles.has(name)),
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
      const statement = JSON.stringify(missingStatement(request, !!role));
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

/** Returns the ARN whose policy applies to a resource: an object belongs to its bucket, an alias to its function. */
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

/** Returns the statement that would allow exactly this request. */
function missingStatement(
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

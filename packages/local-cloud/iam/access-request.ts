import { LocalCloudError } from "../errors.ts";

/** Somebody who wants to do something: what policies are evaluated for. */
export interface AccessRequest {
  /** The ARN of a role or user, or a service such as `s3.amazonaws.com`. */
  readonly principal: string;
  /** `s3:PutObject`. */
  readonly action: string;
  readonly resource: string;
  /** The resource on whose behalf a service calls, and its account. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  /** What is to be subscribed, and how. */
  readonly snsEndpoint?: string;
  readonly snsProtocol?: string;
  /** Milliseconds since the request was signed. */
  readonly signatureAgeMs?: number;
}

/** A refused request, and why. */
export interface Denial extends AccessRequest {
  /** The statement that denies, or the one that is missing. */
  readonly reason: string;
  /** One line with principal, action, resource and reason. */
  readonly message: string;
}

/** Returns the refusal of a request for a reason. */
export function denialOf(request: AccessRequest, reason: string): Denial {
  const { principal, action, resource } = request;
  return { ...request, reason, message: `${principal} may not ${action} on ${resource}: ${reason}` };
}

/** What AWS refuses to deploy, because somebody lacks a permission. */
export class AccessDeniedError extends LocalCloudError {
  override readonly name = "AccessDeniedError";
  override readonly code = "access-denied";
}

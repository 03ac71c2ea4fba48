import { LocalCloudError } from "../errors.ts";

/** An action of a principal on a resource, which policies allow or deny. */
export interface AccessRequest {
  /** The ARN of a role or user, or a service such as `s3.amazonaws.com`. */
  readonly principal: string;
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** The ARN of the resource. */
  readonly resource: string;
  /** For a service: the ARN of the resource that it acts for, and the account of that resource. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  /** For `sns:Subscribe`: the endpoint and the protocol of the subscription. */
  readonly snsEndpoint?: string;
  readonly snsProtocol?: string;
  /** Milliseconds since the request was signed. */
  readonly signatureAgeMs?: number;
}

/** A refused request, and why. */
export interface Denial extends AccessRequest {
  /** Names the statement that denies the request, or contains the one that is missing. */
  readonly reason: string;
  /** One line with principal, action, resource and reason. */
  readonly message: string;
}

/** Returns the denial of a request for this reason. */
export function denialOf(request: AccessRequest, reason: string): Denial {
  const { principal, action, resource } = request;
  return { ...request, reason, message: `${principal} may not ${action} on ${resource}: ${reason}` };
}

/** A deployment that AWS would refuse, because a principal lacks a permission. */
export class AccessDeniedError extends LocalCloudError {
  override readonly name = "AccessDeniedError";
  override readonly code = "access-denied";
}

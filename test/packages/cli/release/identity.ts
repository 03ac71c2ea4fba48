import type { Reply } from "../../../handlers/support/stand-in.ts";

/** Returns STS's answer about credentials of an account. */
export function identity(account: string): Reply {
  const result = `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/ann</Arn>`;
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
  return { headers: { "content-type": "text/xml" }, body };
}

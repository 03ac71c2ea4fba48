import { ErrorResponse, UserManager } from "oidc-client-ts";
import { signedOut } from "./page-errors.ts";
import type { Session } from "./session.ts";
import type { SignInSettings } from "./settings.ts";

/** A token that expires within this time is renewed before it is used. */
const renewBeforeSeconds = 60;

/**
 * Starts a session with the authorization-code flow and PKCE, https://datatracker.ietf.org/doc/html/rfc9700#section-2.1.1.
 * The issuer sends the browser back to this page. Tokens stay in the tab (sessionStorage) and are renewed if the issuer
 * returned a refresh token.
 */
export async function startSession(settings: SignInSettings): Promise<Session> {
  const manager = createManager(settings);
  const failure = await finishSignIn(manager);
  const signedIn = together(() => currentUser(manager));
  const user = await signedIn();
  return {
    isOpen: user !== undefined,
    ...(failure !== undefined && { failure }),
    ...(user && {
      account: {
        name: user.profile.name ?? user.profile.email ?? user.profile.preferred_username ?? "Signed in",
        signOut: () => signOut(manager, settings),
      },
    }),
    signIn: async () => {
      const scope = await scopeOf(manager);
      await manager.signinRedirect({ scope });
    },
    authorization: async () => {
      const current = await signedIn();
      if (!current) throw signedOut();
      return { authorization: `Bearer ${current.access_token}` };
    },
  };
}

function createManager({ issuer, clientId, audience }: SignInSettings): UserManager {
  const page = `${location.origin}/`;
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: page,
    post_logout_redirect_uri: page,
    response_type: "code",
    automaticSilentRenew: false,
    // Some issuers put an API into access tokens only when the request names it. An API that is the client needs no name.
    extraQueryParams: audience === clientId ? {} : { audience },
  });
}

/** Requests a refresh token if the issuer lists its scope. Other issuers refuse unknown scopes. */
async function scopeOf(manager: UserManager): Promise<string> {
  const { scopes_supported: supported = [] } = await manager.metadataService.getMetadata();
  const wanted = ["openid", "profile", "email", "offline_access"];
  return wanted.filter((scope) => scope === "openid" || supported.includes(scope)).join(" ");
}

/**
 * Completes a sign-in if the address contains the issuer's answer, and removes the answer from the address.
 *
 * @returns a sentence when the sign-in failed
 */
async function finishSignIn(manager: UserManager): Promise<string | undefined> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return undefined;
  try {
    await manager.signinRedirectCallback();
    return undefined;
  } catch (error) {
    console.warn("Signing in failed", error);
    return signInMessage(error);
  } finally {
    history.replaceState(null, "", location.pathname);
  }
}

/** Explains in a sentence why a sign-in failed. */
export function signInMessage(error: unknown): string {
  if (error instanceof ErrorResponse) {
    if (error.error === "access_denied") return "You were not signed in: access was denied.";
    return `You were not signed in: ${(error.error_description ?? error.error ?? "the reason is unknown").replace(/\.?$/, "")}.`;
  }
  if (error instanceof TypeError) return "The sign-in service cannot be reached. Try again in a minute.";
  return "The sign-in was interrupted. Try again.";
}

/** Returns `ask` with one call at a time, shared by all callers. Issuers that rotate refresh tokens accept each only once. */
function together<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

/** Returns the person who is signed in, with a valid token. A token that is about to expire is renewed. */
async function currentUser(manager: UserManager) {
  const user = await manager.getUser();
  if (!user) return undefined;
  if ((user.expires_in ?? Number.POSITIVE_INFINITY) > renewBeforeSeconds) return user;
  if (!user.refresh_token) return user.expired ? undefined : user;
  try {
    return (await manager.signinSilent()) ?? undefined;
  } catch (error) {
    // The refresh token has expired too, or was revoked. People then sign in again.
    console.warn("The sign-in could not be renewed", error);
    await manager.removeUser();
    return undefined;
  }
}

async function signOut(manager: UserManager, { clientId }: SignInSettings): Promise<void> {
  const { end_session_endpoint: endsSessions } = await manager.metadataService.getMetadata();
  if (!endsSessions) {
    await manager.removeUser();
    location.reload();
    return;
  }
  // Amazon Cognito has other names for post_logout_redirect_uri of OpenID Connect.
  await manager.signoutRedirect({
    extraQueryParams: { client_id: clientId, logout_uri: `${location.origin}/` },
  });
}

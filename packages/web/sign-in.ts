import { ErrorResponse, UserManager } from "oidc-client-ts";
import { signedOut } from "./problems.ts";
import type { Session } from "./session.ts";
import type { SignInSettings } from "./settings.ts";

/** A token this close to its end is renewed before it is used. */
const renewBeforeSeconds = 60;

/**
 * The authorization-code flow with PKCE, which ends on this page: https://datatracker.ietf.org/doc/html/rfc9700#section-2.1.1.
 * Tokens stay in the tab (sessionStorage) and are renewed with a refresh token where the issuer gives one.
 */
export async function startSession(settings: SignInSettings): Promise<Session> {
  const manager = createManager(settings);
  const problem = await finishSignIn(manager);
  const signedIn = together(() => currentUser(manager));
  const user = await signedIn();
  return {
    isOpen: user !== undefined,
    ...(problem !== undefined && { problem }),
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
    // Some issuers write an access token for an API only when it is named; where the API is the client itself, none does.
    extraQueryParams: audience === clientId ? {} : { audience },
  });
}

/** Asks for a refresh token where the issuer says it has that scope; others refuse scopes they do not know. */
async function scopeOf(manager: UserManager): Promise<string> {
  const { scopes_supported: supported = [] } = await manager.metadataService.getMetadata();
  const wanted = ["openid", "profile", "email", "offline_access"];
  return wanted.filter((scope) => scope === "openid" || supported.includes(scope)).join(" ");
}

/** Takes the issuer's answer out of the address, if this is where it sent the browser back to. */
async function finishSignIn(manager: UserManager): Promise<string | undefined> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has("state") || !(answer.has("code") || answer.has("error"))) return undefined;
  try {
    await manager.signinRedirectCallback();
    return undefined;
  } catch (error) {
    console.warn("Signing in failed", error);
    return signInProblem(error);
  } finally {
    history.replaceState(null, "", location.pathname);
  }
}

/** What went wrong on the way to the issuer or back, in a sentence. */
export function signInProblem(error: unknown): string {
  if (error instanceof ErrorResponse) {
    if (error.error === "access_denied") return "You were not signed in: access was denied.";
    return `You were not signed in: ${(error.error_description ?? error.error ?? "the reason is unknown").replace(/\.?$/, "")}.`;
  }
  if (error instanceof TypeError) return "The sign-in service cannot be reached. Try again in a minute.";
  return "Signing in was interrupted. Try once more.";
}

/** Who asks while an answer is under way gets the same one: issuers that rotate refresh tokens take each only once. */
function together<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<Answer> | undefined;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

/** Whoever is signed in, with a token that is still good; renewed when it is about to end. */
async function currentUser(manager: UserManager) {
  const user = await manager.getUser();
  if (!user) return undefined;
  if ((user.expires_in ?? Number.POSITIVE_INFINITY) > renewBeforeSeconds) return user;
  if (!user.refresh_token) return user.expired ? undefined : user;
  try {
    return (await manager.signinSilent()) ?? undefined;
  } catch (error) {
    // The refresh token has ended as well, or was taken back: signing in again is what helps.
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
  // Amazon Cognito goes by names of its own for what OpenID Connect calls post_logout_redirect_uri.
  await manager.signoutRedirect({
    extraQueryParams: { client_id: clientId, logout_uri: `${location.origin}/` },
  });
}

/** The settings of the sign-in. A page without them uses an API that needs no sign-in. */
export interface SignInSettings {
  /** URL of the OpenID Connect issuer. */
  readonly issuer: string;
  readonly clientId: string;
  /** The audience that the API requires in access tokens. */
  readonly audience: string;
}

/** The settings of the stage that the page belongs to. */
export interface PageSettings {
  readonly apiUrl: string;
  readonly maxUploadBytes: number;
  readonly signIn?: SignInSettings;
}

/**
 * Reads the settings that the deployment wrote into the page.
 *
 * @throws {Error} when the page has none
 */
export function readSettings(): PageSettings {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="henkan"]');
  if (!meta) throw new Error('The page was deployed without its settings: <meta name="henkan"> is missing');
  return JSON.parse(meta.content);
}

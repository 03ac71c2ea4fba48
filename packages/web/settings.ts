/** Where and how people sign in; the API admits everybody when a page has none. */
export interface SignInSettings {
  /** URL of the OpenID Connect issuer. */
  readonly issuer: string;
  readonly clientId: string;
  /** Whom the API expects its access tokens to be for. */
  readonly audience: string;
}

/** What the page has to know of the stage it belongs to. */
export interface PageSettings {
  readonly apiUrl: string;
  readonly maxUploadBytes: number;
  readonly signIn?: SignInSettings;
}

/** The settings that the deployment wrote into the page. */
export function readSettings(): PageSettings {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="henkan"]');
  if (!meta) throw new Error('The page was deployed without its settings: <meta name="henkan"> is missing');
  return JSON.parse(meta.content);
}

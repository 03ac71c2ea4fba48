/** Who uses the page, as far as the API wants to know. */
export interface Session {
  /** Whether uploads are possible now. */
  readonly isOpen: boolean;
  /** Of whoever is signed in; undefined where nobody has to. */
  readonly account?: { readonly name: string; signOut(): Promise<void> };
  /** Why the last attempt to sign in failed: a sentence. */
  readonly problem?: string;
  /** Leaves the page for the issuer's. */
  signIn(): Promise<void>;
  /** Headers that authorise a request to the API. */
  authorization(): Promise<Readonly<Record<string, string>>>;
}

/** For an API that admits everybody. */
export const openToAll: Session = {
  isOpen: true,
  signIn: async () => {},
  authorization: async () => ({}),
};

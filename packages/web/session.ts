/** The sign-in of the person who uses the page. */
export interface Session {
  /** True when uploads are possible now. */
  readonly isOpen: boolean;
  /** The person who is signed in. Undefined without a sign-in, or when the API needs none. */
  readonly account?: { readonly name: string; signOut(): Promise<void> };
  /** A sentence on why the last attempt to sign in failed. */
  readonly failure?: string;
  /** Leaves this page for the issuer's page. */
  signIn(): Promise<void>;
  /** Returns the headers that authorise a request to the API. */
  authorization(): Promise<Readonly<Record<string, string>>>;
}

/** The session for an API that needs no sign-in. */
export const openToAll: Session = {
  isOpen: true,
  signIn: async () => {},
  authorization: async () => ({}),
};

/** What stops a release, as a sentence that says what state things are in and what to do. */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";
}

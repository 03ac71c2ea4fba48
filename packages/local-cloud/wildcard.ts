/** Returns a test for whole texts. As in AWS's patterns, `*` matches any characters and `?` matches one. */
export function wildcard(pattern: string, flags: "" | "i" = ""): (text: string) => boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const compiled = new RegExp(`^${expression}$`, `s${flags}`);
  return (text) => compiled.test(text);
}

/** A test for whole texts in which `*` stands for any characters and `?` for one, as AWS writes patterns. */
export function wildcard(pattern: string, flags: "" | "i" = ""): (text: string) => boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const compiled = new RegExp(`^${expression}$`, `s${flags}`);
  return (text) => compiled.test(text);
}

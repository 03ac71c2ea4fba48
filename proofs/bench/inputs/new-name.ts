import { symlink, unlink } from "node:fs/promises";

let names = 0;

/** Does `work` with the file under a name it never had: to libvips, which remembers pictures by name, a new one. */
export async function underNewName<Result>(
  path: string,
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  names += 1;
  const name = `${path}.${process.pid}-${names}`;
  await symlink(path, name);
  try {
    return await work(name);
  } finally {
    await unlink(name);
  }
}

import { symlink, unlink } from "node:fs/promises";

let names = 0;

/** Calls `work` with a new name of the file, because libvips caches pictures by name. */
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

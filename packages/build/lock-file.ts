interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The part of a `package-lock.json` of version 2 or 3 that the sharp layer needs. */
export interface LockFile {
  readonly lockfileVersion: number;
  /** The packages by path: `""` is the project, `node_modules/sharp` a package. */
  readonly packages: Readonly<Record<string, LockedPackage & { readonly version?: string }>>;
}

/**
 * Returns the lock file of a project whose only dependency is `name`, with the versions and checksums of `lock`.
 *
 * @throws {Error} when `lock` does not contain `name`
 */
export function lockFileFor(name: string, lock: LockFile): LockFile {
  const root = `node_modules/${name}`;
  const version = lock.packages[root]?.version;
  if (version === undefined)
    throw new Error(`package-lock.json does not contain ${root}. Run: npm install ${name}`);
  const paths = new Set<string>();
  collect(root, lock, paths);
  const packages = [...paths].sort().map((path) => [path, lock.packages[path]]);
  return {
    lockfileVersion: lock.lockfileVersion,
    packages: { "": { dependencies: { [name]: version } }, ...Object.fromEntries(packages) },
  };
}

/** Adds to `paths` the package at `path` and every package that it depends on. */
function collect(path: string, lock: LockFile, paths: Set<string>): void {
  if (paths.has(path)) return;
  paths.add(path);
  const { dependencies, optionalDependencies } = lock.packages[path] ?? {};
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = installedPath(name, path, lock);
    if (found !== undefined) collect(found, lock, paths);
  }
}

/** Returns the path where Node.js finds `name` when the package at `path` imports it. */
function installedPath(name: string, path: string, lock: LockFile): string | undefined {
  const candidate = `${path}${path && "/"}node_modules/${name}`;
  if (candidate in lock.packages) return candidate;
  if (path === "") return undefined;
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/node_modules/")));
  return installedPath(name, parent, lock);
}

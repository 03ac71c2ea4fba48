interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The part of `package-lock.json`, version 2 or 3, that is read here. */
export interface LockFile {
  readonly lockfileVersion: number;
  /** By path: `""` for the project, `node_modules/sharp` for a package. */
  readonly packages: Readonly<Record<string, LockedPackage & { readonly version?: string }>>;
}

/**
 * The lock file of a project whose only dependency is `name`, every version and checksum as in `lock`.
 *
 * @throws {Error} when `lock` does not hold `name`
 */
export function lockFileFor(name: string, lock: LockFile): LockFile {
  const root = `node_modules/${name}`;
  const version = lock.packages[root]?.version;
  if (version === undefined) throw new Error(`package-lock.json holds no ${root}: run npm install ${name}`);
  const paths = new Set<string>();
  collect(root, lock, paths);
  const packages = [...paths].sort().map((path) => [path, lock.packages[path]]);
  return {
    lockfileVersion: lock.lockfileVersion,
    packages: { "": { dependencies: { [name]: version } }, ...Object.fromEntries(packages) },
  };
}

function collect(path: string, lock: LockFile, paths: Set<string>): void {
  if (paths.has(path)) return;
  paths.add(path);
  const { dependencies, optionalDependencies } = lock.packages[path] ?? {};
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = installedPath(name, path, lock);
    if (found !== undefined) collect(found, lock, paths);
  }
}

/** Where Node finds `name` when the package at `path` imports it. */
function installedPath(name: string, path: string, lock: LockFile): string | undefined {
  const candidate = `${path}${path && "/"}node_modules/${name}`;
  if (candidate in lock.packages) return candidate;
  if (path === "") return undefined;
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("/node_modules/")));
  return installedPath(name, parent, lock);
}

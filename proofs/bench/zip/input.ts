import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { numberText } from "@henkan/client/text";
import type { Bench } from "../group.ts";
import { dataBlocks } from "../inputs/data.ts";
import type { CaseSettings } from "../measure/case-runner.ts";
import { absent, type Missing } from "../measure/contest.ts";
import { quoted } from "../measure/tool.ts";
import type { Endpoint } from "../s3/endpoint.ts";
import type { Material } from "./material.ts";

const mebibyte = 2 ** 20;
const seed = 1;

/** Some megabytes of a material, stored in S3 for libraries and on disk for programs. */
export class ZipInput {
  readonly what: string;
  readonly #bench: Bench;
  readonly #endpoint: Endpoint;
  readonly #material: Material;
  readonly #bytes: number;
  readonly #key: string;
  readonly #path: string;

  constructor(bench: Bench, endpoint: Endpoint, material: Material, megabytes: number) {
    this.what = `${numberText(megabytes)} MB of ${material.what}`;
    this.#bench = bench;
    this.#endpoint = endpoint;
    this.#material = material;
    this.#bytes = megabytes * mebibyte;
    this.#key = `${material.kind}-${megabytes}`;
    this.#path = join(bench.directory, `plain.${material.kind}`);
  }

  /** Stores it in S3; returns a function that makes a contender of a file in `cases/`. */
  async inS3(): Promise<(name: string, file: string) => CaseSettings> {
    const { kind, contentType, filename, store } = this.#material;
    const [key, bytes] = [this.#key, this.#bytes];
    const etag = await this.#endpoint.put({ key, kind, bytes, contentType });
    const args = { key, etag, bytes, filename, store };
    const env = this.#endpoint.variables;
    return (name, file) => ({ name, file, args, env, optional: name !== "ours" });
  }

  /** Stores it on disk if a program is installed that reads it; returns `zip`, and the limit if it is compressed. */
  async onDisk(): Promise<{ readonly zip: CaseSettings | Missing; readonly limit?: CaseSettings | Missing }> {
    const { kind, store } = this.#material;
    const [zip, gzip] = [this.#bench.tool("zip"), this.#bench.tool("libdeflate-gzip")];
    if (zip || (gzip && !store)) await writeFile(this.#path, dataBlocks(kind, this.#bytes, seed));
    const path = quoted(this.#path);
    return {
      zip: program("zip", zip && `${zip} -q -${store ? 0 : level} - ${path}`),
      ...(!store && { limit: program("libdeflate", gzip && `${gzip} -${level} -c ${path}`) }),
    };
  }

  /** Deletes the archives and copies that contenders have made in S3. */
  async removeOutputs(): Promise<void> {
    await this.#endpoint.clear(this.#key);
  }

  /** Deletes it from S3, with its archives and copies. */
  async leaveS3(): Promise<void> {
    await this.#endpoint.clear();
  }

  async leaveDisk(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

/** The compression level of all contenders. */
const level = 5;

function program(name: string, line: string | undefined): CaseSettings | Missing {
  const full = `${name}, from disk to nowhere`;
  if (!line) return absent(full);
  return { name: full, file: "tool", args: { line: `${line} > /dev/null` }, optional: true };
}

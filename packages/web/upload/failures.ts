import { notStored } from "../problems.ts";
import type { PageUppy, PresignedUploads } from "./presigned-uploads.ts";

/** A file that was not uploaded, and why: a sentence. */
export interface UploadFailure {
  readonly id: string;
  readonly name: string;
  readonly problem: string;
  /** Takes it off the list; absent while the file is in the drop zone, where it can be removed or retried. */
  readonly dismiss?: () => void;
}

/**
 * What was not uploaded, told in place of what the S3 client says: files in the drop zone until they are uploaded or
 * removed, files that it did not take until they are dismissed or others are dropped.
 */
export class Failures {
  readonly #uppy: PageUppy;
  readonly #onFailures: (failures: readonly UploadFailure[]) => void;
  readonly #refused = new Map<string, UploadFailure>();
  #isDropping = false;
  #told = "[]";

  /** `onFailures` hears of all failures whenever they change. */
  constructor(
    uppy: PageUppy,
    presigned: PresignedUploads,
    onFailures: (failures: readonly UploadFailure[]) => void,
  ) {
    this.#uppy = uppy;
    this.#onFailures = onFailures;
    uppy.on("upload-error", (file, error) => {
      if (!file) return;
      const { message, code } = notStored(error as Error);
      // Parts that arrived stay good for as long as the network is all that was wrong.
      if (code !== "unreachable" && code !== "offline") presigned.forget(file.id);
      uppy.setFileState(file.id, { error: message });
      uppy.setState({ info: uppy.getState().info.filter(({ details }) => details !== error.message) });
    });
    uppy.on("state-update", () => this.#tell());
  }

  /** Called for each file of a drop, all of which Uppy goes through at once. */
  beginDrop(): void {
    if (this.#isDropping) return;
    this.#isDropping = true;
    this.#refused.clear();
    queueMicrotask(() => {
      this.#isDropping = false;
      this.#tell();
    });
  }

  /** Tells of a file that does not come into the drop zone: false, as Uppy wants to hear it. */
  refuse({ id, name }: Pick<UploadFailure, "id" | "name">, problem: string): false {
    const dismiss = () => {
      this.#refused.delete(id);
      this.#tell();
    };
    this.#refused.set(id, { id, name, problem, dismiss });
    return false;
  }

  #tell(): void {
    const inDropZone = this.#uppy
      .getFiles()
      .flatMap(({ id, name, error }) => (error ? [{ id, name, problem: error }] : []));
    const failures = [...this.#refused.values(), ...inDropZone];
    const telling = JSON.stringify(failures);
    if (telling === this.#told) return;
    this.#told = telling;
    this.#onFailures(failures);
  }
}

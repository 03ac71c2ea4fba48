import { notStored } from "../page-errors.ts";
import type { PageUppy, PresignedUploads } from "./presigned-uploads.ts";

/** A file that was not uploaded. */
export interface UploadFailure {
  readonly id: string;
  readonly name: string;
  /** A sentence. */
  readonly reason: string;
  /** Removes the failure from the list. Absent while the file is in the drop zone, where people remove or retry it. */
  readonly dismiss?: () => void;
}

/**
 * Lists the files that were not uploaded, with sentences in place of the S3 client's messages. Files in the drop zone stay
 * listed until they are uploaded or removed. Refused files stay listed until people dismiss them or drop others.
 */
export class Failures {
  readonly #uppy: PageUppy;
  readonly #onFailures: (failures: readonly UploadFailure[]) => void;
  readonly #refused = new Map<string, UploadFailure>();
  #isDropping = false;
  #reported = "[]";

  /** @param onFailures receives all failures, at every change */
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
      // After a failure of the network, the parts that S3 has stay valid.
      if (code !== "unreachable" && code !== "offline") presigned.forget(file.id);
      uppy.setFileState(file.id, { error: message });
      uppy.setState({ info: uppy.getState().info.filter(({ details }) => details !== error.message) });
    });
    uppy.on("state-update", () => this.#report());
  }

  /** Removes earlier refusals at the first file of a drop. Uppy passes all files of a drop in one turn. */
  beginDrop(): void {
    if (this.#isDropping) return;
    this.#isDropping = true;
    this.#refused.clear();
    queueMicrotask(() => {
      this.#isDropping = false;
      this.#report();
    });
  }

  /** Lists a file that the drop zone refuses. Returns false, which makes Uppy leave it out. */
  refuse({ id, name }: Pick<UploadFailure, "id" | "name">, reason: string): false {
    const dismiss = () => {
      this.#refused.delete(id);
      this.#report();
    };
    this.#refused.set(id, { id, name, reason, dismiss });
    return false;
  }

  #report(): void {
    const inDropZone = this.#uppy
      .getFiles()
      .flatMap(({ id, name, error }) => (error ? [{ id, name, reason: error }] : []));
    const failures = [...this.#refused.values(), ...inDropZone];
    const current = JSON.stringify(failures);
    if (current === this.#reported) return;
    this.#reported = current;
    this.#onFailures(failures);
  }
}

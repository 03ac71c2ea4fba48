/** The subject of a call, a message or an invocation, in words that are the same in every run. */
export interface Subject {
  /** The upload's file name, which stands for its random id. */
  readonly upload: string;
  /** The part of the upload: `files/…`, or a variant. */
  readonly detail: string;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const uploadKey = new RegExp(`^(?<id>${uuid.source})/(?<name>[^/]+)$`);
const unknown = "unknown";

interface MessageContent {
  readonly Records?: readonly { readonly s3: { readonly object: { readonly key: string } } }[];
  readonly uploadId?: string;
  readonly variant?: string;
}

/** Learns the names of uploads from their keys, and finds them by the ids in other keys and messages. */
export class Subjects {
  readonly #names = new Map<string, string>();

  ofKey(key: string): Subject {
    const { id, name } = uploadKey.exec(key)?.groups ?? {};
    if (id && name) {
      this.#names.set(id, name);
      return { upload: name, detail: "" };
    }
    const [mentioned = ""] = uuid.exec(key) ?? [];
    return { upload: this.#names.get(mentioned) ?? unknown, detail: key.replace(uuid, "") };
  }

  /** Returns the subject of an S3 event or a completion event. The subject of any other message is its text. */
  ofMessage(body: string): Subject {
    const { Records: [record] = [], uploadId, variant = "" } = contentOf(body);
    if (record) return this.ofKey(decodeURIComponent(record.s3.object.key.replaceAll("+", " ")));
    if (uploadId) return { upload: this.#names.get(uploadId) ?? unknown, detail: variant };
    return { upload: unknown, detail: body.slice(0, 200) };
  }
}

function contentOf(body: string): MessageContent {
  try {
    const content: unknown = JSON.parse(body);
    return typeof content === "object" && content !== null ? content : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

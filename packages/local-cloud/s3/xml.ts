import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { S3Error } from "./errors.ts";

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

const builder = new XMLBuilder({ ignoreAttributes: false });
const parser = new XMLParser({
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === "Part" || name === "Object",
});

/** The content of an element. Undefined omits the element, and an array repeats it. */
export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlElement[];

/** Child elements by name; `#text` is the text of the element itself. */
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/** Returns an XML document with the root element `root`, in S3's namespace unless it is `bare`. */
export function buildXml(root: string, content: XmlElement, { bare = false } = {}): string {
  const element = bare ? content : { "@_xmlns": namespace, ...content };
  const document = { "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" }, [root]: element };
  return builder.build(document).replaceAll("\r", "&#13;");
}

/**
 * Returns the children of `root` in an XML document. Text is a string, and `Part` and `Object` are always arrays.
 *
 * @throws {S3Error} `MalformedXML`
 */
export function parseXml(root: string, text: string): Record<string, unknown> {
  const document = parse(text);
  const content = isElement(document) ? document[root] : undefined;
  if (!isElement(content)) throw new S3Error("MalformedXML");
  return content;
}

/**
 * Returns the child elements called `name`; an empty array when there are none.
 *
 * @throws {S3Error} `MalformedXML` when one of them has no children
 */
export function elementsOf(parent: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const children = parent[name] ?? [];
  if (!Array.isArray(children) || !children.every(isElement)) throw new S3Error("MalformedXML");
  return children;
}

/** Returns the text of a child element; undefined when it does not exist. */
export function textOf(parent: Record<string, unknown>, name: string): string | undefined {
  const value = parent[name];
  return typeof value === "string" ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return parser.parse(text, true);
  } catch (error) {
    throw new S3Error("MalformedXML", undefined, { Reason: String(error) });
  }
}

function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

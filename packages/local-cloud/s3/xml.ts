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

/** Element content: undefined is left out, an array repeats its element. */
export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlElement[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

export function buildXml(root: string, content: XmlElement, { bare = false } = {}): string {
  const element = bare ? content : { "@_xmlns": namespace, ...content };
  const document = { "?xml": { "@_version": "1.0", "@_encoding": "UTF-8" }, [root]: element };
  return builder.build(document).replaceAll("\r", "&#13;");
}

/** The children of `root`; text stays text, `Part` and `Object` are always arrays. */
export function parseXml(root: string, text: string): Record<string, unknown> {
  const document = parse(text);
  const content = isElement(document) ? document[root] : undefined;
  if (!isElement(content)) throw new S3Error("MalformedXML");
  return content;
}

export function elementsOf(parent: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const children = parent[name] ?? [];
  if (!Array.isArray(children) || !children.every(isElement)) throw new S3Error("MalformedXML");
  return children;
}

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

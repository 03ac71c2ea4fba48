import { convert } from "henkan:converter";
import { convertHandler } from "../convert/handler.ts";

/** The Lambda handler of every converter: the bundle decides which one it holds. */
export const handler = convertHandler(convert);

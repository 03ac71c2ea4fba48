import { convert } from "henkan:converter";
import { convertHandler } from "../convert/handler.ts";

/** The Lambda handler of every converter's function. Each bundle has another `henkan:converter`. */
export const handler = convertHandler(convert);

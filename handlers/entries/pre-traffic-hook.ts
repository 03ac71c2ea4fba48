import samples from "henkan:golden-samples";
import { preTrafficHook } from "../pre-traffic-hook/handler.ts";

/** The Lambda handler that CodeDeploy runs before a new version gets traffic. */
export const handler = preTrafficHook(samples);

/** A shell command that runs the system's programs. */
import type { PrepareCase } from "../measure/case.ts";
import { runTools } from "../measure/tool.ts";

const prepare: PrepareCase<{ readonly line: string }> = async ({ line }) => ({ run: () => runTools(line) });

export default prepare;

import Mocha from "mocha";
import { describeLeftOut } from "./left-out.ts";

/** Mocha's own report, then a line that names the tests that this machine could not run, then one line with all counts. */
export default class CountingReporter extends Mocha.reporters.Spec {
  override epilogue(): void {
    super.epilogue();
    for (const line of describeLeftOut()) console.log(line);
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
  }
}

import * as v from "valibot";
import { list, object, text } from "../../contract/option-schemas.ts";

/** Who hears of alarms; nobody when absent, though the alarms are still to be seen in CloudWatch. */
export const alarms = v.optional(
  object({
    /** Each has to confirm a message from AWS before the first alarm reaches it. */
    email: v.optional(
      list(text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an address such as operations@example.com")),
      [],
    ),
    /** Endpoints of pagers that confirm SNS subscriptions by themselves. */
    https: v.optional(list(text(/^https:\/\/[^\s/]+(\/\S*)?$/, "an https URL")), []),
  }),
  {},
);

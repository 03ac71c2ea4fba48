import * as v from "valibot";
import { list, object, text } from "../../contract/option-schemas.ts";

/** The subscribers of alarms. Without any, CloudWatch still shows the alarms. */
export const alarms = v.optional(
  object({
    /** Addresses that get alarms once their owners have confirmed a message from AWS. */
    email: v.optional(
      list(text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an address such as operations@example.com")),
      [],
    ),
    /** Endpoints, such as those of pagers, that confirm SNS subscriptions by themselves. */
    https: v.optional(list(text(/^https:\/\/[^\s/]+(\/\S*)?$/, "an https URL")), []),
  }),
  {},
);

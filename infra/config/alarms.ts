import * as v from "valibot";

/** Who hears of alarms; nobody when absent, though the alarms are still to be seen in CloudWatch. */
export const alarms = v.optional(
  v.strictObject({
    /** Each has to confirm a message from AWS before the first alarm reaches it. */
    email: v.optional(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an address such as operations@example.com"),
        ),
      ),
      [],
    ),
    /** Endpoints of pagers that confirm SNS subscriptions by themselves. */
    https: v.optional(
      v.array(v.pipe(v.string(), v.regex(/^https:\/\/[^\s/]+(\/\S*)?$/, "an https URL"))),
      [],
    ),
  }),
  {},
);

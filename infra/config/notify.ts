import * as v from "valibot";
import { anyText, flag, list, object, text } from "../../contract/option-schemas.ts";
import type { DeclaredVariant } from "../../contract/variant.ts";

/** Returns the schema of a list that may be written as its only element. */
function someOf(what: string, isAllowed: (value: string) => boolean) {
  return v.optional(
    v.pipe(
      v.custom<string | readonly string[]>(() => true),
      v.check(
        (value) =>
          listOf(value).length > 0 &&
          listOf(value).every((each) => typeof each === "string" && isAllowed(each)),
        `expected ${what}, or a list of them`,
      ),
      v.transform((value) => listOf(value).map(String)),
    ),
  );
}

const listOf = (value: unknown): unknown[] => [value].flat();

const endpoints = ["email", "https", "queue"] as const;

/** The most that SNS combines, https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html. */
const maxCombinations = 150;

const subscription = v.pipe(
  object({
    /** Gets no events before its owner has confirmed a message from AWS. */
    email: v.optional(text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an address such as people@example.com")),
    /** A web hook, which has to confirm the subscription by itself. */
    https: v.optional(
      v.pipe(
        anyText,
        v.regex(/^https:\/\/[^\s/]+(\/\S*)?$/, "an https URL"),
        v.check((url) => URL.canParse(url), "expected an https URL"),
      ),
    ),
    /** SNS topics of the standard kind send to no FIFO queue. */
    queue: v.optional(
      text(
        /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/,
        "the ARN of a standard queue such as arn:aws:sqs:eu-central-1:123456789012:conversions",
      ),
    ),
    state: someOf("ready or failed", (state) => ["ready", "failed"].includes(state)),
    variant: someOf("the name of a variant", () => true),
    converter: someOf("the name of a converter", () => true),
    /** The event alone, without SNS's envelope and signature. */
    raw: v.optional(flag, false),
  }),
  v.check(
    (given) => endpoints.filter((kind) => given[kind] !== undefined).length === 1,
    `expected one of ${endpoints.join(", ")}`,
  ),
  v.check(({ email, raw }) => !(email && raw), "expected no raw with email, which has no raw messages"),
  v.check(
    ({ state, variant, converter }) =>
      [state, variant, converter].reduce((product, { length } = ["any"]) => product * length, 1) <=
      maxCombinations,
    `expected filters of at most ${maxCombinations} combinations, their lengths multiplied, which is SNS's limit`,
  ),
);

/** Subscriptions to the completion events of all variants, or of some; none when absent. */
export const notify = v.optional(list(subscription), []);

/** A subscription to completion events. */
export type NotifySubscription = v.InferOutput<typeof subscription>;

/** Returns the mistakes that one subscription alone does not show, each with its key, the value and what is allowed. */
export function notifyProblems(
  subscriptions: readonly NotifySubscription[],
  variants: readonly DeclaredVariant[],
  accountId: string | undefined,
  key: string,
): string[] {
  const at = `${key}notify`;
  return subscriptions.flatMap((subscription, index) => {
    const declared = {
      variant: variants.map(({ name }) => name),
      converter: [...new Set(variants.map(({ converter }) => converter))],
    };
    const unknown = (["variant", "converter"] as const).flatMap((filter) =>
      (subscription[filter] ?? [])
        .filter((name) => !declared[filter].includes(name))
        .map(
          (name) =>
            `${at}.${index}.${filter}: ${JSON.stringify(name)} is no ${filter} of this stage; allowed: ${declared[filter].join(", ")}`,
        ),
    );
    return [
      ...unknown,
      ...repeated(subscriptions, index, at),
      ...misplaced(subscription, `${at}.${index}`, accountId),
    ];
  });
}

/** SNS has one subscription for each endpoint of a topic. */
function repeated(subscriptions: readonly NotifySubscription[], index: number, at: string): string[] {
  const { kind, endpoint } = endpointOf(subscriptions[index]);
  const first = subscriptions.findIndex((other) => endpointOf(other).endpoint === endpoint);
  if (first === index) return [];
  return [
    `${at}.${index}.${kind}: ${JSON.stringify(endpoint)} is in ${at}.${first} already; SNS has one subscription for each endpoint, so give it all its filters there`,
  ];
}

function misplaced(subscription: NotifySubscription, at: string, accountId: string | undefined): string[] {
  if (accountId === undefined || !isElsewhere(subscription, accountId)) return [];
  const own = (["state", "variant", "converter"] as const).filter((key) => subscription[key] !== undefined);
  return [...own, ...(subscription.raw ? ["raw"] : [])].map(
    (key) =>
      `${at}.${key}: a queue of another account is subscribed from there, with filters and raw delivery of its own (docs/events.md); leave it out here`,
  );
}

export function endpointOf(subscription: NotifySubscription | undefined) {
  const kind = endpoints.find((each) => subscription?.[each] !== undefined) ?? "queue";
  return { kind, endpoint: subscription?.[kind] ?? "" };
}

/** Returns true for a queue of another account, which only its owner can subscribe. */
export function isElsewhere({ queue }: NotifySubscription, accountId: string): boolean {
  return queue !== undefined && queue.split(":")[4] !== accountId;
}

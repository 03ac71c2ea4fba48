import * as v from "valibot";
import { anyText, flag, list, object, text } from "../../contract/option-schemas.ts";
import type { DeclaredVariant } from "../../contract/variant.ts";

/** Returns the schema of a value or a list of values; the parsed value is a list. */
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

/** The most combinations of filter values that SNS accepts, https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html. */
const maxCombinations = 150;

const subscription = v.pipe(
  object({
    /** A mailbox, which gets events once its owner has confirmed a message from AWS. */
    email: v.optional(text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an address such as people@example.com")),
    /** A web hook that confirms the subscription by itself. */
    https: v.optional(
      v.pipe(
        anyText,
        v.regex(/^https:\/\/[^\s/]+(\/\S*)?$/, "an https URL"),
        v.check((url) => URL.canParse(url), "expected an https URL"),
      ),
    ),
    /** The ARN of a standard queue: a standard topic cannot send to a FIFO queue. */
    queue: v.optional(
      text(
        /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/,
        "the ARN of a standard queue such as arn:aws:sqs:eu-central-1:123456789012:conversions",
      ),
    ),
    state: someOf("ready or failed", (state) => ["ready", "failed"].includes(state)),
    variant: someOf("the name of a variant", () => true),
    converter: someOf("the name of a converter", () => true),
    /** Sends the event alone, without SNS's envelope and signature. */
    raw: v.optional(flag, false),
  }),
  v.check(
    (given) => endpoints.filter((kind) => given[kind] !== undefined).length === 1,
    `expected one of ${endpoints.join(", ")}`,
  ),
  v.check(
    ({ email, raw }) => !(email && raw),
    "expected email without raw, since SNS sends no raw messages to mailboxes",
  ),
  v.check(
    ({ state, variant, converter }) =>
      [state, variant, converter].reduce((product, { length } = ["any"]) => product * length, 1) <=
      maxCombinations,
    `expected filters of at most ${maxCombinations} combinations, their lengths multiplied, since that is SNS's limit`,
  ),
);

/** The subscriptions to completion events. */
export const notify = v.optional(list(subscription), []);

/** A subscription to completion events. */
export type NotifySubscription = v.InferOutput<typeof subscription>;

/** Returns the mistakes that depend on the other subscriptions, the variants or the account, one line each. */
export function notifyMistakes(
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
            `${at}.${index}.${filter}: ${JSON.stringify(name)} is not a ${filter} of this stage; allowed: ${declared[filter].join(", ")}`,
        ),
    );
    return [
      ...unknown,
      ...repeated(subscriptions, index, at),
      ...misplaced(subscription, `${at}.${index}`, accountId),
    ];
  });
}

/** Finds an endpoint that is listed twice: SNS has one subscription for each endpoint of a topic. */
function repeated(subscriptions: readonly NotifySubscription[], index: number, at: string): string[] {
  const { kind, endpoint } = endpointOf(subscriptions[index]);
  const first = subscriptions.findIndex((other) => endpointOf(other).endpoint === endpoint);
  if (first === index) return [];
  return [
    `${at}.${index}.${kind}: ${JSON.stringify(endpoint)} is already in ${at}.${first}; SNS has one subscription for each endpoint, so write all filters there`,
  ];
}

/** Finds filters on a queue of another account, whose owner subscribes it. */
function misplaced(subscription: NotifySubscription, at: string, accountId: string | undefined): string[] {
  if (accountId === undefined || !isOfAnotherAccount(subscription, accountId)) return [];
  const own = (["state", "variant", "converter"] as const).filter((key) => subscription[key] !== undefined);
  return [...own, ...(subscription.raw ? ["raw"] : [])].map(
    (key) =>
      `${at}.${key}: the other account subscribes its queue, with filters and raw delivery (docs/events.md); leave this key out`,
  );
}

/** Returns the kind of a subscription's endpoint, and the endpoint. */
export function endpointOf(subscription: NotifySubscription | undefined) {
  const kind = endpoints.find((each) => subscription?.[each] !== undefined) ?? "queue";
  return { kind, endpoint: subscription?.[kind] ?? "" };
}

/** Returns true for a queue of another account, which only its owner can subscribe. */
export function isOfAnotherAccount({ queue }: NotifySubscription, accountId: string): boolean {
  return queue !== undefined && queue.split(":")[4] !== accountId;
}

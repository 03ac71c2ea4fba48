import type {
  FaultInjector,
  FaultyInvocation,
  FaultyRequest,
  InvocationFault,
  ProcessedMessage,
  RequestFault,
} from "@henkan/local-cloud/testing";
import { chance } from "./chance.ts";
import type { FaultKind, FaultSettings, InjectedFault } from "./settings.ts";
import { type Subject, Subjects } from "./subjects.ts";

/** The attempts at an operation are counted in spans of this length. A fault hits the first attempts of a span. */
const spanOfAttempts = 8;
const longestRun = 5;
/** The share of resets in the middle of a body. The others come after the work is done. */
const cutBodies = 2 / 3;
const maxPauseMs = 60;
/** A function starts a batch only with a second left. The limit is a little longer, so that work has started. */
const shortestLimitMs = 1_100;
const limitSpreadMs = 500;
const mostCalls = 10;
const killSpreadMs = 300;

/**
 * Decides which faults happen. Every decision depends only on the seed and its subject: the upload's file name, the
 * operation and the number of the attempt. It does not depend on time or on the order of the calls, so with the same
 * seed, the same faults hit the same operations.
 */
export class SeededFaults implements FaultInjector {
  readonly #settings: FaultSettings;
  readonly #onFault: (fault: InjectedFault) => void;
  readonly #subjects = new Subjects();
  readonly #attempts = new Map<string, number>();
  readonly #functionRoles = new Set<string>();
  readonly #spared = new Set<string>();

  constructor(settings: FaultSettings = { seed: 0 }, onFault: (fault: InjectedFault) => void = () => {}) {
    this.#settings = settings;
    this.#onFault = onFault;
  }

  /** Marks requests of this role as a function's own. */
  ofFunction(roleArn: string): void {
    this.#functionRoles.add(roleArn);
  }

  /** Returns the delay, in milliseconds, of each copy of a message that is sent to a queue. */
  deliveries(queueArn: string, body: string): readonly number[] {
    const { duplicate, delay, maxDelayMs = 1000 } = this.#settings;
    const { upload, detail } = this.#subjects.ofMessage(body);
    const place = `${queueArn} ${detail}`;
    const attempt = this.#attempt(`deliver ${place}`, upload);
    const copies = this.#happens("duplicate", duplicate, place, upload, attempt) ? 2 : 1;
    return Array.from({ length: copies }, (_, copy) =>
      this.#happens("delay", delay, `${place} ${copy}`, upload, attempt)
        ? Math.floor(this.#fraction("late", place, upload, attempt, copy) * maxDelayMs)
        : 0,
    );
  }

  /** Returns true when SQS throttles the poller of a queue. */
  throttlesPoll(queueArn: string): boolean {
    if (!this.#settings.throttle) return false;
    const attempt = this.#attempt("poll", queueArn);
    return this.#happens("throttle", this.#settings.throttle, queueArn, "", attempt);
  }

  losesAcknowledgement(queueArn: string, { body, receiveCount }: ProcessedMessage): boolean {
    if (!this.#settings.unacknowledged || this.#isPast(receiveCount)) return false;
    const { upload } = this.#subjects.ofMessage(body);
    return this.#happens("unacknowledged", this.#settings.unacknowledged, queueArn, upload, receiveCount);
  }

  /** Returns the fault that hits a request, if any. */
  request({ place, about, principal, presigned = false }: FaultyRequest): RequestFault | undefined {
    const { reach = "functions", throttle, slow, reset } = this.#settings;
    if (!throttle && !slow && !reset) return undefined;
    const subject =
      "key" in about ? this.#subjects.ofKey(about.key) : this.#subjects.ofMessage(about.message);
    const isFunction = this.#functionRoles.has(principal) && !presigned;
    if (!isFunction && reach === "functions") return undefined;
    if (this.#spared.has(`${principal} ${subject.upload}`)) return undefined;
    // The calls of each function are an operation of their own, so that one function cannot take the fault of another.
    const where = `${place} ${subject.detail} ${isFunction ? principal : "client"}`;
    const attempt = this.#attempt(where, subject.upload);
    const happens = (kind: FaultKind, likelihood?: number) =>
      this.#happensInRun(kind, likelihood, where, subject, attempt);
    if (happens("throttle", throttle)) return { kind: "throttle" };
    if (happens("reset", reset)) return this.#reset(where, subject, attempt);
    if (!happens("slow", slow)) return undefined;
    return { kind: "slow", pauseMs: this.#fraction("pause", where, subject.upload, attempt) * maxPauseMs };
  }

  /** Returns the fault that hits the process of an invocation, if any. Call `onFailed` once it has happened. */
  invocation({
    functionName,
    roleArn,
    event,
  }: FaultyInvocation): { fault: InvocationFault; onFailed: () => void } | undefined {
    const { crash, timeout, outOfMemory, poison } = this.#settings;
    for (const { subject, receive, spared, isMessage } of this.#topics(functionName, roleArn, event)) {
      const { upload } = subject;
      const fraction = (what: string) => this.#fraction(what, functionName, upload, receive);
      const isPoison = isMessage && this.#fraction("poison", functionName, upload) < (poison ?? 0);
      const kinds: [InvocationFault["kind"], boolean][] = [
        ["poison", isPoison],
        ["crash", !spared && fraction("crash") < (crash ?? 0)],
        ["timeout", !spared && fraction("timeout") < (timeout ?? 0)],
        ["out-of-memory", !spared && fraction("out-of-memory") < (outOfMemory ?? 0)],
      ];
      const kind = kinds.find(([, happens]) => happens)?.[0];
      if (!kind) continue;
      const fault: InvocationFault = {
        kind,
        call: 1 + Math.floor(fraction("call") * mostCalls),
        afterAnswer: fraction("after") < 0.5,
        ...(kind === "crash" && fraction("by time") < 0.3 && { killAfterMs: fraction("ms") * killSpreadMs }),
        ...(kind === "timeout" && { limitMs: shortestLimitMs + fraction("limit") * limitSpreadMs }),
      };
      return { fault, onFailed: () => this.#onFault({ kind, place: functionName, upload }) };
    }
    return undefined;
  }

  /** Returns the messages of a batch, or the single request, each with the number of the attempt. */
  #topics(functionName: string, roleArn: string, event: unknown) {
    const {
      Records,
      body,
      rawPath = "",
    } = (event ?? {}) as {
      Records?: { body: string; attributes: { ApproximateReceiveCount: string } }[];
      body?: string;
      rawPath?: string;
    };
    if (!Records) {
      const subject = body ? { upload: body, detail: "" } : this.#subjects.ofKey(rawPath);
      const receive = this.#attempt(functionName, `${subject.upload} ${subject.detail}`);
      return [{ subject, receive, spared: false, isMessage: false }];
    }
    return Records.map((record) => {
      const subject = this.#subjects.ofMessage(record.body);
      const receive = Number(record.attributes.ApproximateReceiveCount);
      const spared = this.#isPast(receive);
      if (spared) this.#spared.add(`${roleArn} ${subject.upload}`);
      return { subject, receive, spared, isMessage: true };
    });
  }

  #isPast(receives: number): boolean {
    return receives > (this.#settings.spareAfterReceives ?? Infinity);
  }

  #reset(where: string, { upload }: Subject, attempt: number): RequestFault {
    const share = this.#fraction("share", where, upload, attempt) / cutBodies;
    return share < 1 ? { kind: "reset", share } : { kind: "reset" };
  }

  #happensInRun(
    kind: FaultKind,
    likelihood: number | undefined,
    where: string,
    { upload }: Subject,
    attempt: number,
  ): boolean {
    const span = Math.floor(attempt / spanOfAttempts);
    const run = 1 + Math.floor(this.#fraction(`${kind} run`, where, upload, span) * longestRun);
    return attempt % spanOfAttempts < run && this.#happens(kind, likelihood, where, upload, span);
  }

  #happens(kind: FaultKind, likelihood = 0, place: string, upload: string, attempt: number): boolean {
    const happens = likelihood > 0 && this.#fraction(kind, place, upload, attempt) < likelihood;
    if (happens) this.#onFault({ kind, place, upload });
    return happens;
  }

  #fraction(...decision: readonly (string | number)[]): number {
    // Poison is a property of the upload, so it survives restarts.
    const generation = decision[0] === "poison" ? 0 : (this.#settings.generation ?? 0);
    return chance(this.#settings.seed, generation, ...decision);
  }

  /** Returns how often this was asked before. */
  #attempt(place: string, upload: string): number {
    const key = `${place}|${upload}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    return attempt;
  }
}

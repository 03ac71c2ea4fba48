import { setTimeout as sleep } from "node:timers/promises";
import type { Graph } from "@henkan/local-cloud";
import { CleanConversions } from "./clean-conversion.ts";
import { CloudChild } from "./cloud/cloud-child.ts";
import type { Footprint } from "./cloud/messages.ts";
import type { FaultSettings, InjectedFault } from "./faults/settings.ts";
import type { AcceptedUpload, Evidence } from "./invariants/evidence.ts";
import { hasMoreHandles } from "./invariants/resources.ts";
import { killPoints } from "./kill-points.ts";
import { processesOf } from "./leftovers.ts";
import { type Accepted, announcementOf, uploadPersistently } from "./persistent-client.ts";
import { examine } from "./remains.ts";
import { describeStage, type SimulatedStage } from "./stage.ts";
import { type MixedUpload, pictureOfTheCalm, uploadMix } from "./upload-mix.ts";

export interface RoundOptions {
  readonly graph: Graph;
  readonly dataDirectory: string;
  readonly seed: number;
  readonly uploads: number;
  readonly faults: Omit<FaultSettings, "seed" | "generation">;
  /** How often the cloud is killed with -9 during the uploads. */
  readonly kills: number;
  readonly interruption: AbortSignal;
  readonly onProgress: (line: string) => void;
}

const clients = 4;
const checkMs = 100;
/** Longest time in which the number of waiting messages may stay the same. */
const patienceMs = 180_000;
/** The servers close idle connections after five seconds. */
const idleConnectionsMs = 6_000;

/** One round: uploads under faults (the storm), a redrive without faults, and the evidence for the invariants. */
export class Round {
  readonly #options: RoundOptions;
  readonly #stage: SimulatedStage;
  readonly #faults: InjectedFault[] = [];
  readonly #failure = new AbortController();
  readonly #interruption: AbortSignal;
  readonly #conversions: CleanConversions;
  #cloud: CloudChild | undefined;
  #restart: Promise<void> | undefined;
  #cloudEnded = new AbortController();
  #begin: Footprint | undefined;
  #acceptedAtBegin = 0;
  #accepted = 0;
  #generation = 0;
  readonly #kills: number[] = [];

  constructor(options: RoundOptions) {
    this.#options = options;
    this.#stage = describeStage(options.graph);
    this.#conversions = new CleanConversions(this.#stage.converters);
    this.#interruption = AbortSignal.any([options.interruption, this.#failure.signal]);
  }

  /** Runs the round. No process outlives it, not even after an error. */
  async run(): Promise<Evidence> {
    try {
      return await this.#run();
    } finally {
      await this.#restart?.catch(() => {});
      await this.#cloud?.close();
    }
  }

  async #run(): Promise<Evidence> {
    const { dataDirectory, uploads, onProgress, faults } = this.#options;
    await this.#start(faults);
    const accepted = await this.#uploadAll();
    onProgress("all uploads accepted");
    const unsettled = await this.#settle();
    onProgress("settled");
    const footprints = await this.#quietFootprints();
    await this.#requireCloud().close();
    const afterStorm = await examine(dataDirectory, this.#stage, { empty: false });
    onProgress(`${uploads} uploads survived the storm; the faults stop`);
    await this.#start({});
    const redriven = await this.#requireCloud().redrive();
    const calm = await pictureOfTheCalm(uploads);
    const calmUpload = await this.#expect(calm, await this.#upload(calm));
    const left = await this.#settle();
    const calmFootprint = await this.#requireCloud().measure();
    await this.#requireCloud().close();
    const afterRedrive = await examine(dataDirectory, this.#stage, { empty: true });
    return {
      stage: this.#stage,
      accepted: [...accepted, calmUpload],
      calmUploadId: calmUpload.id,
      redriven,
      faults: this.#faults,
      kills: this.#kills,
      unsettled: unsettled + left,
      afterStorm,
      afterRedrive,
      footprints,
      calmFootprint,
      processes: await processesOf(dataDirectory),
    };
  }

  async #start(faults: Partial<FaultSettings>): Promise<void> {
    const { graph, dataDirectory, seed } = this.#options;
    this.#cloud = await CloudChild.start({
      graph,
      dataDirectory,
      faults: { ...faults, seed, generation: this.#generation++ },
      onFault: (fault) => this.#faults.push(fault),
      onCrash: (error) => this.#failure.abort(error),
    });
    this.#begin = await this.#cloud.measure();
    this.#acceptedAtBegin = this.#accepted;
  }

  async #uploadAll(): Promise<AcceptedUpload[]> {
    const { seed, uploads } = this.#options;
    const mix = uploadMix(seed, uploads);
    const points = killPoints(seed, this.#options);
    const accepted: Promise<AcceptedUpload>[] = [];
    const client = async () => {
      // The clients share one generator, so an error of one must not close it for the others.
      for await (const upload of { [Symbol.asyncIterator]: () => ({ next: () => mix.next() }) }) {
        const stored = await this.#upload(upload);
        const count = ++this.#accepted;
        accepted.push(this.#expect(upload, stored));
        for (const point of points) if (point === count) await this.#killAndRestart(count);
      }
    };
    const end = (error: unknown) => {
      this.#failure.abort(error);
      throw error;
    };
    await Promise.all(Array.from({ length: clients }, () => client().catch(end)));
    return Promise.all(accepted);
  }

  #upload(upload: MixedUpload): Promise<Accepted> {
    return uploadPersistently(upload, {
      apiUrl: () => this.#requireCloud().apiUrl,
      cloudEnded: () => this.#cloudEnded.signal,
      interruption: this.#interruption,
    });
  }

  async #expect(upload: MixedUpload, accepted: Accepted): Promise<AcceptedUpload> {
    const { storedName, digest } = upload;
    const announcement = announcementOf(upload);
    return { ...accepted, storedName, digest, announcement, expected: await this.#conversions.of(upload) };
  }

  /** Kills the cloud and starts it again. Kills wait for each other, because clients may reach two points at once. */
  async #killAndRestart(count: number): Promise<void> {
    this.#restart = (this.#restart ?? Promise.resolve()).then(async () => {
      this.#kills.push(Date.now());
      this.#options.onProgress(`kill -9 after ${count} uploads`);
      await this.#requireCloud().kill();
      this.#cloudEnded.abort();
      this.#cloudEnded = new AbortController();
      await this.#start(this.#options.faults);
    });
    await this.#restart;
  }

  /** Waits until the queues are empty; returns the number of messages that are left when it stops falling. */
  async #settle(): Promise<number> {
    let fewest = Infinity;
    let deadline = 0;
    for (;;) {
      const { isSettled, waiting } = await this.#requireCloud().progress();
      if (isSettled) return 0;
      if (waiting < fewest) {
        fewest = waiting;
        deadline = Date.now() + patienceMs;
      }
      if (Date.now() > deadline) return waiting;
      await sleep(checkMs, undefined, { signal: this.#interruption });
    }
  }

  /** Measures again once the servers have had time to close idle connections. */
  async #quietFootprints(): Promise<Evidence["footprints"]> {
    const begin = this.#begin;
    if (!begin) throw new Error("The cloud was never measured");
    const uploads = this.#accepted - this.#acceptedAtBegin;
    const deadline = Date.now() + idleConnectionsMs;
    for (;;) {
      const footprints = { begin, end: await this.#requireCloud().measure(), uploads };
      if (!hasMoreHandles(footprints) || Date.now() > deadline) return footprints;
      await sleep(checkMs, undefined, { signal: this.#interruption });
    }
  }

  #requireCloud(): CloudChild {
    if (!this.#cloud) throw new Error("The cloud was not started");
    return this.#cloud;
  }
}

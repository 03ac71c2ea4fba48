import type { EncryptionKey } from "./encryption-key.ts";

/** The customer managed keys of a pipeline. */
export interface StageKeys {
  /** Encrypts the objects of both buckets. */
  readonly storage: EncryptionKey;
  /** Encrypts the messages of topics and queues. */
  readonly messages: EncryptionKey;
}

/** The settings that every part of a pipeline shares: where it runs, who owns it and how it keeps logs and data. */
export interface StageContext {
  /** The account's id, 12 digits. */
  readonly accountId: string;
  /** The region, such as `eu-central-1`. */
  readonly region: string;
  /** The lowest level of the functions' own log lines that CloudWatch Logs keeps. */
  readonly logLevel: string;
  /** How long logs are kept, in days. */
  readonly logRetentionDays: number;
  /** Protects buckets and keys from being destroyed. */
  readonly protect: boolean;
  /** How long overwritten and deleted objects can be recovered, in days. */
  readonly noncurrentExpireDays: number;
  /** The keys of objects and messages; when absent, AWS's own keys encrypt both. */
  readonly keys?: StageKeys | undefined;
}

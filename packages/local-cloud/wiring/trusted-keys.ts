import { createPublicKey } from "node:crypto";
import type { TrustedKeys } from "../cdn/signed-urls.ts";
import type { Graph } from "../graph.ts";
import { declared } from "./declared.ts";

/** The public keys of the key groups that a behaviour trusts; undefined when it trusts everybody. */
export function trustedKeys(graph: Graph, groupIds: readonly string[] | undefined): TrustedKeys | undefined {
  if (!groupIds || groupIds.length === 0) return undefined;
  const groups = declared(graph, "aws:cloudfront/keyGroup:KeyGroup");
  const keys = declared(graph, "aws:cloudfront/publicKey:PublicKey");
  const trusted = groupIds.flatMap((groupId) => {
    const group = groups.find(({ id }) => id === groupId);
    if (!group) throw new Error(`No declared key group has the id ${groupId}`);
    return group.inputs.items.map((keyId): [string, ReturnType<typeof createPublicKey>] => {
      const key = keys.find(({ id }) => id === keyId);
      if (!key) throw new Error(`${group.name}: no declared public key has the id ${keyId}`);
      return [keyId, createPublicKey(key.inputs.encodedKey)];
    });
  });
  return new Map(trusted);
}

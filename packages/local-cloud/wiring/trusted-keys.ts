import { createPublicKey } from "node:crypto";
import type { TrustedKeys } from "../cdn/signed-urls.ts";
import { ProgramError } from "../errors.ts";
import type { Graph } from "../graph.ts";

/** Returns the public keys of the key groups that a behaviour trusts; undefined when it needs no signed URLs. */
export function trustedKeys(graph: Graph, groupIds: readonly string[] | undefined): TrustedKeys | undefined {
  if (!groupIds || groupIds.length === 0) return undefined;
  const trusted = groupIds.flatMap((groupId) => {
    const group = graph.byId("aws:cloudfront/keyGroup:KeyGroup", groupId);
    if (!group) throw new ProgramError(`No declared key group has the id ${groupId}`);
    return group.inputs.items.map((keyId): [string, ReturnType<typeof createPublicKey>] => {
      const key = graph.byId("aws:cloudfront/publicKey:PublicKey", keyId);
      if (!key) throw new ProgramError(`${group.name}: no declared public key has the id ${keyId}`);
      return [keyId, createPublicKey(key.inputs.encodedKey)];
    });
  });
  return new Map(trusted);
}

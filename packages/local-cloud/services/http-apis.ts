import { createServer, type Server } from "node:http";
import { httpApiListener } from "../http-api.ts";
import type { EmulatedFunction } from "../lambda/emulated-function.ts";
import type { Localise } from "../wiring/addresses.ts";
import { httpApiSettings } from "../wiring/api.ts";
import type { Setup } from "./setup.ts";

/** Servers of the declared HTTP APIs that hold their ports already. */
export interface HttpApis {
  /** By logical name, in the order of declaration. */
  readonly urls: ReadonlyMap<string, string>;
  /** Puts each API in front of its functions. */
  connect(functions: ReadonlyMap<string, EmulatedFunction>, localise: Localise): void;
}

/**
 * Opens a port for every declared HTTP API: `port` for the first one, a free one for each further. The functions come
 * later, because their environments contain these addresses.
 *
 * @throws {PortInUseError}
 */
export async function openHttpApis({ graph, permissions, teardown }: Setup, port: number): Promise<HttpApis> {
  const servers = new Map<string, Server>();
  const urls = new Map<string, string>();
  const apis = graph.all("aws:apigatewayv2/api:Api");
  for (const { name } of apis) {
    const server = createServer();
    servers.set(name, server);
    urls.set(name, await teardown.serve(server, urls.size === 0 ? port : 0));
  }
  return {
    urls,
    connect(functions, localise) {
      for (const api of apis) {
        const settings = httpApiSettings(graph, api, functions, permissions, localise);
        servers.get(api.name)?.on("request", httpApiListener(settings));
      }
    },
  };
}

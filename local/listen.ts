import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A port that another program holds. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
}

/**
 * Listens on loopback only and returns the port, chosen by the system when `port` is 0.
 *
 * @throws {PortInUseError}
 */
export async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new PortInUseError(
              `Port ${port} is in use. Choose another base port with --port N (N, N+1 and N+2 are used), or --port 0 for free ones.`,
            )
          : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening and drops the connections that are still open. */
export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { type AddressInfo, createServer } from 'node:net';

/** Where a listener is to be, and the variable that says so. */
export interface Port {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
}

/** Throws a clear message where a port cannot be opened; asked before the long steps of a start. */
export async function expectFree(place: Port): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host: place.host, port: place.port });
    await once(probe, 'listening');
  } catch (problem) {
    throw explained(problem, place);
  }
  probe.close();
  await once(probe, 'close');
}

/** Opens a listener and gives its URL. */
export async function openPort(listener: FastifyInstance, place: Port): Promise<string> {
  try {
    await listener.listen({ host: place.host, port: place.port });
  } catch (problem) {
    throw explained(problem, place);
  }
  return `http://localhost:${(listener.server.address() as AddressInfo).port}`;
}

function explained(problem: unknown, { host, port, variable }: Port): unknown {
  const { code } = problem as NodeJS.ErrnoException;
  const advice: Record<string, string> = {
    EADDRINUSE: `Port ${port} is in use by another program: stop it, or set ${variable} to another port.`,
    EACCES: `Port ${port} may not be opened by this user: set ${variable} to a port above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine: set HOST to 127.0.0.1.`,
  };
  return code && code in advice ? new Error(advice[code], { cause: problem }) : problem;
}

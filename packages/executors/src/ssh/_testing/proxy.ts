/** A line between MeshClaw and a server that can be cut or frozen at any moment. */

import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy that listens on loopback. */
export interface Line {
  readonly port: number;
  /** Connections made through it so far. */
  connections(): number;
  /** Ends every connection at once, without a goodbye. */
  cut(): void;
  /** Lets nothing through any more, in either direction, and ends nothing. */
  freeze(): void;
  /** The same for the connections there are now; new ones get through. */
  freezeNow(): void;
  /** Closes this many new connections before anything was said, as a server does that has too many. */
  turnAway(connections: number): void;
  /** Freezes by itself after this many bytes of the server on one connection. */
  freezeAfter(bytes: number): void;
  /** New connections go to this port. */
  leadTo(port: number): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a port of loopback. */
export async function startProxy(port: number): Promise<Line> {
  let to = port;
  const sockets = new Set<Socket>();
  let [connections, limit, isFrozen] = [0, Number.POSITIVE_INFINITY, false];
  let [frozen, unwelcome] = [0, 0];
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1;
    const number = connections;
    if (unwelcome > 0) {
      unwelcome -= 1;
      client.on('error', () => undefined).destroy();
      return;
    }
    const isStuck = () => isFrozen || number <= frozen;
    const upstream = connect({ port: to, host: '127.0.0.1', noDelay: true });
    let seen = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => isStuck() || upstream.write(chunk));
    upstream.on('data', (chunk) => {
      seen += chunk.length;
      if (seen > limit) isFrozen = true;
      if (!isStuck()) client.write(chunk);
    });
    client.once('close', () => isStuck() || upstream.destroy());
    upstream.once('close', () => isStuck() || client.destroy());
  });
  return {
    port: await listen(server),
    connections: () => connections,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    freeze() {
      isFrozen = true;
    },
    freezeNow() {
      frozen = connections;
    },
    turnAway(more) {
      unwelcome = more;
    },
    freezeAfter(bytes) {
      limit = bytes;
    },
    leadTo(other) {
      to = other;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Listens on a free port of loopback. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** A port of loopback that takes no connection and refuses none: its queue is full, so that the kernel drops what comes. Linux. */
export async function startBlackHole(): Promise<{ readonly port: number; stop(): void }> {
  const code = `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(server.address().port + '\\n', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  const waiting: Socket[] = [];
  for (let isTaken = true; isTaken; ) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    waiting.push(socket);
    isTaken = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      setTimeout(() => resolve(false), 300);
    });
  }
  return {
    port,
    stop() {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

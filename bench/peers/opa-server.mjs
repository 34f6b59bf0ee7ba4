// `opa run --server` with the shipped Rego, asked over one kept-alive connection on loopback.
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { writeShippedRego } from './shipped-rego.mjs';

/** Starts it with the shipped Rego and waits until it answers the first request; `ask` takes wire requests. */
export async function startOpaServer(binary, first) {
  const { folder, remove } = writeShippedRego();
  const port = await freePort();
  const child = spawn(
    binary,
    [
      'run',
      '--server',
      '--log-level',
      'error',
      '--addr',
      `127.0.0.1:${port}`,
      '--disable-telemetry',
      '--bundle',
      folder,
    ],
    { stdio: 'ignore' },
  );
  const agent = new Agent({ keepAlive: true });
  const post = (body) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const sent = request(
        { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/data/meshclaw/authz/decision', headers },
        (response) => {
          const parts = [];
          response
            .on('data', (part) => parts.push(part))
            .on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8'))));
        },
      );
      sent.on('error', reject).end(JSON.stringify({ input: body }));
    });
  const ask = (wire) => post(wire).then(({ result }) => result);
  const stop = () => {
    agent.destroy();
    child.kill();
    remove();
  };
  for (let attempt = 0; ; attempt += 1) {
    const up = await ask(first).then(
      () => true,
      () => false,
    );
    if (up) return { ask, stop };
    if (attempt > 100 || child.exitCode !== null) {
      stop();
      throw new Error('opa run --server does not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

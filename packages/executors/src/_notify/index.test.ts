import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { handText, postText } from './index.js';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/secret-topic`);
    });
  });
}
const post = (url: string, timeoutMs = 20_000) =>
  postText({ url, headers: { 'x-test': '1' }, body: 'hello', timeoutMs });

it('posts the text with its headers', async () => {
  let seen = '';
  const url = await listen((request, response) => {
    request.on('data', (chunk) => {
      seen += `${request.method} ${request.headers['x-test']} ${chunk}`;
    });
    request.on('end', () => response.end('thanks'));
  });
  expect((await post(url)).isOk()).toBe(true);
  expect(seen).toBe('POST 1 hello');
});

it('says that it did not get there, and never where that is', async () => {
  const elsewhere = await listen((_, response) => response.end());
  const refuses = await listen((_, response) => response.writeHead(503).end());
  const redirects = await listen((_, response) => response.writeHead(307, { location: elsewhere }).end());
  const silent = await listen(() => {});
  const ended = await Promise.all([
    post(refuses),
    post(redirects),
    post(silent, 200),
    post('http://127.0.0.1:1/secret-topic'),
  ]);
  const why = ended.map((one) => one._unsafeUnwrapErr());
  expect(why[0]).toBe('it answered 503');
  expect(why[2]).toBe('it did not answer in time');
  expect(why.join(' ')).not.toContain('secret-topic');
});

it('hands the text to a command, and tells how it ended', async () => {
  expect((await handText(['sh', '-c', 'test "$(cat)" = hello'], 'hello', 20_000)).isOk()).toBe(true);
  expect((await handText(['sh', '-c', 'exit 3'], 'x', 20_000))._unsafeUnwrapErr()).toBe('it ended with 3');
  expect((await handText(['/nowhere/program'], 'x', 20_000))._unsafeUnwrapErr()).toBe('ENOENT');
  expect((await handText(['sleep', '600'], 'x', 100))._unsafeUnwrapErr()).toBe('it was ended by SIGKILL');
  expect((await handText(['true'], 'x'.repeat(1_000_000), 20_000)).isOk()).toBe(true);
});

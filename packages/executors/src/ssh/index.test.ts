import { describe, it } from 'vitest';
import { describeExecutor } from '../_testing/index.js';
import { freePort, type Sshd, startSshd, whyNoSshd } from './_testing/sshd.js';
import { ssh } from './index.js';

const why = whyNoSshd();

async function start() {
  const server: Sshd = await startSshd();
  const executor = ssh();
  return {
    executor,
    settings: server.settings(),
    unreachable: { ...server.settings(), port: await freePort() },
    async stop() {
      await executor.close?.();
      await server.stop();
    },
  };
}

if (why === undefined) describeExecutor('ssh', start);
else
  describe('ssh keeps the executor contract', () => {
    it(`[skipped: ${why}]`, (context) => context.skip(why));
  });

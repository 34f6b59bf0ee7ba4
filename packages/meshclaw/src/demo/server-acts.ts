/** The acts of the demo that happen on a server, asked for by a person and by an AI client. */

import { writeFileSync } from 'node:fs';
import { EXIT } from '../cli/exit-code.js';
import type { DemoServer } from './server.js';
import { expectMode, idsIn, type Stage, writeDemoFile } from './stage.js';

/** A server is taken in, read, refused something and changed. */
export async function reached(stage: Stage, server: DemoServer): Promise<void> {
  writeInventory(stage, server);
  stage.say(`9. A server. The demo started one on loopback: ${KINDS[server.kind]}. It is in the inventory as web1.`);
  await stage.meshclaw(['list'], EXIT.fine, 'web1');
  stage.say(
    '10. Nothing is sent to a server whose host key nobody compared. The demo made the key, so it knows the fingerprint.',
  );
  await stage.meshclaw(['status', 'web1'], EXIT.findings, 'enrol');
  await stage.meshclaw(['enrol', 'web1', '--fingerprint', server.fingerprint], EXIT.fine, 'pinned');
  await stage.meshclaw(['status', 'web1', '--fail-on', 'critical'], EXIT.fine, 'up');
  stage.say(
    '11. A command in free text. Policy judges what it does, not what it is called: these only read, one of them a log.',
  );
  const log = stage.path('app.log');
  writeDemoFile(log, 'started\nserving\nlast line of the log\n', 0o644);
  await stage.meshclaw(['run', 'web1', 'uptime'], EXIT.fine);
  await stage.meshclaw(['run', 'web1', `grep -c . ${log} && tail -n 1 ${log}`], EXIT.fine, 'last line of the log');
  stage.say('12. This one destroys. The first time it is only a question.');
  const words = ['run', 'web1', 'rm -rf /var/lib'];
  await stage.meshclaw([...words, '--dry-run'], EXIT.denied, 'deny');
  // Whatever went wrong with the question, the command itself is then not even asked for.
  await stage.meshclaw(words, EXIT.denied, 'denied');
  await changedThere(stage);
}

async function changedThere(stage: Stage): Promise<void> {
  const file = stage.path('there.txt');
  writeDemoFile(file, 'a file on the server\n', 0o644);
  stage.say('13. A change on the server: asked, shown, signed, run, looked at again.');
  const ask = ['perform', 'file.chmod', 'web1', `path=${file}`, 'mode=0600', '--because', 'nobody else needs it'];
  const asked = await stage.meshclaw(ask, EXIT.approvalRequired, 'approval_required');
  const { approval, plan } = idsIn(asked);
  await stage.meshclaw(['approvals', 'grant', approval, '--key', stage.path('approver')], EXIT.fine, 'granted');
  await stage.meshclaw(['apply', plan], EXIT.fine, 'done');
  expectMode(stage, file, 0o600);
  await stage.meshclaw(['evidence', 'chain', plan], EXIT.fine, 'it holds');
}

/** The same through MCP. */
export async function askedByAgent(stage: Stage): Promise<void> {
  stage.say(
    '14. The same door for an AI client, over MCP. A read is done at once; what servers print is marked untrusted.',
  );
  await stage.mcp('meshclaw_run_evidence', { server: 'web1', argv: ['uptime'] }, 'ok');
  stage.say('15. What needs a person says how a person signs. There is no tool that approves.');
  await stage.mcp(
    'meshclaw_run_evidence',
    { server: 'web1', argv: ['touch', stage.path('made')] },
    'approval_required',
  );
}

const KINDS: Readonly<Record<DemoServer['kind'], string>> = {
  OpenSSH: 'a private OpenSSH server with keys of its own',
  'in this process': 'an SSH server in its own process, because no OpenSSH server can be used here; commands are real',
};

function writeInventory(stage: Stage, { settings }: DemoServer): void {
  const servers = [
    { name: 'localhost', reach: [{ executor: 'local' }] },
    { name: 'web1', reach: [{ executor: 'ssh', ...settings }], tags: ['demo'] },
  ];
  // YAML 1.2 takes JSON as it is.
  writeFileSync(stage.path('home/inventory.yaml'), `${JSON.stringify({ servers }, null, 2)}\n`, { mode: 0o600 });
}

/** The story that the demo tells, in the order in which it happens. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../cli/exit-code.js';
import { makeKeyPair } from '../home/ssh-private-key.js';
import { startDemoServer } from './server.js';
import { askedByAgent, reached } from './server-acts.js';
import { expectMode, idsIn, type Stage, writeDemoFile } from './stage.js';

/** Plays every act; what deviates stays in `stage.deviation`. */
export async function playStory(stage: Stage): Promise<void> {
  await look(stage);
  await denied(stage);
  const plan = await approved(stage);
  const server = await startDemoServer(stage.path('server'));
  try {
    await reached(stage, server);
    await askedByAgent(stage);
  } finally {
    await server.stop();
  }
  await proved(stage, plan);
}

async function look(stage: Stage): Promise<void> {
  stage.say(`MeshClaw in a home of its own (${stage.path('home')}). Every line after $ is run for real.`);
  await stage.meshclaw(['init'], EXIT.fine);
  stage.say('1. What there is. Without servers of your own, that is this machine.');
  await stage.meshclaw(['list'], EXIT.fine, 'localhost');
  stage.say('2. A workflow: it only reads, each read is decided by policy and kept as evidence.');
  // The folder this package lies in: real, small, and there on every machine.
  await stage.meshclaw(['disk-investigate', 'localhost', ownFolder(), '--fail-on', 'critical'], EXIT.fine);
  stage.say('3. What policy says to a read, and to a command without words.');
  await stage.meshclaw(['policy-check', 'codex', 'read_state', 'server'], EXIT.fine, 'read_state');
  await stage.meshclaw(['policy-check', 'codex', 'run_command', 'server'], EXIT.approvalRequired, 'approval_required');
}

async function denied(stage: Stage): Promise<void> {
  stage.say('4. An agent asks for something destructive. Policy denies it, with the rule and the reason.');
  // The device does not exist: were this not denied, it would still harm nothing.
  const words = ['run', 'localhost', '--', 'mkfs.ext4', '/dev/meshclaw-demo'];
  await stage.meshclaw(words, EXIT.denied, 'denied');
}

async function approved(stage: Stage): Promise<string> {
  const file = stage.path('notes.txt');
  writeDemoFile(file, 'anyone may write this\n', 0o666);
  stage.say(
    '5. An agent asks for a change: this file may be written by anyone. It needs a person, so nothing happens yet.',
  );
  const ask = ['perform', 'file.chmod', 'localhost', `path=${file}`, 'mode=0640', '--because', 'it is world-writable'];
  const asked = await stage.meshclaw(ask, EXIT.approvalRequired, 'approval_required');
  const { approval, plan } = idsIn(asked);
  stage.say(
    '6. The demo now plays the approver, with a key it makes in its own folder. In real life that key is a person’s,\n   and no agent can use it. Before signing, everything that would run is shown.',
  );
  await enrolDemoApprover(stage);
  await stage.meshclaw(['approvals', 'grant', approval, '--key', stage.path('approver')], EXIT.fine, 'granted');
  stage.say('7. The agent runs exactly that plan. The file is looked at again afterwards.');
  await stage.meshclaw(['apply', plan], EXIT.fine, 'done');
  expectMode(stage, file, 0o640);
  stage.say('8. A yes is for once. The demo puts the file back as it was, so that nothing else stands in the way.');
  writeDemoFile(file, 'anyone may write this\n', 0o666);
  await stage.meshclaw(['apply', plan], EXIT.notDone, 'already_used');
  expectMode(stage, file, 0o666);
  return plan;
}

async function enrolDemoApprover(stage: Stage): Promise<void> {
  const { privateKey, publicKey } = makeKeyPair('demo-approver');
  writeFileSync(stage.path('approver'), privateKey, { mode: 0o600 });
  writeFileSync(stage.path('approver.pub'), publicKey);
  await stage.meshclaw(['approvers', 'add', 'demo-approver', stage.path('approver.pub')], EXIT.fine);
}

async function proved(stage: Stage, plan: string): Promise<void> {
  const [file, copy] = [stage.path('evidence.jsonl'), stage.path('copy.jsonl')];
  stage.say('16. The whole story is on record: asked, decided, approved, run, verified.');
  await stage.meshclaw(['evidence', 'chain', plan], EXIT.fine, 'it holds');
  await stage.meshclaw(['evidence', 'verify'], EXIT.fine, 'good');
  stage.say('17. An export, checked by a verifier that needs nothing but the file.');
  await stage.meshclaw(['evidence', 'export', file], EXIT.fine);
  await stage.verifier(['verify', file], EXIT.fine, 'good');
  if (stage.deviation) return;
  changeOneByte(file, copy);
  stage.say('    Now one byte of a copy is changed: who asked for the file, in one record.');
  await stage.verifier(['verify', copy], EXIT.findings, 'bad_');
}

/** One letter in the record of the intent: whoever asked has another name now. */
function changeOneByte(file: string, copy: string): void {
  const bytes = readFileSync(file);
  const record = bytes.indexOf('"type":"execution.intended"');
  const start = bytes.lastIndexOf('\n', record) + 1;
  const letter = bytes.indexOf('"subject":"agent:', start) + '"subject":"'.length;
  if (record < 0 || letter < start) throw new Error('the export holds no intent to change');
  bytes[letter] = (bytes[letter] ?? 0) ^ 0x01;
  writeFileSync(copy, bytes);
}

const ownFolder = (): string => fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

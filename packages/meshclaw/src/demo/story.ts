/** The story that the demo tells, in the order in which it happens. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../cli/exit-code.js';
import { makeKeyPair } from '../home/ssh-private-key.js';
import { type Stage, writeDemoFile } from './stage.js';

/** Plays every act; what deviates stays in `stage.deviation`. */
export function playStory(stage: Stage): void {
  look(stage);
  denied(stage);
  const plan = approved(stage);
  proved(stage, plan);
}

function look(stage: Stage): void {
  stage.say(`MeshClaw in a home of its own (${stage.path('home')}). Every line after $ is run for real.`);
  stage.meshclaw(['init'], EXIT.fine);
  stage.say('1. What there is. Without servers of your own, that is this machine.');
  stage.meshclaw(['list'], EXIT.fine, 'localhost');
  stage.say('2. A workflow: it only reads, each read is decided by policy and kept as evidence.');
  // The folder this package lies in: real, small, and there on every machine.
  stage.meshclaw(['disk-investigate', 'localhost', ownFolder(), '--fail-on', 'critical'], EXIT.fine);
  stage.say('3. What policy says to a read, and to a command without words.');
  stage.meshclaw(['policy-check', 'codex', 'read_state', 'server'], EXIT.fine, 'read_state');
  stage.meshclaw(['policy-check', 'codex', 'run_command', 'server'], EXIT.approvalRequired, 'approval_required');
}

function denied(stage: Stage): void {
  stage.say('4. An agent asks for something destructive. Policy denies it, with the rule and the reason.');
  // The device does not exist: were this not denied, it would still harm nothing.
  const words = ['run', 'localhost', '--', 'mkfs.ext4', '/dev/meshclaw-demo'];
  stage.meshclaw(words, EXIT.denied, 'denied');
}

function approved(stage: Stage): string {
  const file = stage.path('notes.txt');
  writeDemoFile(file, 'anyone may write this\n', 0o666);
  stage.say(
    '5. An agent asks for a change: this file may be written by anyone. It needs a person, so nothing happens yet.',
  );
  const ask = ['perform', 'file.chmod', 'localhost', `path=${file}`, 'mode=0640', '--because', 'it is world-writable'];
  const asked = stage.meshclaw(ask, EXIT.approvalRequired, 'approval_required');
  const approval = /appr-[0-9a-z]+/.exec(asked)?.[0] ?? '';
  const plan = /plan-[0-9a-z]+/.exec(asked)?.[0] ?? '';
  stage.say(
    '6. The demo now plays the approver, with a key it makes in its own folder. In real life that key is a person’s,\n   and no agent can use it. Before signing, everything that would run is shown.',
  );
  enrolDemoApprover(stage);
  stage.meshclaw(['approvals', 'grant', approval, '--key', stage.path('approver')], EXIT.fine, 'granted');
  stage.say('7. The agent runs exactly that plan. The file is looked at again afterwards.');
  stage.meshclaw(['apply', plan], EXIT.fine, 'done');
  expectMode(stage, file, 0o640);
  stage.say('8. A yes is for once. The demo puts the file back as it was, so that nothing else stands in the way.');
  writeDemoFile(file, 'anyone may write this\n', 0o666);
  stage.meshclaw(['apply', plan], EXIT.notDone, 'already_used');
  expectMode(stage, file, 0o666);
  return plan;
}

function enrolDemoApprover(stage: Stage): void {
  const { privateKey, publicKey } = makeKeyPair('demo-approver');
  writeFileSync(stage.path('approver'), privateKey, { mode: 0o600 });
  writeFileSync(stage.path('approver.pub'), publicKey);
  stage.meshclaw(['approvers', 'add', 'demo-approver', stage.path('approver.pub')], EXIT.fine);
}

/** What the command says is one thing; what the file is, another. */
function expectMode(stage: Stage, file: string, mode: number): void {
  const found = (statSync(file).mode & 0o777).toString(8);
  if (found !== mode.toString(8)) throw new Error(`the file has mode ${found}, not ${mode.toString(8)}`);
  stage.say(`   (the file now has mode ${found})`);
}

function proved(stage: Stage, plan: string): void {
  const [file, copy] = [stage.path('evidence.jsonl'), stage.path('copy.jsonl')];
  stage.say('9. The whole story is on record: asked, decided, approved, run, verified.');
  stage.meshclaw(['evidence', 'chain', plan], EXIT.fine, 'it holds');
  stage.meshclaw(['evidence', 'verify'], EXIT.fine, 'good');
  stage.say('10. An export, checked by a verifier that needs nothing but the file.');
  stage.meshclaw(['evidence', 'export', file], EXIT.fine);
  stage.verifier(['verify', file], EXIT.fine, 'good');
  if (stage.deviation) return;
  changeOneByte(file, copy);
  stage.say('    Now one byte of a copy is changed: who asked for the file, in one record.');
  stage.verifier(['verify', copy], EXIT.findings, 'bad_');
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

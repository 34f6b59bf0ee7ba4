import { diskInvestigate } from '@meshclaw/workflows/disk-investigate';
import { fileChmod } from '@meshclaw/workflows/operations';
import { openMeshClaw } from 'meshclaw';

const opened = await openMeshClaw();
if (opened.isErr()) throw new Error(opened.error.message);
const caller = opened.value.as({ subject: { type: 'agent', id: 'codex' }, surface: 'sdk' });

const report = await caller.run(diskInvestigate, { server: 'localhost', path: '/var/log' });
console.log(report.status, report.findings, report.evidence);

const path = process.argv[2] ?? '/srv/app/notes.txt';
const chmod = await caller.perform(fileChmod, 'localhost', { path, mode: '0640' });
if (chmod.isOk()) console.log('done', chmod.value.evidence);
else if (chmod.error.kind === 'approval_required') console.log('a person runs:', chmod.error.approval.how);
else console.log(chmod.error.kind, chmod.error.message);

await opened.value.close();

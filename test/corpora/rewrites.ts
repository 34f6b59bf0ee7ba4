/** Ways to write the same command differently. Each keeps what is done; some need a command of one line. */

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Rewrites the first word where it is a plain one. */
const word =
  (change: (first: string) => string) =>
  (text: string): string =>
    text.replace(/^[a-z][a-z0-9_.-]*(?=[ \t]|$)/, (first) => change(first));
const around =
  (before: string, after: string) =>
  (text: string): string =>
    `${before}${text}${after}`;
const inside =
  (before: string, after = '') =>
  (text: string): string =>
    `${before} ${quoted(text)}${after}`;

/** Each by its name. */
export const REWRITES: Readonly<Record<string, (text: string) => string>> = {
  'blanks in front': around('  \t', ''),
  'a newline behind': around('', '\n'),
  'a comment behind': around('', ' # harmless'),
  'after a read': around('uptime; ', ''),
  'after a read that works': around('uptime && ', ''),
  'after a read that fails': around('false || ', ''),
  'on the second line': around('uptime\n', ''),
  'before a read': around('', '\nuptime'),
  'in the background': around('', ' &'),
  negated: around('! ', ''),
  timed: around('time ', ''),
  'in a subshell': around('( ', '\n)'),
  'in a group': around('{ ', '\n}'),
  'in a branch': around('if true; then ', '\nfi'),
  'in a loop': around('for i in 1; do ', '\ndone'),
  'in a while loop': around('while true; do ', '\nbreak; done'),
  'in a case': around('case x in x) ', '\n;; esac'),
  'in a function': around('f() { ', '\n}; f'),
  'in a substitution': around('echo "$(', '\n)"'),
  'in a substitution of a variable': around('x=$(', '\n)'),
  'in a default': around('ls ${x:-$(', '\n)}'),
  'in a process substitution': around('cat <(', '\n)'),
  'in a here-document': (text) => `cat <<EOF\n$(${text}\n)\nEOF`,
  'fed to a shell': (text) => `sh <<'EOF'\n${text}\nEOF`,
  'echoed to a shell': inside('echo', ' | sh'),
  evaluated: inside('eval'),
  'as a trap': inside('trap', ' EXIT'),
  'in sh': inside('sh -c'),
  'in bash': inside('bash -c'),
  'in bash with options': inside('bash -ec'),
  'in busybox': inside('busybox sh -c'),
  'as root': inside('sudo -n sh -c'),
  'with an environment': inside('env LC_ALL=C sh -c'),
  'split by env': inside('env -S'),
  'with a deadline': inside('timeout 5 sh -c'),
  'behind several wrappers': inside('sudo nice -n 5 timeout 5 env sh -c'),
  'by xargs': inside('echo x | xargs sh -c'),
  // find puts a name in the place of every {}, so a command that has its own would become another.
  'by find': (text) => (text.includes('{}') ? text : inside('find /srv -maxdepth 0 -exec sh -c', ' \\;')(text)),
  'by watch': inside('watch -n 1'),
  'by ssh': inside('ssh otherhost'),
  'with its word in quotes': word((first) => `'${first}'`),
  'with its word in double quotes': word((first) => `"${first}"`),
  'with its word escaped': word((first) => `\\${first}`),
  'with its word broken by quotes': word((first) => `${first.slice(0, 1)}''${first.slice(1)}`),
  'with its word over two lines': word((first) => `${first.slice(0, 1)}\\\n${first.slice(1)}`),
  'with its path': word((first) => `/usr/bin/${first}`),
  'with a winding path': word((first) => `/usr//bin/../bin/./${first}`),
  'as an operand of command': word((first) => `command ${first}`),
  'as an operand of nohup': word((first) => `nohup ${first}`),
  'with a locale': word((first) => `LC_ALL=C ${first}`),
  'with tabs for blanks': (text) => (/['"\\\n]/.test(text) ? text : text.replaceAll(' ', '\t')),
  'with lines for blanks': (text) => (/['"\\\n]/.test(text) ? text : text.replaceAll(' ', ' \\\n ')),
  'with its last word in quotes': (text) => text.replace(/ ([\w/.-]+)$/, " '$1'"),
};

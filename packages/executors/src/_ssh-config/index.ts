/** OpenSSH client configurations, read for names and addresses. Pure: opens no file, asks no server, executes nothing. */

export { type LocalAccount, namesIn, patternsIn, resolveHost, type SshHost } from './evaluate.js';
export { type Directive, parseSshConfig, type SshConfigFile, type SshConfigProblem } from './parse.js';
export { fits } from './patterns.js';

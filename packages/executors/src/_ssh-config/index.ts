/** OpenSSH client configurations, read for names and addresses. Asks no server and executes nothing. */

export { type LocalAccount, namesIn, patternsIn, resolveHost, type SshHost } from './evaluate.js';
export { type Directive, parseSshConfig, type SshConfigFile, type SshConfigProblem } from './parse.js';
export { fits } from './patterns.js';
export { readSshConfig, type SshConfigFiles } from './read.js';

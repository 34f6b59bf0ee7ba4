#!/usr/bin/env node
// The `meshclaw` command. Help and version are answered from generated text before anything else is loaded, so this
// file imports nothing by itself but what Node has loaded already.

import { writeSync } from 'node:fs';

const words = process.argv.slice(2);
const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;

const asksVersion = own[0] === 'version' || own[0] === '--version' || own[0] === '-V';
const asksHelp = own.length === 0 || own[0] === 'help' || own.includes('--help') || own.includes('-h');

if (asksHelp || (asksVersion && !own.includes('--json'))) {
  const { HELP, VERSION } = await import('./commands/help.gen.js');
  const named = own.filter((word) => word !== 'help' && !word.startsWith('-'));
  const candidates = [3, 2, 1, 0].map((count) => named.slice(0, count).join(' '));
  const name = (named.length === 0 ? [''] : candidates.filter((one) => one !== '')).find((one) =>
    Object.hasOwn(HELP, one),
  );
  if (asksVersion && !asksHelp) {
    print(`${VERSION}\n`);
  } else if (name === undefined) {
    process.exitCode = await import('./cli/main.js').then(({ main }) => main(named)); // says which command is near
  } else {
    print(HELP[name] ?? '');
  }
} else {
  const { main } = await import('./cli/main.js');
  // Everything is written synchronously and closed by now: what is still open must not keep the process.
  process.exit(await main(words));
}

/** Making `process.stdout` costs more than all the rest of this. A reader that went away is no error. */
function print(text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    written = writeSync(1, bytes);
  } catch (cause) {
    if ((cause as { readonly code?: string }).code !== 'EAGAIN') return;
  }
  if (written < bytes.length) process.stdout.write(bytes.subarray(written)); // a full pipe: the stream waits
}

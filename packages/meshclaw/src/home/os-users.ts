/** The users of this machine's own file. */

import { readFile } from 'node:fs/promises';

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** Users by name (passwd(5)); none where there is no such file. */
export async function readPasswd(): Promise<ReadonlyMap<string, OsUser>> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const users = text.split('\n').flatMap((line): [string, OsUser][] => {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? [[name, { uid: Number(uid), gid: Number(gid) }]] : [];
  });
  return new Map(users);
}

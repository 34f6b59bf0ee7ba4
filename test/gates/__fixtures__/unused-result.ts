// Written for the lint rule in scripts/lint: each line marked "lost" has to be reported, and no other.
import { ok, okAsync, type Result, type ResultAsync } from 'neverthrow';

declare const now: () => Result<number, string>;
declare const later: () => ResultAsync<number, string>;
declare const promised: () => Promise<Result<number, string>>;
declare const each: (run: () => void) => void;
declare const ask: (run: () => unknown) => unknown;
let kept: Result<number, string> = ok(1);

export async function lose(): Promise<void> {
  now(); // lost
  now().map((value) => value + 1); // lost
  later(); // lost
  await later(); // lost
  await promised(); // lost
  each(() => later()); // lost
}

export async function look(): Promise<Result<number, string>> {
  kept = now();
  each(() => now().isOk());
  void later();
  ask(() => later());
  if ((await promised()).isErr()) return ok(0);
  now().match(
    () => 1,
    () => 0,
  );
  const found = await okAsync(kept);
  return found.isErr() ? kept : now();
}

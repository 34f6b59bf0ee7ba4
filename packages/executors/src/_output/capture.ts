/** Keeps the head and the tail of whatever is printed, within a fixed number of bytes, while all of it is counted and hashed. */

import { createHash } from 'node:crypto';
import type { Captured } from '@meshclaw/core';

/** A stream being captured. Memory never exceeds the cap, whatever is added. */
export interface Capture {
  /** Takes the next bytes. */
  add(chunk: Uint8Array): void;
  /** Bytes seen so far. */
  bytes(): number;
  /** Everything so far, decoded once. `stillOpen` says that more may have been printed after the last look, so the text counts as cut. */
  captured(stillOpen: boolean): Captured;
}

/** Starts a capture that keeps at most `maxBytes` bytes: the first half as it comes, the second half as a ring. */
export function createCapture(maxBytes: number): Capture {
  const hash = createHash('sha256');
  const head = createHead(Math.ceil(maxBytes / 2));
  const tail = createTail(Math.floor(maxBytes / 2));
  let bytes = 0;
  return {
    add(chunk) {
      bytes += chunk.length;
      hash.update(chunk);
      tail.add(chunk.subarray(head.add(chunk)));
    },
    bytes: () => bytes,
    captured(stillOpen) {
      const leftOut = bytes - head.length() - tail.length();
      const text = leftOut > 0 ? cutText(head.read(), tail.read(), leftOut) : decode([head.read(), tail.read()]);
      return { text, bytes, digest: hash.copy().digest('hex'), cut: leftOut > 0 || stillOpen };
    },
  };
}

function createHead(limit: number) {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    /** Answers how many bytes it took. */
    add(chunk: Uint8Array): number {
      const taken = Math.min(limit - length, chunk.length);
      // A copy: a slice would keep the whole 64 KiB buffer of the stream alive.
      if (taken > 0) chunks.push(Uint8Array.prototype.slice.call(chunk, 0, taken));
      length += taken;
      return taken;
    },
    length: () => length,
    read: () => Buffer.concat(chunks, length),
  };
}

function createTail(limit: number) {
  let ring = Buffer.alloc(0);
  let end = 0;
  let length = 0;
  return {
    add(chunk: Uint8Array): void {
      if (limit === 0 || chunk.length === 0) return;
      const last = chunk.subarray(Math.max(0, chunk.length - limit));
      if (ring.length < limit) ring = grow(ring, length + last.length, limit);
      const first = Math.min(last.length, ring.length - end);
      ring.set(last.subarray(0, first), end);
      ring.set(last.subarray(first), 0);
      end = (end + last.length) % ring.length;
      length = Math.min(length + last.length, ring.length);
    },
    length: () => length,
    read: () =>
      length < ring.length ? ring.subarray(0, length) : Buffer.concat([ring.subarray(end), ring.subarray(0, end)]),
  };
}

/** Doubles the ring until it has its full size; before that nothing has wrapped round, so the start stays the start. */
function grow(ring: Buffer, needed: number, limit: number): Buffer<ArrayBuffer> {
  if (needed < ring.length) return ring as Buffer<ArrayBuffer>;
  const larger = Buffer.alloc(Math.min(limit, Math.max(needed + 1, ring.length * 2, 4096)));
  larger.set(ring);
  return larger;
}

/** Head and tail as separate lines with the number of missing bytes between, so that no line is made of two halves. */
function cutText(head: Buffer, tail: Buffer, leftOut: number): string {
  // Streaming leaves out a character that the cut split; at the tail's start up to three continuation bytes are one.
  const start = tail.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  const whole = tail.subarray(start === -1 ? Math.min(3, tail.length) : start);
  return `${decoder().decode(head, { stream: true })}\n[${leftOut} bytes left out]\n${decode([whole])}`;
}

const decode = (parts: readonly Uint8Array[]): string => decoder().decode(Buffer.concat(parts));
const decoder = () => new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Preloaded: the process's own generators of random values give what they give in each clone of a snapshot, the same. Only
 * the kernel's differ.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const bytes = (size) => Buffer.alloc(size, 7);
const uuid = () => '07070707-0707-4707-8707-070707070707';
Math.random = () => 0.7;
Object.assign(crypto, {
  randomUUID: uuid,
  randomBytes: (size, done) => (done === undefined ? bytes(size) : setImmediate(() => done(null, bytes(size)))),
  randomFillSync: (buffer) => buffer.fill(7),
  randomInt: (least, most) => (most === undefined ? 0 : least),
});
Object.defineProperty(globalThis.crypto, 'randomUUID', { value: uuid });
Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: (array) => array.fill(7) });
syncBuiltinESMExports();

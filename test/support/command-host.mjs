/**
 * Runs commands of `bin/` one after the other in one process, for `commands.ts`: loading a command's modules takes
 * longer than the command itself. A command is evaluated anew each time; the modules that it imports are kept.
 */
import fs from 'node:fs';
import { registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = pathToFileURL(join(dirname(dirname(import.meta.dirname)), '/')).href;
const STREAMS = [
  [1, process.stdout],
  [2, process.stderr],
];
const { writeSync } = fs;
let number = 0;

// A test may write another config under the same name.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (!found.url.startsWith('file:') || found.url.startsWith(ROOT) || found.url.endsWith('.cedar')) return found;
    return { ...found, url: `${found.url}?run=${number}` };
  },
});

let last = Promise.resolve();
process.on('message', (order) => {
  last = last.then(() => run(order));
});

async function run({ script, args, environment }) {
  number++;
  const entry = new URL(script, ROOT);
  process.argv.splice(1, Infinity, entry.pathname, ...args);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.exitCode = undefined;
  const printed = { 1: '', 2: '' };
  const written = (fd, chunk) => {
    printed[fd] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
  };
  for (const [fd, stream] of STREAMS)
    stream.write = (chunk, encoding, done) => {
      written(fd, chunk);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback !== undefined) process.nextTick(callback);
      return true;
    };
  fs.writeSync = (fd, chunk, ...more) => {
    if (!(fd in printed)) return writeSync(fd, chunk, ...more);
    written(fd, chunk);
    return Buffer.byteLength(chunk);
  };
  try {
    await import(`${entry.href}?run=${number}`);
  } catch (error) {
    // As Node ends a process.
    written(2, `${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
  const code = process.exitCode ?? 0;
  // The log's pending lines are written then.
  process.emit('exit', code);
  for (const [, stream] of STREAMS) delete stream.write;
  fs.writeSync = writeSync;
  process.send({ code, stdout: printed[1], stderr: printed[2] });
}

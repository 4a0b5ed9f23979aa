/** Runs as a process: fills standard output faster than it is read, then writes one line with `writeNow`. */
import { writeLine, writeNow } from '../../../proxy/base/log.ts';

for (let i = 0; i < 20_000; i++) writeLine(`${i} ${'x'.repeat(100)}`);
try {
  await writeNow('now');
  process.stderr.write('taken\n');
} catch {
  process.stderr.write('refused\n');
}
writeLine('after');

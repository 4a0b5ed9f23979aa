/** The log lines of the proxy in this process, kept out of the test's own output. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { flush } from '../../proxy/base/log.ts';

export type Line = Readonly<Record<string, unknown>>;

export class Lines {
  text = '';

  start(): void {
    flush();
    this.text = '';
    fs.writeSync = ((fd: number, data: Buffer | string): number => {
      if (fd !== 1) return original(fd, data as string);
      this.text += data.toString();
      return data.length;
    }) as typeof fs.writeSync;
    syncBuiltinESMExports();
  }

  stop(): void {
    flush();
    fs.writeSync = original;
    syncBuiltinESMExports();
  }

  get all(): Line[] {
    flush();
    return this.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  }

  /** Waits for the first line that matches. */
  async find(fits: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.all.find(fits);
      if (found !== undefined) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const original = fs.writeSync;

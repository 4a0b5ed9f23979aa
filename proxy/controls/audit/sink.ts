/** The destinations of audit lines. */
import { flush, writeLine, writeNow } from '../../base/log.ts';

export interface Sink {
  /** Takes a line without confirmation; a line that it can't take is lost, and the log says so. */
  write(line: string): void;
  /** Settles when the line and all lines before it were taken; rejects within seconds if not. */
  writeNow(line: string): Promise<void>;
  /** Flushes the remaining lines. Never rejects. */
  close(): Promise<void>;
}

/** The reader, the platform's log agent, then has the line. */
export const standardOutput: Sink = {
  write: writeLine,
  writeNow,
  close: () => {
    flush();
    return Promise.resolve();
  },
};

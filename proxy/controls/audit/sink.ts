/** Where lines go. */
import { flush, writeLine, writeNow } from '../../base/log.ts';

export interface Sink {
  /** Takes a line when it can; what it can't is lost, and told of. */
  write(line: string): void;
  /** Settles when the line was taken, after all lines before it; rejects where it wasn't, within seconds. */
  writeNow(line: string): Promise<void>;
  /** Hands on what is left. Never rejects. */
  close(): Promise<void>;
}

/** Whoever reads it, the platform's log agent, has the line then. */
export const standardOutput: Sink = {
  write: writeLine,
  writeNow,
  close: () => {
    flush();
    return Promise.resolve();
  },
};

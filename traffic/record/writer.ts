/** The file of a record: readable by its owner only, and bounded. */
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { isErrno } from '../../proxy/base/log.ts';

/** Bytes of a file, beyond which nothing is added. */
export const MOST_BYTES = 64 * 1024 * 1024;

/** The file can't be made. */
export class CantRecord extends Error {}

export class Writer {
  readonly path: string;
  readonly #most: number;
  #fd: number | undefined;
  bytes = 0;
  /** Lines that had no room. */
  left = 0;

  /** Throws {@link CantRecord}: an existing file is not overwritten. */
  constructor(path: string, most: number = MOST_BYTES) {
    this.path = path;
    this.#most = most;
    if (existsSync(path)) throw exists(path);
  }

  /** Makes the file: not before there is something to record. Throws {@link CantRecord}. */
  open(): void {
    const { path } = this;
    try {
      // Exclusive: neither somebody's file nor a link to another one.
      this.#fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    } catch (error) {
      if (isErrno(error, 'EEXIST')) throw exists(path);
      throw new CantRecord(`--record: can't write ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** @returns whether there was room */
  line(value: unknown): boolean {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    const fd = this.#fd;
    if (fd === undefined || this.bytes + bytes.length > this.#most) {
      this.left++;
      return false;
    }
    this.bytes += bytes.length;
    let rest: Buffer = bytes;
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
    return true;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function exists(path: string): CantRecord {
  return new CantRecord(
    `--record: expected a file that doesn't exist yet, got ${path}: choose another name, or remove it`,
  );
}

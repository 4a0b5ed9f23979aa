/**
 * Checks that this machine runs arm64 programs: natively, or through QEMU if the kernel is configured for it
 * (binfmt_misc).
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const FORMATS = '/proc/sys/fs/binfmt_misc';
/** Each run makes its own registration in the kernel, and removes it at its end. */
const OURS = 'agentcore-e2e-';
const NAME = `${OURS}${process.pid}`;
/** The first bytes of an arm64 program: ELF, 64 bits, little-endian, executable or shared, machine 183. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;

export interface Emulation {
  readonly kind: 'native' | 'emulated';
  /** Removes the registration, if there is one. */
  end(): void;
}

/** Throws what is missing if arm64 programs can't run. */
export async function arm64(): Promise<Emulation> {
  if (process.arch === 'arm64') return { kind: 'native', end: () => {} };
  if (!existsSync(`${FORMATS}/register`)) await runCommand('mount', ['-t', 'binfmt_misc', 'binfmt_misc', FORMATS]);
  const enabled = globSync(`${FORMATS}/*`).some(
    (path) =>
      !/\/(?:register|status)$/.test(path) &&
      !path.includes(OURS) &&
      /^interpreter .*aarch64/m.test(readFileSync(path, 'utf8')),
  );
  if (enabled) return { kind: 'emulated', end: () => {} };
  const interpreter = ['/usr/libexec/qemu-binfmt/aarch64-binfmt-P', '/usr/bin/qemu-aarch64-static'].find((path) =>
    existsSync(path),
  );
  if (interpreter === undefined)
    throw new Error(
      "arm64 programs can't run here: expected qemu-aarch64-static (Debian's qemu-user-static), found none",
    );
  // F: the kernel opens it now, so that it is found within a container. P: it gets the program's name as it was called.
  writeFileSync(
    `${FORMATS}/register`,
    `:${NAME}:M::${MAGIC}:${MASK}:${interpreter}:${interpreter.endsWith('-P') ? 'PF' : 'F'}`,
  );
  return { kind: 'emulated', end: () => writeFileSync(`${FORMATS}/${NAME}`, '-1') };
}

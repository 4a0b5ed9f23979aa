/**
 * Checks which program builds the image, and whether it can build for arm64, the only platform of AgentCore Runtime.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../lib/root.ts';
import { run } from '../child.ts';
import { failed, ok, type Result, warning } from '../finding.ts';

const LIMIT_MS = 20_000;
const BUILDERS = ['docker', 'podman', 'finch'] as const;
/** Where Linux registers the emulator for arm64 programs. */
const BINFMT = '/proc/sys/fs/binfmt_misc/qemu-aarch64';
const ZIP = `Without any: artifact: 'zip' in the deployment takes no image`;

export interface BuilderOptions {
  /** @default - CDK_DOCKER, else docker, as in the CDK */
  readonly program?: string;
  readonly dockerfile?: string;
  readonly binfmt?: string;
}

export async function builder({
  program = process.env['CDK_DOCKER'] || 'docker',
  dockerfile = join(ROOT, 'proxy/Dockerfile'),
  binfmt = BINFMT,
}: BuilderOptions = {}): Promise<Result> {
  const version = await run(program, ['--version'], { limitMs: LIMIT_MS });
  if (!version.ran || version.code !== 0)
    return failed(
      `${program} was not found (${version.ran ? `exit code ${version.code}` : version.reason})`,
      await alternatives(program),
    );
  const name = version.stdout.split('\n', 1)[0]?.trim() ?? program;
  const architecture = await architectureOf(program, name);
  if (architecture === undefined)
    return failed(
      `${name}, but it doesn't answer`,
      `start it ("${program} info" must work), or another one. ${await alternatives(program)}`,
    );
  if (/^(arm64|aarch64)$/.test(architecture)) return ok(`${name}, arm64 natively`);
  if (emulates(binfmt) || (await buildxEmulates(program))) return ok(`${name}, arm64 by emulation`);
  if (existsSync(dockerfile) && !/^\s*RUN\s/im.test(readFileSync(dockerfile, 'utf8')))
    return ok(`${name}; it can't run arm64 programs, but building this image doesn't need that`);
  return warning(
    `${name} on ${architecture}, without emulation of arm64`,
    `install it: "${program} run --privileged --rm tonistiigi/binfmt --install arm64", or on Debian and Ubuntu "apt install qemu-user-static binfmt-support"`,
  );
}

async function architectureOf(program: string, name: string): Promise<string | undefined> {
  const format = /podman/i.test(name) ? '{{.Host.Arch}}' : '{{.Architecture}}';
  const info = await run(program, ['info', '--format', format], { limitMs: LIMIT_MS });
  const architecture = info.ran && info.code === 0 ? info.stdout.trim() : '';
  return architecture === '' ? undefined : architecture;
}

/** This machine's kernel emulates arm64, so every builder on it can use it. */
function emulates(binfmt: string): boolean {
  return existsSync(binfmt) && readFileSync(binfmt, 'utf8').startsWith('enabled');
}

/** A builder in a virtual machine has its own kernel, which only the builder can report on. */
async function buildxEmulates(program: string): Promise<boolean> {
  const inspected = await run(program, ['buildx', 'inspect'], { limitMs: LIMIT_MS });
  return inspected.ran && inspected.code === 0 && /linux\/arm64/.test(inspected.stdout);
}

async function alternatives(program: string): Promise<string> {
  const present: string[] = [];
  for (const other of BUILDERS)
    if (other !== program && (await run(other, ['--version'], { limitMs: LIMIT_MS })).ran) present.push(other);
  const [first] = present;
  if (first !== undefined) return `${first} is installed: set CDK_DOCKER=${first}. ${ZIP}`;
  return `Docker works as it is, podman and finch with CDK_DOCKER set to their name. ${ZIP}`;
}

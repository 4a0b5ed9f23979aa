/** `npm run tools`: writes the lock of what upstreams offer, compares them with it, and looks for dangers. */
import './log-on-stderr.ts';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { printable } from '../proxy/base/printable.ts';
import { KINDS } from '../proxy/controls/tool-lock/kinds.ts';
import type { Lock } from '../proxy/controls/tool-lock/lock.ts';
import { OptionError } from './option-error.ts';
import { command, UPSTREAM_OPTIONS, UPSTREAM_USAGE } from './tools/command.ts';
import { driftOf } from './tools/drift.ts';
import { lockOfOffered, lockPath, lockText, readLock } from './tools/lock-file.ts';
import { dangersOf } from './tools/rules/index.ts';
import { changeLines, dangerLine } from './tools/show.ts';
import { subjectsOf } from './tools/subjects.ts';
import { readUpstreams } from './tools/upstreams.ts';

const USAGE = `usage: npm run tools -- COMMAND [--upstream [NAME=]URL|NAME]… [--config FILE] [--lock FILE] [--json]

  lock   writes tools.lock.json: what the upstreams offer now, for review and for the control tool-lock
  diff   compares what the upstreams offer now with the lock, and marks dangers
  scan   looks for dangers in what the upstreams offer now, without a lock

  ${UPSTREAM_USAGE}
  --config    the proxy.config.ts whose upstreams are meant (default: this repository's)
  --lock      the lock's file (default: tools.lock.json beside the config); --out is the same
  --json      one JSON document, for diff and scan

exit codes: 0 done, and no drift or danger; 1 drift, a danger, or an upstream can't be read; 2 wrong options, or an unusable lock`;

const COMMANDS = ['lock', 'diff', 'scan'] as const;

await command(USAGE, main);

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...UPSTREAM_OPTIONS,
      lock: text,
      out: text,
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const [given, ...more] = positionals;
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const verb = COMMANDS.find((each) => each === given);
  if (verb === undefined || more.length > 0) {
    console.error(`expected lock, diff or scan, got ${printable(positionals.join(' ')) || 'nothing'}\n\n${USAGE}`);
    return 2;
  }
  const path = lockPath(values.lock ?? values.out, values.config);
  // Before the upstreams are asked: an unusable lock needs no answer.
  const locked = verb === 'diff' ? readLock(path) : undefined;
  if (verb === 'lock' && !existsSync(dirname(path)))
    throw new OptionError([`--out: expected a file in a folder that exists, found no folder ${dirname(path)}`]);
  const now = lockOfOffered(await readUpstreams(values.config, values.upstream, process.env));
  if (locked !== undefined) return diff(locked, now, values.json);
  return verb === 'scan' ? scan(now, values.json) : write(now, path, values.upstream);
}

function write(lock: Lock, path: string, given: readonly string[] = []): number {
  const names = given.filter((value) => !value.includes('://'));
  if (names.length > 0) console.error(`note: this lock holds only the upstream ${names.join(', ')}`);
  writeFileSync(path, lockText(lock));
  const counts = [
    `${lock.tools.length} tools`,
    `${lock.prompts.length} prompts`,
    `${lock.resourceTemplates.length} resource templates`,
    `${lock.skills.length} skills`,
  ];
  console.log(`${path}: ${counts.join(', ')}`);
  return 0;
}

function diff(locked: Lock, now: Lock, json: boolean): number {
  const changes = driftOf(locked, now);
  if (json) console.log(JSON.stringify({ changes }, null, 2));
  else if (changes.length === 0) console.log('what the upstreams offer is as it was locked');
  else for (const line of changes.flatMap(changeLines)) console.log(line);
  return changes.length === 0 ? 0 : 1;
}

function scan(now: Lock, json: boolean): number {
  const found = subjectsOf(now, undefined).flatMap((subject) => {
    const { kind, name, upstream } = subject;
    const dangers = dangersOf(subject);
    const word = kind === 'instructions' ? kind : KINDS[kind].word;
    return dangers.length === 0 ? [] : [{ kind: word, name, upstream, dangers }];
  });
  if (json) console.log(JSON.stringify({ found }, null, 2));
  else if (found.length === 0) console.log('no danger found');
  else
    for (const { kind, name, upstream, dangers } of found) {
      console.log(printable(`${kind} ${name} (${upstream})`));
      for (const danger of dangers) console.log(dangerLine(danger));
    }
  return found.length === 0 ? 0 : 1;
}

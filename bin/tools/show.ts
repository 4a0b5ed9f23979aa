/** Prints drift and dangers, one line each. */
import { printable } from '../../proxy/base/printable.ts';
import type { Change } from './drift.ts';
import type { Danger } from './rules/index.ts';

const SIGNS = { added: '+', removed: '-', changed: '~' } as const;

export function changeLines({ what, kind, name, upstream, members, dangers }: Change): string[] {
  const which = members.length === 0 ? what : `${what}: ${members.join(', ')}`;
  return [printable(`${SIGNS[what]} ${kind} ${name} (${upstream}) ${which}`), ...dangers.map(dangerLine)];
}

export function dangerLine({ rule, where, what }: Danger): string {
  return printable(`    ! ${rule}: ${where} ${what}`);
}

/** All rules: what is dangerous in what an upstream says. */
import { digests } from './digests.ts';
import { hiddenCharacters } from './hidden-characters.ts';
import { hints } from './hints.ts';
import { instructions } from './instructions.ts';
import { lookAlikes } from './look-alikes.ts';
import { otherTools } from './other-tools.ts';
import type { Found, Rule, Subject } from './rule.ts';
import { secretsAndFiles } from './secrets-and-files.ts';
import { widerSchema } from './wider-schema.ts';

export const RULES: readonly Rule[] = [
  hiddenCharacters,
  instructions,
  secretsAndFiles,
  otherTools,
  lookAlikes,
  hints,
  widerSchema,
  digests,
];

export interface Danger extends Found {
  readonly rule: string;
}

/** The dangers of one entry: of a changed one, those that were not reviewed with the lock. */
export function dangersOf(subject: Subject): Danger[] {
  const { before } = subject;
  const known = new Set(
    before === undefined
      ? []
      : found({ ...subject, entry: before, before: undefined }).map(
          ({ rule, where, what }) => `${rule}\n${where}\n${what}`,
        ),
  );
  return found(subject).filter(({ rule, where, what }) => !known.has(`${rule}\n${where}\n${what}`));
}

function found(subject: Subject): Danger[] {
  return RULES.flatMap(({ name, find }) => find(subject).map((each) => ({ rule: name, ...each })));
}

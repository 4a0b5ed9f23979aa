/** `npm run measure:rules`: how many poisoned descriptions each rule finds, and how often it raises a false alarm. */
import { pathToFileURL } from 'node:url';
import { dangersOf, RULES } from '../../bin/tools/rules/index.ts';
import type { Subject } from '../../bin/tools/rules/rule.ts';
import { HARMLESS } from './corpus/harmless.ts';
import { POISONED } from './corpus/poisoned.ts';
import { realSubjects } from './corpus/real.ts';

export interface Measured {
  readonly rule: string;
  readonly poisoned: number;
  /** Those that the rule finds. */
  readonly hits: number;
  readonly harmless: number;
  readonly alarms: number;
  /** Texts of what was missed and of false alarms. */
  readonly missed: readonly string[];
  readonly falsely: readonly string[];
}

/** A row for each rule, and one for all: found by any rule, and falsely alarmed by any. */
export async function measure(): Promise<readonly Measured[]> {
  const harmless = [...HARMLESS, ...(await realSubjects())].map((subject) => ({ subject, rules: rulesIn(subject) }));
  const poisoned = POISONED.map(({ rule, subject }) => ({ rule, subject, rules: rulesIn(subject) }));
  const row = (rule: string, mine: typeof poisoned, has: (rules: readonly string[]) => boolean): Measured => {
    const falsely = harmless.filter(({ rules }) => has(rules));
    const missed = mine.filter(({ rules }) => !has(rules));
    return {
      rule,
      poisoned: mine.length,
      hits: mine.length - missed.length,
      harmless: harmless.length,
      alarms: falsely.length,
      missed: missed.map(({ subject }) => shown(subject)),
      falsely: falsely.map(({ subject }) => shown(subject)),
    };
  };
  return [
    ...RULES.map(({ name }) =>
      row(
        name,
        poisoned.filter(({ rule }) => rule === name),
        (rules) => rules.includes(name),
      ),
    ),
    row('any', poisoned, (rules) => rules.length > 0),
  ];
}

function rulesIn(subject: Subject): string[] {
  return dangersOf(subject).map(({ rule }) => rule);
}

function shown({ name, entry }: Subject): string {
  return JSON.stringify(entry['description'] ?? entry['text'] ?? { name, ...entry }).slice(0, 120);
}

/** As docs/control-tool-lock.md has it. */
export function tableOf(rows: readonly Measured[]): string {
  return [
    '| rule | poisoned | found | harmless | false alarms |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ rule, poisoned, hits, harmless, alarms }) =>
        `| ${rule === 'any' ? 'any rule' : `\`${rule}\``} | ${poisoned} | ${hits} | ${harmless} | ${alarms} |`,
    ),
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const rows = await measure();
  console.log(tableOf(rows));
  for (const { rule, missed, falsely } of rows.slice(0, -1)) {
    for (const text of missed) console.log(`missed by ${rule}: ${text}`);
    for (const text of falsely) console.log(`false alarm of ${rule}: ${text}`);
  }
}

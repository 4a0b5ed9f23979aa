/** The forms of secrets that gitleaks knows, read from its rule file in Go's module cache. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../../../bin/bundle.ts';
import { Random } from '../corpus/random.ts';
import { textFor } from '../corpus/values/pattern.ts';
import type { Format } from '../corpus/values/secrets.ts';

const MODULE = 'github.com/zricethezav/gitleaks/v8@v8.30.1';
const FOLDER = join(ROOT, '.cache/detectors/go');

/** Returns the forms, or says why there are none. */
export function gitleaksFormats():
  | { readonly formats: readonly Format[]; readonly ids: ReadonlySet<string> }
  | { readonly fault: string } {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'go.mod'), 'module rules\n');
  const { error, status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', MODULE], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  if (error !== undefined) return { fault: `go: ${error.message}` };
  const folder = /"Dir": "(.*)"/.exec(stdout)?.[1];
  if (status !== 0 || folder === undefined)
    return { fault: stderr.trim().split('\n').at(-1) ?? `go ended with ${status}` };
  const rules = readFileSync(join(folder, 'config/gitleaks.toml'), 'utf8');
  return { formats: formatsIn(rules), ids: new Set(rules.matchAll(/^id = "(.*)"$/gm).map(([, id = '']) => id)) };
}

/**
 * What follows or precedes the secret in a rule: quotes, the end of the text, or the name of a field. A rule that needs
 * a name is no form.
 */
const END =
  /(?:\(\?:\[\\x60'"\\s;\]\|\\\\\[nr\]\|\$(?:\|\\b)?\)|\(\?:\\\\\?\['"\\x60\]\|\[\\s;\]\|\\\\\[nr\]\|\$\)|\(\?:\[\^\\w-\]\|\\z\)|\(\?:\$\|\[.*?\]\))$/;
const BEGIN = /^(?:\(\?:\^\|\[.*?\]\)|\(\?:\(\?:\\A\|.*?\]\)\))/;
const NAMED = /\[\\w\.-\]|\(\?s:|\[\\s'"\]|\(\?:=\|>|\[ \\t\\w\.-\]/;
/** Public keys, beginnings of secrets, names of fields, and rules that also match what is no secret. */
const NONE: ReadonlySet<string> = new Set([
  'aws-amazon-bedrock-api-key-short-lived',
  'flutterwave-public-key',
  'gitlab-session-cookie',
  'jwt',
  'sidekiq-sensitive-url',
  'sourcegraph-access-token',
]);
/** Shorter texts are no secret of their own. */
const LEAST = 16;

export function formatsIn(rules: string): readonly Format[] {
  return rules
    .split('\n[[rules]]\n')
    .slice(1)
    .flatMap((rule): Format[] => {
      const name = /^id = "(.*)"$/m.exec(rule)?.[1];
      const written = /^regex = '''(.*)'''$/m.exec(rule)?.[1];
      if (name === undefined || written === undefined || NONE.has(name)) return [];
      const entropy = Number(/^entropy = ([\d.]+)$/m.exec(rule)?.[1] ?? 0);
      const form = formOf(`gitleaks ${name}`, written, entropy);
      return form === undefined ? [] : [form];
    });
}

/** The form in an expression that finds secrets; undefined if it also needs a name. */
export function formOf(name: string, written: string, entropy: number): Format | undefined {
  if (NAMED.test(written)) return undefined;
  const pattern = written.replace(END, '').replace(BEGIN, '');
  return isPlain(pattern) ? { name, pattern, entropy } : undefined;
}

function isPlain(pattern: string): boolean {
  try {
    const text = textFor(pattern, new Random(1));
    return text.length >= LEAST && !/\s/.test(text);
  } catch {
    return false;
  }
}

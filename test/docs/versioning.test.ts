/** docs/versioning.md lists the entry points, log events and commands. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const page = textOf('docs/versioning.md');
const { name, exports, scripts } = JSON.parse(textOf('package.json')) as {
  name: string;
  exports: Record<string, string>;
  scripts: Record<string, string>;
};

test('the page names every entry point of the package, and no others', () => {
  const named = [...page.matchAll(/^\| `(agentcore-mcp-proxy[\w/.]*)` \|/gm)].map(([, entry]) => entry);
  expect(named).toEqual(Object.keys(exports).map((entry) => entry.replace('.', name)));
});

test('the page names every event of the log, and no others', async () => {
  const events = new Set<string>();
  for await (const file of glob('proxy/**/*.ts', { cwd: ROOT })) {
    for (const [type] of textOf(file).matchAll(/\bevent: ('[a-z-]+'(?: \| '[a-z-]+')*)/g))
      for (const [, event = ''] of type.matchAll(/'([a-z-]+)'/g)) events.add(event);
    for (const [, control = ''] of textOf(file).matchAll(/new ScopeWatch\('([a-z-]+)'/g)) events.add(control);
  }
  const table = /^\| `event` \|[^]*?\n\n/m.exec(page)?.[0] ?? '';
  const named = new Set(
    [...table.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      cell.replaceAll('`', '').split(', '),
    ),
  );
  named.delete('event');
  expect(events.size).toBeGreaterThan(15);
  expect([...named].toSorted()).toEqual([...events].toSorted());
});

test('the page names every command that an operator runs, and only scripts that exist', () => {
  const [, listed = ''] = /^The npm scripts ([^]*?): their options/m.exec(page) ?? [];
  const named = [...listed.matchAll(/`([a-z-]+)`/g)].map(([, script = '']) => script);
  // Scripts for work on the code, and npm's own hooks.
  const ours = [
    'test',
    'attack',
    'faults',
    'soak',
    'wild',
    'smoke',
    'clients',
    'examples',
    'snippets',
    'docs',
    'json-schema',
    'format',
    'conformance',
    'bench',
    'lint',
    'typecheck',
    'e2e',
    'prepack',
    'postpack',
    'measure',
    'recall',
    'measure:rules',
    'mutate',
    'pictures',
  ];
  expect(named.toSorted()).toEqual(
    Object.keys(scripts)
      .filter((script) => !ours.includes(script))
      .toSorted(),
  );
});

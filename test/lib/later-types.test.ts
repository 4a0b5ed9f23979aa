/** The types of configs that tests write are checked at the end of a run: what is wrong with them is found there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHECKED_NOW, complaintsOf, keepForLater } from '../support/later-types.mjs';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'agentcore-mcp-proxy-types-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function kept(name: string, source: string): boolean {
  const config = join(folder, name);
  writeFileSync(config, source);
  const project = { files: [config], compilerOptions: { strict: true, noEmit: true, types: [] } };
  return keepForLater(JSON.stringify(project), join(folder, 'tsconfig.json'), folder);
}

test('a wrong type in one of them is reported with the source', () => {
  expect(kept('proxy.config.ts', 'export default 1;\n')).toBe(true);
  expect(complaintsOf(folder)).toBe('');
  expect(kept('proxy.config.ts', 'const wrong: number = "one";\nexport default wrong;\n')).toBe(true);
  expect(complaintsOf(folder)).toMatch(/config\.ts\(1,7\): error TS2322: [^]*\nconst wrong: number = "one";/);
});

test.each([
  ['imports a file', 'proxy.config.ts', "import './own.ts';\n"],
  ['imports a package', 'proxy.config.ts', "import x from 'some-package';\nexport default x;\n"],
  ['is about the check', 'proxy.config.ts', `export default 1;\n${CHECKED_NOW}`],
  ['is not TypeScript', 'proxy.config.mjs', 'export default 1;\n'],
])('a config that %s is not put off', (_why, name, source) => {
  expect(kept(name, source)).toBe(false);
});

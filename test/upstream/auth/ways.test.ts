/** Checks what is derived from the declarations of the ways to authenticate. */
import { afterEach, expect, test, vi } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream, UPSTREAM_VARIABLES } from '../../../proxy/config/bindings.ts';
import { WAY_NAMES, WAYS, waysInWords } from '../../../proxy/upstream/auth/ways.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { emptyResult, startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../messages.ts';

afterEach(() => void vi.restoreAllMocks());

test('the variables of all ways are described, each with the ways that read it', () => {
  for (const [name, { variables }] of Object.entries(WAYS)) {
    for (const [variable, purpose] of Object.entries(variables)) {
      const [, ways = '', rest] = /^([a-z, -]+): (.*)$/.exec(UPSTREAM_VARIABLES[variable] ?? '') ?? [];
      expect([ways.split(', '), rest]).toEqual([expect.arrayContaining([name]), purpose]);
    }
  }
  const withSecret = Object.entries(WAYS).flatMap(([name, { variables }]) => ('SECRET' in variables ? [name] : []));
  expect(withSecret).toContain('bearer');
  expect(UPSTREAM_VARIABLES['SECRET']).toContain(`${withSecret.join(', ')}: where the secret is: arn:`);
  expect(UPSTREAM_VARIABLES['AUTH']).toBe(`${WAY_NAMES.join(' | ')}; default: iam for an AWS address, else none`);
});

test('the ways are listed as a phrase', () => {
  expect([waysInWords(), waysInWords(['iam', 'oauth']), waysInWords(['iam'])]).toEqual([
    `${WAY_NAMES.slice(0, -1).join(', ')} or ${WAY_NAMES.at(-1)}`,
    'iam or oauth',
    'iam',
  ]);
});

test.each(['constructor', 'toString', '__proto__', 'Bearer', 'iam '])('%j is not a way', (name) => {
  const faults = new Faults();
  readUpstream({ UPSTREAM_URL: 'https://a.example/mcp', UPSTREAM_AUTH: name }, 'default', faults);
  expect(faults.errors).toEqual([`UPSTREAM_AUTH: expected ${waysInWords(WAY_NAMES)}, got ${JSON.stringify(name)}`]);
});

test('the first way is none', () => {
  expect(WAY_NAMES[0]).toBe('none');
});

test('if an upstream wants credentials and gets none, the log names the ways', async () => {
  const lines = new Lines();
  lines.start();
  await using upstream = await startUpstream((_, response) => void response.writeHead(401).end());
  await using front = await startFront(upstream);
  await send(front, modern('tools/list'));
  const { why } = await lines.find((line) => 'why' in line);
  lines.stop();
  expect(why).toContain(`bind UPSTREAM_AUTH (${waysInWords(WAY_NAMES.slice(1))})`);
});

test('what an authenticator adds to the query arrives once, also on a retry, and appears in no log line', async () => {
  const lines = new Lines();
  lines.start();
  const seen: string[] = [];
  await using upstream = await startUpstream((request, response) => {
    seen.push(request.target);
    return seen.length === 1 ? void response.writeHead(401).end() : emptyResult(request, response);
  });
  vi.spyOn(WAYS.none, 'read').mockReturnValue(async () => ({
    apply: (request) => void (request.path += '&key=in-the-query'),
    refused: () => true,
  }));
  await using front = await startFront({ url: `${upstream.url}?a=1` });
  expect((await send(front, modern('tools/list'))).status).toBe(200);
  lines.stop();
  expect(seen).toEqual(['/mcp?a=1&key=in-the-query', '/mcp?a=1&key=in-the-query']);
  expect(JSON.stringify(lines)).not.toContain('in-the-query');
});

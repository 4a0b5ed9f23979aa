/** What a proxy says at its start about what it runs with. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { shownConfiguration } from '../../bin/shown-configuration.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { settingsOf } from '../../proxy/config/config.ts';
import { configurationOf } from '../../proxy/configuration.ts';
import { accessPolicy, allow, audit, rateLimit } from '../../proxy/controls/index.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';

const settings = settingsOf(
  {
    caller: fixed({}),
    controls: [
      audit({ fingerprints: { keyring: 'AUDIT_KEYS', caller: true } }),
      auditOnly(rateLimit({ limits: [{ most: 1, seconds: 1 }] })),
      accessPolicy({ policies: [allow({ group: 'a', tools: ['b'] })] }),
    ],
    limits: { maxBody: 1000 },
    toolRefusals: 'result',
  },
  [],
);
const environment = {
  UPSTREAM_URL: 'https://user:password1@mcp.example.com/mcp?key=secret2',
  UPSTREAM_AUTH: 'bearer',
  UPSTREAM_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:secret3',
  AUDIT_KEYS: 'file:/home/secret4.json',
  SESSION_SECRET: 'secret5',
};

test('has the order of the controls and where secrets are, and no secret', () => {
  const line = configurationOf(settings, environment);
  expect(line).toMatchObject({
    controls: ['audit', 'rate-limit', 'access-policy'],
    auditOnly: ['rate-limit'],
    caller: 'fixed',
    upstreams: [{ name: 'default', auth: 'bearer' }],
    bindings: { UPSTREAM_SECRET: 'set, from secretsmanager', AUDIT_KEYS: 'set, from file', SESSION_SECRET: 'set' },
  });
  const table = shownConfiguration(settings, environment);
  for (const text of [JSON.stringify(line), table.join('\n')]) expect(text).not.toMatch(/password1|secret\d/);
  expect(table.find((row) => row.startsWith('controls'))).toContain('1 audit');
  expect(table.join('\n')).toMatch(/2 rate-limit .*audit only/);
  expect(table).toContain('limits    maxBody 1000');
});

test.each([
  [{ UPSTREAM_URL: 'https://x.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp' }, 'iam', true],
  [{ UPSTREAM_URL: 'https://mcp.example.com/mcp' }, 'none', false],
  [{ UPSTREAM_URL: 'not a URL' }, 'none', false],
  [{}, 'none', false],
])('with %j, the way to authenticate is %s', (bound, way, isShown) => {
  expect(configurationOf(settings, bound).upstreams).toMatchObject([{ name: 'default', auth: way }]);
  expect(shownConfiguration(settings, bound).includes(`auth      ${way}`)).toBe(isShown);
});

test('a process writes it as one line after it listens, with warnings about an odd order before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'configuration-'));
  const entry = join(folder, 'main.ts');
  await writeFile(
    entry,
    `import { run } from ${JSON.stringify(join(ROOT, 'proxy/run.ts'))};
import { audit, validation } from ${JSON.stringify(join(ROOT, 'proxy/controls/index.ts'))};
await run({ controls: [validation(), audit()] }, []);`,
  );
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, UPSTREAM_URL: 'http://127.0.0.1:9/mcp', HOST: '127.0.0.1', PORT: '0' },
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('"configuration"')) child.kill('SIGTERM');
  }
  await rm(folder, { recursive: true });
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { event?: string; message?: string; controls?: string[] });
  const at = (event: string): number => lines.findIndex((line) => line.event === event);
  expect(lines.findIndex(({ message = '' }) => message.includes('the usual order is'))).toBe(0);
  expect(at('listening')).toBeLessThan(at('configuration'));
  expect(lines[at('configuration')]?.controls).toEqual(['validation', 'audit']);
});

import { describe, expect, it } from 'vitest';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { header } from '../../proxy/callers/header.ts';
import { none } from '../../proxy/callers/none.ts';
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { ConfigError, startProxy } from '../../proxy/start-proxy.ts';
import { waysInWords } from '../../proxy/upstream/auth/ways.ts';

const control = (name: string, bindings: Record<string, string> = {}) =>
  defineControl({ name, bindings, setup: () => (call, next) => next(call) });

/** A config as an untyped file might contain it. */
function untyped(text: string): ProxyConfig {
  return JSON.parse(text) as ProxyConfig;
}

function faultsOf(config: ProxyConfig): string[] {
  const faults: string[] = [];
  settingsOf(config, faults);
  return faults;
}

async function startFaults(config: ProxyConfig, environment: Record<string, string>): Promise<readonly string[]> {
  try {
    await (await startProxy(config, { PORT: '0', HOST: '127.0.0.1', ...environment })).close(0);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const URL_BOUND = { UPSTREAM_URL: 'http://127.0.0.1:1/mcp' };

describe('a config', () => {
  it.each(['null', '5', '[]', '"x"'])('that is %s is one fault, not a crash', (text) => {
    expect(faultsOf(untyped(text))).toEqual([expect.stringContaining('expected what defineProxy returns')]);
  });

  it.each([
    ['{}', 'config.controls: expected a list of controls, got none'],
    ['{"controls":{}}', 'config.controls: expected a list'],
    ['{"controls":[null]}', 'config.controls[0]: expected a control made by defineControl, got null'],
    ['{"controls":[{"name":"x"}]}', 'config.controls[0]: expected a control made by defineControl, got another object'],
    ['{"controls":[],"upstreams":{}}', 'config.upstreams: expected 1 to 64 upstreams, got none'],
    [
      '{"controls":[],"upstreams":{"a":{},"b":{"prefix":false}}}',
      'config.upstreams.a.prefix: expected true (its tools and prompts become a___NAME), a word (WORD___NAME) or false',
    ],
    [
      '{"controls":[],"upstreams":{"a":{"prefx":true},"b":{"prefix":false}}}',
      'config.upstreams.a: expected one of maxConnections, connectMs, firstByteMs, idleMs, maxSessions, sessionIdleMs, reopen, caseSensitiveTools, prefix, got "prefx"',
    ],
    [
      '{"controls":[],"upstreams":{"a":5,"b":{"prefix":false}}}',
      'config.upstreams.a: expected an object, got a number',
    ],
    ['{"controls":[],"upstreams":{"A b":{}}}', 'expected a name of lower-case letters, digits and hyphens, got "A b"'],
    ['{"controls":[],"upstreams":{"default":5}}', 'config.upstreams.default: expected an object, got a number'],
    [
      '{"controls":[],"upstreams":{"default":{"maxConnections":0}}}',
      'config.upstreams.default.maxConnections: expected a whole number from 1 to 65535, got 0',
    ],
    [
      '{"controls":[],"upstreams":{"default":{"reopen":1}}}',
      'config.upstreams.default.reopen: expected true or false, got a number',
    ],
    [
      '{"controls":[],"upstreams":{"default":{"reopens":true}}}',
      'config.upstreams.default: expected one of maxConnections, connectMs, firstByteMs, idleMs, maxSessions, sessionIdleMs, reopen, caseSensitiveTools, prefix, got "reopens"',
    ],
    [
      '{"controls":[],"upstreams":{"default":{"sessionIdleMs":86400001}}}',
      'config.upstreams.default.sessionIdleMs: expected a whole number from 1 to 86400000, got 86400001',
    ],
    ['{"controls":[],"limits":5}', 'config.limits: expected an object, got a number'],
    [
      '{"controls":[],"limits":{"maxbody":1}}',
      'config.limits: expected one of maxBody, maxDepth, maxInspectedReply, headersMs, requestMs, got "maxbody"',
    ],
    [
      '{"controls":[],"limits":{"maxBody":104857601}}',
      'config.limits.maxBody: expected a whole number from 1 to 104857600, got 104857601',
    ],
    [
      '{"controls":[],"limits":{"maxDepth":1.5}}',
      'config.limits.maxDepth: expected a whole number from 1 to 1000, got 1.5',
    ],
    [
      '{"controls":[],"limits":{"maxBody":"1"}}',
      'config.limits.maxBody: expected a whole number from 1 to 104857600, got a string',
    ],
    [
      '{"controls":[],"limits":{"headersMs":500,"requestMs":400}}',
      'config.limits.headersMs: expected at most requestMs (400), got 500',
    ],
    [
      '{"controls":[],"caller":{}}',
      'config.caller: expected none(), header(…), jwks(…), agentcoreJwt() or fixed(…), got another object',
    ],
    ['{"controls":[],"caller":"header"}', 'config.caller: expected none()'],
    [
      '{"controls":[],"control":[]}',
      'config: expected one of upstreams, separator, controls, caller, limits, toolRefusals, search, got "control"',
    ],
  ])('%s is refused, and the error says what was got and expected', (text, fault) => {
    expect(faultsOf(untyped(text))).toEqual([expect.stringContaining(fault)]);
  });

  it('refuses a control that decides by the caller if no source of the caller is configured', () => {
    const perCaller = defineControl({ name: 'mine', perCaller: true, setup: () => (call, next) => next(call) });
    expect(faultsOf({ controls: [perCaller] })).toEqual([
      'control mine decides by who calls: expected config.caller to be header(…), jwks(…), agentcoreJwt() or fixed(…), got none()',
    ]);
    expect(faultsOf({ controls: [perCaller], caller: header('x-user') })).toEqual([]);
    expect(faultsOf({ controls: [control('theirs')] })).toEqual([]);
  });

  it('refuses the function that makes a control instead of the control', () => {
    expect(faultsOf({ controls: [audit as never], caller: none as never })).toEqual([
      'config.controls[0]: expected a control made by defineControl, got a function: call it, as in audit()',
      expect.stringContaining('got a function: call it, as in none()'),
    ]);
  });

  it('refuses two controls with the same name', () => {
    expect(faultsOf({ controls: [control('a'), control('b'), control('a')] })).toEqual([
      'config.controls[2]: expected a name used once, got a second a',
    ]);
  });

  it('refuses a list of upstreams', () => {
    expect(faultsOf(untyped('{"controls":[],"upstreams":[]}'))).toContain(
      'config.upstreams: expected an object, got a list',
    );
  });

  it('limits the headers if only the whole request has a shorter limit', () => {
    const faults: string[] = [];
    expect(settingsOf({ controls: [], limits: { requestMs: 500 } }, faults).limits).toMatchObject({
      headersMs: 500,
      requestMs: 500,
    });
    expect(faults).toEqual([]);
  });
});

describe('the bindings', () => {
  it.each<[Record<string, string>, string]>([
    [{}, "UPSTREAM_URL: expected the upstream's URL (or UPSTREAM_ARN), got nothing"],
    [{ UPSTREAM_URL: '' }, "UPSTREAM_URL: expected the upstream's URL (or UPSTREAM_ARN), got nothing"],
    [{ UPSTREAM_URL: 'http://remote.example/mcp' }, 'UPSTREAM_URL: '],
    [{ UPSTREAM_ARN: 'arn:aws:s3:::bucket' }, 'UPSTREAM_ARN: '],
    [{ ...URL_BOUND, UPSTREAM_ARN: 'arn:aws:x' }, 'UPSTREAM_ARN: expected the ARN of an AgentCore gateway or runtime'],
    [{ ...URL_BOUND, UPSTREAM_AUTH: 'basic' }, `UPSTREAM_AUTH: expected ${waysInWords()}, got "basic"`],
    [{ ...URL_BOUND, UPSTREAM_AUTH: 'iam' }, 'AWS_REGION: expected a region to sign for'],
    [{ ...URL_BOUND, UPSTREAM_AUTH: 'iam', AWS_REGION: '' }, 'AWS_REGION: expected a region to sign for'],
    [{ ...URL_BOUND, UPSTREAM_AUTH: 'bearer' }, 'UPSTREAM_SECRET: expected where the secret is'],
    [
      { ...URL_BOUND, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:X', UPSTREAM_HEADER: 'X Key' },
      'UPSTREAM_HEADER: expected the name of a header for the secret, got "X Key"',
    ],
    [
      { ...URL_BOUND, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:X', UPSTREAM_HEADER: 'Host' },
      'UPSTREAM_HEADER: expected the name of a header for the secret, got "Host"',
    ],
    [
      { ...URL_BOUND, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:X', UPSTREAM_HEADER: 'Accept' },
      'UPSTREAM_HEADER: expected the name of a header for the secret, got "Accept"',
    ],
    [{ ...URL_BOUND, PORT: '70000' }, 'PORT: expected 0 to 65535, got "70000"'],
    [{ ...URL_BOUND, PORT: 'http' }, 'PORT: expected 0 to 65535, got "http"'],
    [
      { ...URL_BOUND, ALLOWED_HOSTS: 'ok.example, https://x.example' },
      'ALLOWED_HOSTS: expected host or host:port, separated by commas, got "https://x.example"',
    ],
    [{ ...URL_BOUND, ALLOWED_HOSTS: '*' }, 'ALLOWED_HOSTS: expected host or host:port'],
    [{ ...URL_BOUND, SESSION_SECRET: 'plain' }, 'SESSION_SECRET: '],
  ])('%o is refused, and the error says what was got and expected', async (environment, fault) => {
    expect(await startFaults({ controls: [] }, environment)).toEqual([expect.stringContaining(fault)]);
  });

  it('show no secret that was given instead of its place', async () => {
    const faults = await startFaults(
      { controls: [] },
      { ...URL_BOUND, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'hunter2-hunter2' },
    );
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('are reported completely, together with the faults of the config', async () => {
    const config = {
      controls: [control('a', { A_TABLE: 'where a keeps things' })],
      caller: agentcoreJwt(),
      limits: { maxDepth: 0 },
    };
    const faults = await startFaults(config, {
      PORT: 'x',
      UPSTREAM_AUTH: 'basic',
      ALLOWED_HOSTS: 'a/b',
      SESSION_SECRET: 'plain',
    });
    expect(faults.map((fault) => fault.split(':', 1)[0]).toSorted((a = '', b = '') => (a < b ? -1 : 1))).toEqual([
      'ALLOWED_HOSTS',
      'A_TABLE',
      'INBOUND_AUTH',
      'PORT',
      'SESSION_SECRET',
      'UPSTREAM_AUTH',
      'UPSTREAM_URL',
      'config.limits.maxDepth',
    ]);
    expect(faults).toContain('A_TABLE: expected a value for control a (where a keeps things), got nothing');
  });

  it('are reported once if two controls lack the same one', async () => {
    const controls = [control('a', { TABLE: 'the table' }), control('b', { TABLE: 'the table' })];
    expect(await startFaults({ controls }, URL_BOUND)).toEqual([
      'TABLE: expected a value for control a (the table), got nothing',
    ]);
  });

  it('are reported together with what the source of the caller lacks', async () => {
    expect(await startFaults({ controls: [], caller: header('two words') }, {})).toEqual([
      expect.stringContaining('UPSTREAM_URL'),
      'caller header: expected the name of a header, got "two words"',
    ]);
  });

  it('may be empty if they have a default', async () => {
    expect(
      await startFaults(
        { controls: [] },
        { ...URL_BOUND, HOST: '', ALLOWED_HOSTS: '', SESSION_SECRET: '', UPSTREAM_AUTH: '' },
      ),
    ).toEqual([]);
  });
});

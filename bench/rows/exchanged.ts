/**
 * A call on behalf of its caller, whose exchanged token is known, compared with one that all callers share (`oauth`): same
 * callers, same upstream. And what the first call of a token takes, which asks the issuer.
 */
import http from 'node:http';
import { bench } from '../build.ts';
import { serve, serveDrained } from '../child.ts';
import { contest, type Contenders } from '../contest.ts';
import { type Finding, ratio } from '../finding.ts';
import { median, pairwise, spread } from '../stats.ts';
import { before, upstream, type Programs } from '../subjects.ts';
import { callBody, callHeaders, SAME_CUSTOMER, TOOL } from '../wire.ts';

const SERVES = { REQUIRE_AUTH: 'Bearer bench-token' };

/** A caller's token. The proxy behind the platform's authorizer only decodes it. */
function tokenOf(sub: string, id: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'https://login.example.com',
    sub,
    aud: 'mcp',
    client_id: 'assistant',
    jti: id,
    exp: 4_102_444_800,
  };
  return `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}.${'s'.repeat(342)}`;
}

const bindings = (way: string, tokens: number): Record<string, string> => ({
  INBOUND_AUTH: 'jwt',
  UPSTREAM_AUTH: way,
  UPSTREAM_TOKEN_URL: `http://127.0.0.1:${tokens}/token`,
  UPSTREAM_CLIENT_ID: 'bench',
  UPSTREAM_SECRET: 'env:BENCH_SECRET',
  UPSTREAM_AUDIENCE: 'crm',
  BENCH_SECRET: 'bench',
});

export async function exchanged({ proxy, selfCheck }: Programs, quick: boolean): Promise<Finding[]> {
  const tokens = await serve({ args: [bench('token-endpoint.ts')] });
  try {
    const by = (way: string): Contenders<'oauth'>['oauth'] => ({
      program: { ...proxy('callers'), env: bindings(way, tokens.port) },
      bearer: tokenOf('ann', 0),
      ...(selfCheck ? {} : { serves: SERVES }),
    });
    const { oauth, exchange } = await contest(
      { oauth: by('oauth'), exchange: by('token-exchange') },
      // Many short windows in turns: the machine's noise then affects both.
      {
        kind: 'small',
        era: 'modern',
        connections: 8,
        calls: 2000,
        warmUp: 10_000,
        sets: quick ? 2 : 4,
        rounds: quick ? 10 : 16,
      },
    );
    const each = (of: 'cpu' | 'p50') => pairwise(exchange[of], oauth[of], (a, b) => a / b);
    const findings = [
      ratio(
        'exchanged',
        'CPU per call, exchanged token from cache, to oauth: 300 B, 8 connections',
        each('cpu'),
        `${median(exchange.cpu).toFixed(1)} µs, oauth ${median(oauth.cpu).toFixed(1)} µs`,
        { atMost: 1.05 },
      ),
      ratio(
        'exchanged',
        'p50, exchanged token from cache, to oauth: 300 B, 8 connections',
        each('p50'),
        `${(1000 * median(exchange.p50)).toFixed(0)} µs, oauth ${(1000 * median(oauth.p50)).toFixed(0)} µs`,
      ),
    ];
    return selfCheck ? findings : [...findings, await first(proxy('callers').args, tokens.port, quick)];
  } finally {
    await tokens.stop();
  }
}

/** What a call takes that is the first one of its token, one after the other, in turns with one whose token is known. */
async function first(args: readonly string[], tokens: number, quick: boolean): Promise<Finding> {
  const up = await serve(upstream({ ERA: 'modern', ...SERVES }));
  const proxy = await serveDrained({
    args: [...args],
    env: { ...before(up.port), ...bindings('token-exchange', tokens) },
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const ms: Record<'new' | 'known', number[]> = { new: [], known: [] };
    const rounds = quick ? 100 : 400;
    for (let i = -50; i < rounds; i++) {
      const took = {
        new: await call(proxy.port, agent, tokenOf('ann', 1000 + i)),
        known: await call(proxy.port, agent, tokenOf('ann', 0)),
      };
      if (i < 0) continue;
      ms.new.push(took.new);
      ms.known.push(took.known);
    }
    const more = pairwise(ms.new, ms.known, (a, b) => a - b);
    return {
      row: 'exchanged',
      what: 'the first call of a token, more than of a known one, with an issuer on this machine',
      value: more.median,
      unit: 'ms',
      min: more.min,
      max: more.max,
      detail: `${spread(ms.new).median.toFixed(2)} ms, known ${spread(ms.known).median.toFixed(2)} ms`,
    };
  } finally {
    agent.destroy();
    await proxy.stop();
    await up.stop();
  }
}

/** @returns milliseconds until the whole answer is there */
function call(port: number, agent: http.Agent, token: string): Promise<number> {
  const body = callBody('small', 'modern', SAME_CUSTOMER);
  const headers = {
    ...callHeaders('tools/call', 'modern', TOOL.small),
    'Content-Length': Buffer.byteLength(body),
    Authorization: `Bearer ${token}`,
  };
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    http
      .request({ port, host: '127.0.0.1', path: '/mcp', method: 'POST', headers, agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`expected 200, got ${response.statusCode}`));
        response.resume().on('end', () => resolve(performance.now() - begun));
      })
      .on('error', reject)
      .end(body);
  });
}

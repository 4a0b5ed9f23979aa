/**
 * A proxy that calls its upstream on behalf of its callers, called by two people: each is answered in their own name, with
 * a token that the issuer gave for theirs. The client's secret comes from Secrets Manager, with the role of the stack.
 */
import { asText, isObject } from '../cloudformation/template.ts';
import { type Loopback, startLoopback } from '../support/loopback.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { CALLERS_KEY, tokenOf } from '../upstream/auth/callers-tokens.ts';
import { legacy, modern } from '../upstream/messages.ts';
import { discoveryUrlOf, imageOf, onLoopback, type Outputs, runtimeOf, type Site } from './calls.ts';
import { AUDIENCE, CLIENTS, LOGIN, PROXY_CLIENT, SECRET_ARN } from './deployments.ts';
import { bearing, post } from './platform/caller.ts';
import { environmentOf } from './platform/environment.ts';
import { startMetadataService } from './platform/metadata-service.ts';
import { startRuntimeService } from './platform/runtime-service.ts';
import { expect } from './progress.ts';

const PEOPLE = ['alice', 'bob'] as const;

/** Returns what happened, in words. */
export async function callAsPeople({ account, engine }: Site, outputs: Outputs): Promise<string> {
  const runtime = runtimeOf(account, outputs);
  const roleArn = String(runtime.properties['RoleArn']);
  account.secrets.set(SECRET_ARN, JSON.stringify({ clientSecret: 'first-secret' }));
  await using issuer = await startTokenIssuer({ clientId: PROXY_CLIENT, callersKey: CALLERS_KEY });
  await using keys = await startLoopback((_request, response) => {
    const jwk = { ...CALLERS_KEY.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
  const upstream = await startCrm(issuer);
  await using _crm = upstream.server;
  await using metadata = await startMetadataService(account, roleArn);
  await using service = await startRuntimeService(
    account,
    new Map([[discoveryUrlOf(runtime), { issuer: LOGIN, jwksUri: `${keys.url}/keys` }]]),
  );
  const { environment } = environmentOf(runtime, {
    region: account.region,
    metadata: metadata.url,
    upstream: `${upstream.server.url}/mcp`,
    issuer: issuer.issuer.href,
    aws: account.endpoint,
  });
  await using proxy = await engine.start(imageOf(runtime), environment);
  service.containers.set(runtime.id, proxy.origin);
  const url = onLoopback(outputs, service.url);
  const tokens = await Promise.all(
    PEOPLE.map((person) => tokenOf(person, { iss: LOGIN, client_id: CLIENTS[0], scope: 'mcp' })),
  );
  try {
    for (const { body } of [modern('tools/call', { name: 'whoami' }), legacy('tools/call', { name: 'whoami' })]) {
      const answers = await Promise.all(tokens.map((token) => post(url, body, bearing(token))));
      for (const [i, person] of PEOPLE.entries())
        expect(
          answers[i]?.status === 200 && answers[i].text.includes(`"you are ${person}"`),
          () => `expected an answer for ${person}, got ${answers[i]?.status} ${answers[i]?.text}`,
        );
    }
    const known = upstream.seen.filter((authorization) => tokens.some((token) => authorization.includes(token)));
    expect(known.length === 0, () => "a caller's own token reached the upstream");
    expect(
      issuer.tokenRequests.length === PEOPLE.length,
      () => `expected one exchange for each person, got ${issuer.tokenRequests.length}`,
    );
    const other = await tokenOf('mallory', { iss: LOGIN, client_id: 'another', scope: 'mcp' });
    const { status } = await post(url, modern('tools/list').body, bearing(other));
    expect(status === 401, () => `expected 401 for a token of another client, got ${status}`);
    issuer.refuses = 'interaction_required';
    const refused = await post(
      url,
      modern('tools/list').body,
      bearing(await tokenOf('carol', { iss: LOGIN, client_id: CLIENTS[0], scope: 'mcp' })),
    );
    expect(
      refused.status === 403 && refused.text.includes('"reason":"caller-refused"'),
      () => `expected caller-refused, got ${refused.status} ${refused.text}`,
    );
    for (const token of tokens)
      expect(!proxy.log().includes(token.slice(-40)), () => "a caller's token is in the proxy's log");
    const { code } = await proxy.stop();
    expect(code === 0, () => `expected the proxy to end with 0 after SIGTERM, got ${code}`);
  } catch (error) {
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nthe proxy printed: ${proxy.log().slice(-3000)}`,
      { cause: error },
    );
  }
  return `${PEOPLE.join(' and ')} each get their own answer in both eras, with ${issuer.tokenRequests.length - 1} exchanges`;
}

/** An upstream that answers each person in their own name, and nobody without a token of the issuer for it. */
async function startCrm(issuer: TokenIssuer): Promise<{ readonly server: Loopback; readonly seen: readonly string[] }> {
  const seen: string[] = [];
  const server = await startLoopback((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const authorization = request.headers.authorization ?? '';
      seen.push(authorization);
      issuer.verify(authorization).then(
        ({ sub, aud }) => {
          if (aud !== AUDIENCE) return response.writeHead(401).end();
          const message: unknown = JSON.parse(text);
          const id = isObject(message) ? message['id'] : undefined;
          const content = [{ type: 'text', text: `you are ${asText(sub)}` }];
          return response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content } }));
        },
        () => response.writeHead(401).end(),
      );
    });
  });
  return { server, seen };
}

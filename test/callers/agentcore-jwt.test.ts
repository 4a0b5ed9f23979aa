import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { agentcoreJwt } from '../../proxy/callers/agentcore-jwt.ts';
import { identify } from './seen-caller.ts';

const BOUND = { INBOUND_AUTH: 'jwt' };
const segment = (text: string | Buffer): string => Buffer.from(text).toString('base64url');
const token = (payload: string | Buffer): string =>
  `${segment('{"alg":"RS256"}')}.${segment(payload)}.${segment('signature')}`;

describe('a token that the platform verified', () => {
  it('identifies the caller and its claims, and is not forwarded', async () => {
    await using proxy = await identify(agentcoreJwt(), BOUND);
    const jwt = await new SignJWT({ iss: 'https://issuer.example', sub: 'ana', 'cognito:groups': ['x'] })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new Uint8Array(32));
    expect((await proxy.send(`Authorization: bearer ${jwt}`)).status).toBe(200);
    expect(proxy.callers).toMatchObject([
      { subject: 'ana', claims: { iss: 'https://issuer.example', 'cognito:groups': ['x'] } },
    ]);
    expect(proxy.upstream.received[0]?.headerNames).not.toContain('authorization');
  });

  it('identifies the same caller as before, and each payload its own, whatever else the tokens share', async () => {
    await using proxy = await identify(agentcoreJwt(), BOUND);
    for (const payload of ['{"sub":"ana"}', '{"sub":"ben"}', '{"sub":"ana"}'])
      await proxy.send(`Authorization: Bearer ${token(payload)}`);
    expect(proxy.callers.map(({ subject }) => subject)).toEqual(['ana', 'ben', 'ana']);
    expect(proxy.callers[2]).toBe(proxy.callers[0]);
  });

  it.each([
    ['no token', []],
    ['another scheme', ['Authorization: Basic YTpi']],
    ['no scheme', [`Authorization: ${token('{"sub":"secret"}')}`]],
    [
      'two headers',
      [`Authorization: Bearer ${token('{"sub":"secret"}')}`, `Authorization: Bearer ${token('{"sub":"ana"}')}`],
    ],
    ['two tokens', [`Authorization: Bearer ${token('{"sub":"secret"}')}, Bearer ${token('{"sub":"ana"}')}`]],
    ['an opaque token', ['Authorization: Bearer secret-secret-secret']],
    ['a token of two parts', [`Authorization: Bearer ${segment('{}')}.${segment('{"sub":"secret"}')}`]],
    ['an encrypted token', [`Authorization: Bearer ${token('{"sub":"secret"}')}.x.y`]],
    [
      'a token without signature',
      [`Authorization: Bearer ${segment('{"alg":"none"}')}.${segment('{"sub":"secret"}')}.`],
    ],
    ['a payload that is not JSON', [`Authorization: Bearer ${token('secret')}`]],
    ['a payload that is a list', [`Authorization: Bearer ${token('["secret"]')}`]],
    ['a payload with a repeated claim', [`Authorization: Bearer ${token('{"sub":"ana","sub":"secret"}')}`]],
    ['a payload that is not UTF-8', [`Authorization: Bearer ${token(Buffer.from('{"sub":"secret\xe9"}', 'latin1'))}`]],
  ])('is refused with 403 if it is %s, and its text is not shown', async (_, headers) => {
    await using proxy = await identify(agentcoreJwt(), BOUND);
    const reply = await proxy.send(...headers);
    expect(reply.status).toBe(403);
    expect(reply.header('www-authenticate')).toBeUndefined();
    expect(reply.json()).toMatchObject({
      id: 1,
      error: {
        code: -31403,
        message: expect.stringMatching(/expected|is not a JSON object/),
        data: { reason: 'unauthenticated-caller' },
      },
    });
    expect(reply.text).not.toContain('secret');
    expect(reply.text).not.toContain(segment('{"sub"').slice(0, 8));
    expect([proxy.callers, proxy.upstream.received]).toEqual([[], []]);
  });

  it.each([
    [{}, /INBOUND_AUTH: expected a value for caller agentcore-jwt .*, got nothing/],
    [{ INBOUND_AUTH: 'iam' }, /expected INBOUND_AUTH=jwt, got iam/],
  ])('is not trusted, and the proxy does not start, with %o bound', async (environment, message) => {
    await expect(identify(agentcoreJwt(), environment)).rejects.toThrow(message);
  });
});

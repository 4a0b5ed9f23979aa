import { describe, expect, it } from 'vitest';
import { callerOf } from '../../proxy/call/caller.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { header } from '../../proxy/callers/header.ts';
import { none } from '../../proxy/callers/none.ts';
import { identify } from './seen-caller.ts';

describe('no source of the caller', () => {
  it.each([undefined, none()])('distinguishes no callers, and reads no header', async (source) => {
    await using proxy = await identify(source);
    expect((await proxy.send('Authorization: Bearer x', 'X-Caller: somebody')).status).toBe(200);
    expect(proxy.callers).toEqual([{ subject: undefined, claims: {}, key: '' }]);
  });
});

describe('a fixed caller', () => {
  it('is every caller, with all claims, frozen', async () => {
    await using proxy = await identify(fixed({ sub: 'ana', groups: ['admin'], nested: { a: 1 } }));
    await proxy.send();
    const [caller] = proxy.callers;
    expect(caller).toMatchObject({ subject: 'ana', claims: { sub: 'ana', groups: ['admin'], nested: { a: 1 } } });
    expect(Object.isFrozen(caller?.claims['nested'])).toBe(true);
  });
});

describe('a header that identifies the caller', () => {
  it.each([
    ['a text', 'ana', 'ana'],
    ['a text with commas', 'CN=ana, O=example', 'CN=ana, O=example'],
    ['UTF-8', Buffer.from('José').toString('latin1'), 'José'],
    ['claims', '{"sub":"ana","role":"admin"}', 'ana'],
    ['claims with only a client', '{"client_id":"m2m"}', 'm2m'],
  ])('is accepted as %s', async (_, value, subject) => {
    await using proxy = await identify(header('X-Caller'));
    expect((await proxy.send(`X-Caller: ${value}`)).status).toBe(200);
    expect(proxy.callers.map((caller) => caller.subject)).toEqual([subject]);
    expect(proxy.upstream.received[0]?.headerNames).not.toContain('x-caller');
  });

  it.each(['{"sub":"admin","groups":["admins"]}', '{', '{"sub":'])(
    'is a text only, if that is all it may be: %s',
    async (value) => {
      await using proxy = await identify(header('X-Caller', { text: true }));
      expect((await proxy.send(`X-Caller: ${value}`)).status).toBe(200);
      expect(proxy.callers.map(({ claims }) => claims)).toEqual([{ sub: value }]);
    },
  );

  it.each([
    ['that is missing', [], 'expected the header x-caller, got none'],
    ['that is empty', ['X-Caller: '], 'expected the header x-caller, got none'],
    ['that is repeated', ['X-Caller: admin', 'X-Caller: ana'], 'once, got it 2 times'],
    ['that is repeated with the same value', ['X-Caller: ana', 'x-caller: ana'], 'once, got it 2 times'],
    ['with broken claims', ['X-Caller: {"sub":"ana"'], 'is not a JSON object'],
    ['with repeated claims', ['X-Caller: {"sub":"ana","sub":"admin"}'], 'is not a JSON object'],
    [
      'with claims nested deeply',
      [`X-Caller: {"sub":"ana","a":${'['.repeat(50)}${']'.repeat(50)}}`],
      'is not a JSON object',
    ],
    ['that is not UTF-8', ['X-Caller: Jos\xe9'], 'in UTF-8'],
  ])('%s is refused with 403, and its value is not shown', async (_, headers, message) => {
    await using proxy = await identify(header('X-Caller'));
    const reply = await proxy.send(...headers);
    expect(reply.status).toBe(403);
    expect(reply.json()).toMatchObject({ id: 1, error: { code: -31403, data: { reason: 'unauthenticated-caller' } } });
    expect(reply.json().error?.message).toContain(message);
    expect(reply.text).not.toMatch(/ana|admin|Jos/);
    expect([proxy.callers, proxy.upstream.received]).toEqual([[], []]);
  });
});

describe('a repeated caller header', () => {
  it.each([0, 1, 100, 260, 1_000, 1_500, 20_000])('is refused with %i other headers in between', async (between) => {
    await using proxy = await identify(header('X-Caller'));
    const reply = await proxy.send(
      'X-Caller: forged',
      ...Array.from({ length: between }, () => 'a:'),
      'X-Caller: front',
    );
    expect([reply.status, reply.json().error?.data?.['reason']]).toEqual(
      between < 260 ? [403, 'unauthenticated-caller'] : [431, 'too-many-headers'],
    );
    expect([proxy.callers, proxy.upstream.received]).toEqual([[], []]);
  });
});

describe('a caller who calls again', () => {
  it('is the same object, which cannot be changed', async () => {
    await using proxy = await identify(header('X-Caller'));
    for (const value of ['{"sub":"ana","groups":["x"]}', 'ana', '{"sub":"ana","groups":["x"]}', 'ben'])
      await proxy.send(`X-Caller: ${value}`);
    const [first, second, again, other] = proxy.callers;
    expect(again).toBe(first);
    expect([second, other]).toMatchObject([{ claims: { sub: 'ana' } }, { subject: 'ben' }]);
    expect(second).not.toBe(first);
    expect([Object.isFrozen(first), Object.isFrozen(first?.claims), Object.isFrozen(first?.claims['groups'])]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('is refused like an unknown one if the header is repeated', async () => {
    await using proxy = await identify(header('X-Caller'));
    expect((await proxy.send('X-Caller: ana, ben')).status).toBe(200);
    // Node joins the two to exactly the same text.
    expect((await proxy.send('X-Caller: ana', 'X-Caller: ben')).status).toBe(403);
    expect(proxy.callers).toHaveLength(1);
  });
});

describe("a caller's key", () => {
  it('is the same for the same issuer and subject, whatever else is claimed', () => {
    expect(callerOf({ iss: 'i', sub: 'a', iat: 1 }).key).toBe(callerOf({ iss: 'i', sub: 'a', iat: 2 }).key);
  });

  it.each([
    [
      { iss: 'i', sub: 'a' },
      { iss: 'j', sub: 'a' },
    ],
    [
      { iss: 'i', sub: 'a' },
      { iss: 'i', sub: 'b' },
    ],
    [
      { iss: 'i', sub: 'a' },
      { iss: 'i', client_id: 'a' },
    ],
    [
      { iss: 'i', client_id: 'a' },
      { iss: 'i', azp: 'a' },
    ],
    [
      { iss: 'a","b', sub: 'c' },
      { iss: 'a', sub: 'b","c' },
    ],
    [
      { iss: 'i', email: 'a' },
      { iss: 'i', email: 'b' },
    ],
  ])('distinguishes %o from %o', (one, other) => {
    expect(callerOf(one).key).not.toBe(callerOf(other).key);
  });

  it.each([
    { sub: 1, client_id: 'web-app' },
    { sub: '', client_id: 'web-app' },
    { sub: null, azp: 'web-app' },
    { sub: ['ann'], client_id: 'web-app' },
    { client_id: 7, azp: 'web-app' },
    { iss: ['i'], sub: 'ann' },
    { iss: '', sub: 'ann' },
  ])('is made of no claim that is no text, nor does another one take its place: %o', async (claims) => {
    await using proxy = await identify(header('X-Caller'));
    const refused = await proxy.send(`X-Caller: ${JSON.stringify(claims)}`);
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('to be a text that is not empty')]);
    expect(proxy.callers).toEqual([]);
  });
});

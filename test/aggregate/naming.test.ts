import { describe, expect, it } from 'vitest';
import { areAlike, LONGEST_NAME, Naming } from '../../proxy/aggregate/naming.ts';
import { Places } from '../../proxy/aggregate/places.ts';
import { ListedUris, mayGive, templateOf, unwrapUri, wrapUri } from '../../proxy/aggregate/uris.ts';
import { named, unnamed, Wrapper } from '../../proxy/aggregate/wrapped.ts';
import { settingsOf } from '../../proxy/config/config.ts';

describe('names', () => {
  it.each(['add', 'a___b', '', 'x'.repeat(60 - 'math___'.length)])('gives %j back', (name) => {
    const naming = new Naming('math');
    expect(naming.own(naming.shown(name))).toBe(name);
  });

  it('shortens a name that a model would refuse, always in the same way, and says that it can not be given back', () => {
    const naming = new Naming('math');
    const long = 'x'.repeat(60);
    const shown = naming.shown(long);
    expect([shown, shown.length]).toEqual([`math___${'x'.repeat(48)}_6ee4e96a`, LONGEST_NAME]);
    expect(naming.own(shown)).toBeUndefined();
    expect(naming.shown(`${long}y`)).not.toBe(shown);
  });

  it('never cuts a character in two', () => {
    const naming = new Naming('ev');
    for (let length = 40; length < 60; length++) {
      const shown = naming.shown(`${'x'.repeat(length)}\u{1f600}${'y'.repeat(30)}`);
      expect([shown.isWellFormed(), naming.own(shown)]).toEqual([true, undefined]);
      expect(shown.length).toBeLessThanOrEqual(LONGEST_NAME);
    }
  });

  it('leaves a name alone that has no prefix, however long it is', () => {
    expect(new Naming('').shown('x'.repeat(100))).toBe('x'.repeat(100));
  });

  it.each([
    ['crm___pay', 'CRM___pay'],
    ['crm___pay', 'сrm___pay'],
    ['crm___pay', 'ｃｒｍ___pay'],
    ['crm___pay', 'crm_\u200b__pay'],
    ['crm___pay', 'crm---pay'],
    ['pay', 'раy'],
    ['file', 'ﬁle'],
    ['crm___pay', ' crm___pay\u00a0'],
    ['crm___pay', 'ᴄʀᴍ___ᴘᴀʏ'],
    ['crm___pay', 'ꮯrm___pay'],
    ['crm___go', 'crm___ցօ'],
    ['bob', 'b0b'],
    ['crm___pay', 'crrn___pay'],
    ['crm___pay', 'crm__pay'],
    ['crm___pay', 'crm____pay'],
    ['call', 'ca1l'],
    ['call', 'caIl'],
    ['call', 'ca|l'],
    ['Call', 'CaIl'],
    ['i_l', 'I_I'],
    ['initial_list', 'InitIaI_IIst'],
    ['Initial', 'lnitiaI'],
    ['list_all_Items', 'Iist_aII_ltems'],
    ['call', 'ca\u0406l'],
    ['call', 'ca\u0399\u200bl'],
    ['pall', 'p\u0430Il'],
    ['call_\u0430', 'caIl_a'],
    ['wow', 'vvow'],
    ['vwv', 'vvvv'],
    ['LOGOUT', 'L0g0ut'],
    ['modern', 'm\u043ed\u0435m'],
  ])('takes %j and %j for one another', (one, other) => {
    expect([areAlike(one, other), areAlike(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['parse_uri', 'parse_url'],
    ['getURI', 'getURL'],
    ['get_mail', 'get_mall'],
    ['clone', 'done'],
    ['INITIAL', 'INTIAL'],
    ['list_IDs_of_I', 'list_lDs_of_L'],
    ['LIST', 'LLST_I'],
    ['a_b', 'a__b'],
    ['v1', 'v2'],
    ['list_ids', 'list_id'],
  ])('tells %j and %j apart', (one, other) => {
    expect([areAlike(one, other), areAlike(other, one)]).toEqual([false, false]);
  });
});

describe('URIs', () => {
  it.each([
    ['file:///{path}', 'file:///a/b', true],
    ['file:///a', 'file:///a', true],
    ['file:///a', 'file:///b', false],
    ['a://{x}/b/{y}', 'a://1/b/2', true],
    ['a://{x}/b/{y}', 'a://1/c/2', false],
    ['a://{x}z', 'a://z', true],
    ['a://{x}', 'b://z', false],
  ])('%s may give %s: %j', (template, uri, expected) => {
    expect(mayGive(templateOf(template), uri)).toBe(expected);
  });

  it('finds the upstream in a URI that was given its name, and in no other', () => {
    const byName = new Map([['crm', 1]]);
    expect(unwrapUri(wrapUri('crm', 'git+ssh://x'), byName)).toEqual({ of: 1, uri: 'git+ssh://x' });
    expect(unwrapUri('git+ssh://x', byName)).toBeUndefined();
  });
});

describe('ids', () => {
  const at = (url: string): Places => new Places(new Map([['crm', url]]));
  const knowing = (secret: string, url = 'https://crm.example.com/mcp'): Wrapper => {
    const wrapper = new Wrapper(at(url));
    wrapper.learn(secret);
    return wrapper;
  };
  const wrapper = knowing('a secret');

  it('seals an id, always in the same form, and opens it for its caller and purpose only', () => {
    const sealed = wrapper.seal('task', 'crm', 'ann', 'task-1');
    expect(wrapper.seal('task', 'crm', 'ann', 'task-1')).toBe(sealed);
    expect(knowing('a secret').open('task', 'ann', sealed)).toEqual({ upstream: 'crm', id: 'task-1' });
    expect(wrapper.open('task', 'bob', sealed)).toBeUndefined();
    expect(wrapper.open('state', 'ann', sealed)).toBeUndefined();
    expect(new Wrapper(at('https://crm.example.com/mcp')).open('task', 'ann', sealed)).toBeUndefined();
    for (let i = 6; i < sealed.length; i++) {
      const changed = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1);
      expect(changed === sealed ? undefined : wrapper.open('task', 'ann', changed)).toBeUndefined();
    }
    for (const more of ['x', '=', ' ', '%', '\n']) expect(wrapper.open('task', 'ann', sealed + more)).toBeUndefined();
  });

  it('opens no id of an upstream that is at another address now', () => {
    const sealed = wrapper.seal('state', 'crm', 'ann', 'state-1');
    expect(knowing('a secret', 'https://other.example.com/mcp').open('state', 'ann', sealed)).toBeUndefined();
  });

  it.each(['1', '"a"', '"x:1"', '-3', '"\\u0061"', '"1"'])('gives the id %s of a question back', (id) => {
    expect(unnamed(named('crm', id))).toEqual({ upstream: 'crm', id });
  });

  it.each(['1', '"a"', '"crm:"', '"crm:a"', '"crm:{}"', '"CRM:1"', '"crm:1,2"'])('finds no upstream in %s', (id) => {
    expect(unnamed(id)).toBeUndefined();
  });
});

describe('the templates of an upstream', () => {
  const listed = (...templates: readonly string[]): ListedUris => new ListedUris([], templates.map(templateOf));

  it('are compared with a URI', () => {
    expect([listed('a://{x}/b').has('a://1/b'), listed('a://{x}/b').has('a://1/c')]).toEqual([true, false]);
  });

  // A reply may have a hundred thousand URIs, and each is compared with each of their parts.
  it.each([
    ['201 of them', listed(...Array.from({ length: 201 }, (_, i) => `a${i}://{x}`)), 'b://c'],
    ['more than 1,000 parts', listed(...Array.from({ length: 40 }, () => 'a{x}'.repeat(30))), 'b://c'],
    ['more than 64 thousand characters', listed(`a://${'a'.repeat(66_000)}{x}`), 'b://c'],
    ['a URI of more than 8 thousand', listed('a://{x}/b'), `b://${'c'.repeat(9_000)}`],
  ])('may give any URI beyond a bound: %s', (_case, uris, uri) => {
    expect(uris.has(uri)).toBe(true);
  });
});

describe('a config with several upstreams', () => {
  const faultsOf = (upstreams: object, separator?: string): string[] => {
    const errors: string[] = [];
    settingsOf(
      { controls: [], upstreams: upstreams as never, ...(separator === undefined ? {} : { separator }) },
      errors,
    );
    return errors;
  };

  it('must say the prefix of each, and the error says what would be renamed', () => {
    expect(faultsOf({ math: {}, crm: { prefix: false } })).toEqual([
      'config.upstreams.math.prefix: expected true (its tools and prompts become math___NAME), a word (WORD___NAME) or false (they keep their names), since there are several upstreams; got nothing',
    ]);
  });

  it.each([
    [{ a: { prefix: 'x' }, b: { prefix: 'x' } }, '"x" of a and "x" of b'],
    [{ a: { prefix: 'crm' }, b: { prefix: 'CRM' } }, '"crm" of a and "CRM" of b'],
    [{ a: { prefix: 'x-y' }, b: { prefix: 'x_y' } }, '"x-y" of a and "x_y" of b'],
    [{ a: { prefix: 'x' }, b: { prefix: 'x_' } }, '"x" of a and "x_" of b'],
    [{ a: { prefix: 'bob' }, b: { prefix: 'b0b' } }, '"bob" of a and "b0b" of b'],
    [{ a: { prefix: 'crm' }, b: { prefix: 'crrn' } }, '"crm" of a and "crrn" of b'],
    [{ a: { prefix: 'aI' }, b: { prefix: 'al' } }, '"aI" of a and "al" of b'],
  ])('refuses prefixes that can be mistaken for each other: %j', (upstreams, expected) => {
    expect(faultsOf(upstreams)).toEqual([
      `config.upstreams: expected prefixes that can't be mistaken for each other, got ${expected}: choose two that look different (not only in case, dashes, or letters such as l and 1, o and 0, m and rn), and of which neither begins with the other`,
    ]);
  });

  it.each([
    ['a', 'a-token', 'UPSTREAM_A_TOKEN_URL'],
    ['token', 'default', 'UPSTREAM_TOKEN_URL'],
  ])(
    'refuses the names %s and %s, since one would read the address of the other as its own',
    (one, other, variable) => {
      expect(faultsOf({ [one]: { prefix: 'x' }, [other]: { prefix: 'y' } })).toEqual([
        `config.upstreams: expected names whose variables differ, got ${one} and ${other}, which both read ${variable}: rename one of them`,
      ]);
    },
  );

  it.each([[5], ['a b'], ['___x'], ['-x'], [''], ['x'.repeat(32)]])('refuses the prefix %j', (prefix) => {
    const faults = faultsOf({ a: { prefix }, b: { prefix: true } });
    expect(faults).toEqual([
      expect.stringContaining(
        'a word of at most 31 letters, digits, underscores and hyphens, first a letter or digit, without "___"',
      ),
    ]);
  });

  it('takes another separator, and refuses one that models do not take', () => {
    expect(faultsOf({ a: { prefix: true }, b: { prefix: true } }, '__')).toEqual([]);
    expect(faultsOf({ a: { prefix: true }, b: { prefix: true } }, ':')).toEqual([
      'config.separator: expected 1 to 8 letters, digits, underscores, dots or hyphens, got ":"',
    ]);
  });

  it('takes up to 64 upstreams', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`u${i}x`, { prefix: true }]));
    expect([faultsOf(many(64)), faultsOf(many(65)), faultsOf({})]).toEqual([
      [],
      ['config.upstreams: expected 1 to 64 upstreams, got 65'],
      ['config.upstreams: expected 1 to 64 upstreams, got none'],
    ]);
  });
});

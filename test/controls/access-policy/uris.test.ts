/** Many upstreams treat different URIs as the same resource: rules apply to every reading. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { allReadingsOf, type Readings, readingsOf } from '../../../proxy/controls/shared/uris/readings.ts';
import { callControl } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { asking, upstream } from './asking.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const CLOSED = [
  allow({ resources: ['*'] }),
  deny({
    resources: [
      'file:///closed/*',
      'https://h/closed/*',
      'customer://C-1',
      'note://café/*',
      'file://nas/closed/*',
      'https://ok.example/admin*',
      'https://ok.example/Reports/*',
      'https://b\u00fccher.example/x',
      'https://ok.example/a%20b/',
    ],
  }),
];
const OPEN = [allow({ resources: ['file:///open/*'] })];

const read = (uri: string) => ['resources/read', { type: 'Resource', uri }] as const;

/**
 * The verdicts of everything that decides: the engine of the proxy and of `policy test`, that of a replay, the
 * decisions for other controls, and the proxy itself.
 */
async function verdicts(policies: typeof OPEN, uri: string): Promise<readonly (string | undefined)[]> {
  const { engine, decide } = await asking(policies);
  const asker = { caller: callerOf({ sub: 'ann' }), upstream };
  const policy = accessPolicy({ policies });
  const { refused } = await callControl(policy, { method: 'resources/read', params: { uri } });
  return [
    decide({ sub: 'ann' }, ...read(uri)).verdict,
    engine.decideKnowing({ arguments: true, claims: false, resource: false }, asker, ...read(uri)).verdict,
    (await policy.decide(asker, ...read(uri))).verdict,
    refused === undefined ? 'allow' : 'deny',
  ];
}

const ALL = (verdict: string): readonly string[] => [verdict, verdict, verdict, verdict];

describe('a resource that a rule forbids', () => {
  it.each([
    'file:///closed/s',
    'file:///clos\ted/s',
    'file:///clo\r\nsed/s',
    ' file:///closed/s',
    '\ufefffile:///closed/s',
    'file:///closed/s\u0000',
    '\u001ffile:///closed/s',
    'file:///closed/s\u00a0',
    'FILE:///closed/s',
    'file:/closed/s',
    'file:closed/s',
    'file:\\\\\\closed\\s',
    'file:///./closed/s',
    'file:///%2e/closed/s',
    'file:////closed//s',
    'file:///\\closed/s',
    'file://localhost/closed/s',
    'file://other/closed/s',
    'file:////nas/closed/s',
    'file:///%63losed/s',
    'file:///%2563losed/s',
    'file:///closed%2Fs',
    'file:///closed%5cs',
    'file:///closed;v=1/s',
    'file:///clos%09ed/s',
    'HTTPS://H/closed/s',
    'https:\\\\h\\closed\\s',
    'https:h/closed/s',
    'https:///h/closed/s',
    'https://h:443/closed/s',
    'https://h:/closed/s',
    'https://h./closed/s',
    'https://user:password@h/closed/s',
    'https://a@b@h/closed/s',
    'https://%68/closed/s',
    'https://\uff28/closed/s',
    'https://h/a/../closed/s',
    'https://h//closed/s',
    'customer://C-1?x',
    'customer://C-1#x',
    'customer://x@C-1',
    'customer:///C-1',
    'customer://C%2D1',
    'CUSTOMER://C-1',
    'note://caf%C3%A9/a',
    'note://cafe\u0301/a',
    'note://CAF\u00c9/a',
    'https://ok.example/;x/admin',
    'https://ok.example/;/admin',
    'https://ok.example/%3bx/admin',
    'https://ok.example/%253Bx/admin',
    'https://ok.example/.;x/admin',
    'https://ok.example//;a=b;c//./admin;d',
    'https://ok.example/;a%2fadmin',
    'https://ok.example\\;x\\admin',
    'https://ok.example/%u0061dmin',
    'https://ok.example/%U0061dmin',
    'https://ok.example/%25u0061dmin',
    'https://ok.example%u002fadmin',
    'https://ok.example/%uff0e/admin',
    'https://ok.example/%uff41dmin',
    'https://ok.example/\uff41dmin',
    'https://ok.example/ad\u00admin',
    'https://ok.example/\u200badmin',
    'https://ok.example/ADMIN',
    'https://ok.example/%41dmin/users?x=1#y',
    'https://ok.example/%2561dmin',
    'https://ok.example/%25252561dmin',
    'https://ok.example:443/admin',
    'https://OK.EXAMPLE./admin',
    'https://ok\u3002example/admin',
    'https://\uff4f\uff4b.example/admin',
    'https://me:pass@ok.example/admin',
    'https://other.example\\@ok.example/admin',
    'https://other.example#@ok.example/admin',
    'https://other.example?@ok.example/admin',
    'https://a@ok.example/admin',
    'https://ok.example/reports./q1',
    'https://ok.example/reports%20/q1',
    'https://ok.example/REPORTS/q1',
    'https://ok.example/reports;v=1/q1',
    'https://xn--bcher-kva.example/x',
    'https://B\u00dcCHER.example/x',
    'https://bu\u0308cher.example/x/',
    'https://b%C3%BCcher.example/x?y',
    'https://b\u00fccher.example/x.',
    'https://b\u00fccher.example/x::$DATA',
    'https://ok.example/a b',
    'https://ok.example/A%2520B',
  ])('is also forbidden as %j', async (uri) => {
    expect(await verdicts(CLOSED, uri)).toEqual(ALL('deny'));
  });

  it.each([
    'file:///open/s',
    'file:///closedness/s',
    'https://h:8443/closed/s',
    'https://h/open?u=/closed/s',
    'customer://C-10',
    'note://cafe/a',
    'file:///open/caf%E9',
    'search://x?q=a%0Ab',
    'https://ok.example/;x/open',
    'https://ok.example/%u006fpen',
    'https://ok.example/open?to=/admin',
    'https://ok.example/x;admin',
    'https://ok.example/badmin',
    'https://other.example/admin',
    'https://ok.example.other/admin',
    'https://ok.example/report',
    'https://ok.example:8443/admin',
  ])('does not include %j', async (uri) => {
    expect(await verdicts(CLOSED, uri)).toEqual(ALL('allow'));
  });
});

describe('a URI', () => {
  it('that is longer than readers must accept is refused before its readings are computed', async () => {
    const long = (length: number): string => `https://h/${'%41.;a/'.repeat(length)}`.slice(0, length);
    expect(await verdicts([allow({ resources: ['*'] })], long(8192))).toEqual(ALL('allow'));
    expect(await verdicts([allow({ resources: ['*'] })], long(8193))).toEqual(ALL('deny'));
  });

  it('of plain letters has the same readings as the full computation gives', () => {
    const segment = fc.string({ unit: fc.constantFrom('a', 'B', 'z', 'Z', '0', '_', '-'), minLength: 1, maxLength: 4 });
    const uri = fc
      .tuple(
        fc.constantFrom('file:///', 'file://', 'https://', 'db://', 'a+b://', 'DB://'),
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('/', '.', '//', '/.'),
      )
      .map(([scheme, segments, between]) => scheme + segments.join(between));
    const sorted = (readings: Readings | undefined): unknown =>
      readings && [readings.plain, readings.lenient.toSorted()];
    fc.assert(
      fc.property(uri, (text) => {
        expect(sorted(readingsOf(text))).toEqual(sorted(allReadingsOf(text)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a rule that permits a folder', () => {
  it.each([
    'file:///open/../closed/s',
    'file:///open/.\t./closed/s',
    'file:///open/..\t/closed/s',
    'file:///open/..\n/closed/s',
    'file:///open/%2e.\r/closed/s',
    'file:///open/..;/closed/s',
    'file:///open/%2e%2e%3bx/closed/s',
    'file:///open/%c0%ae%c0%ae/closed/s',
    'file:///open/%e0%80%ae%e0%80%ae/closed/s',
    'file:///open/%252e%252e%252fclosed',
    'file:///open/..%5cclosed',
    'file:///open/a%00.txt',
    'FILE:///open/a',
    ' file:///open/a',
    'file:///open/%u002e%u002e/closed',
    'file:///open/..%u2215closed',
    'file:///open/\uff0e\uff0e/closed',
    'file:///open/\u2025/closed',
    'file:///open/..%20/closed',
    'file:///open/.%2e%20./closed',
    'file:///open/.\u200b./closed',
    'file:///open/..%09/closed',
    'file:///open/a%u0000.txt',
    'file:///%6fpen/a',
    'file:///%u006fpen/a',
    'file:///;x/open/a',
    'file:///OPEN/a',
    'file:///open./a',
  ])('does not permit %j', async (uri) => {
    expect(await verdicts(OPEN, uri)).toEqual(ALL('deny'));
  });

  it('permits the URIs that it names, in any spelling of the rule, as written and as a URL parser writes them', async () => {
    const { decide } = await asking([
      allow({
        resources: [
          'https://example.com',
          'file:///my docs/*',
          'note://café',
          'file:///open/{x}',
          'weather://{city}/now',
        ],
      }),
    ]);
    for (const uri of [
      'https://example.com',
      'file:///my docs/a',
      'note://café',
      'file:///open/{x}',
      'weather://{city}/now',
    ])
      expect(decide({}, ...read(uri)).verdict, uri).toBe('allow');
    for (const uri of ['https://example.com/a', 'file:///my', 'note://cafe'])
      expect(decide({}, ...read(uri)).verdict, uri).toBe('deny');
  });

  it('never permits a URI that a URL parser reads as something else', async () => {
    const { decide } = await asking(OPEN);
    const parts = fc.constantFrom(
      'file:',
      'FILE:',
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '\t',
      '\n',
      ' ',
      'open',
      'closed',
      'o\tpen',
      '?',
      '#',
      ';',
      '@',
      'localhost',
      ':',
      '%',
      '%00',
      'C|',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 10 }), (some) => {
        for (const uri of [some.join(''), `file:///open/${some.join('')}`]) {
          if (decide({}, ...read(uri)).verdict !== 'allow') continue;
          expect(new URL(uri).href).toMatch(/^file:\/\/\/open\//);
          expect(
            decodeURIComponent(
              new URL(decodeURIComponent(uri.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))).pathname.replaceAll(
                /%(?![0-9a-f]{2})/gi,
                '%25',
              ),
            ),
          ).toMatch(/^\/open\//);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

it('decides about every reading if Cedar decides by arguments, too', async () => {
  const { decide } = await asking([
    'permit (principal, action, resource);',
    'forbid (principal, action, resource) when { resource has uri && resource.uri like "file:///closed/*" && context.arguments has x };',
  ]);
  const verdict = (uri: string, given?: object) =>
    decide(
      {},
      'resources/read',
      { type: 'Resource', uri },
      given === undefined ? {} : { arguments: given as { x?: number } },
    ).verdict;
  expect([
    verdict('file:///%63losed/s', { x: 1 }),
    verdict('file:///%63losed/s', {}),
    verdict('file:///%63losed/s'),
  ]).toEqual(['deny', 'allow', 'undecidable']);
  expect(verdict('file:///open/s')).toBe('allow');
});

describe('a cached decision', () => {
  it('is never used for another action or name, whatever names a client chooses', async () => {
    const { decide } = await asking([allow({ methods: ['x\nTool\nopen'] }), allow({ tools: ['open\ndefault'] })]);
    const first = decide({}, 'x\nTool\nopen', { type: 'Upstream' });
    expect([first.verdict, decide({}, 'x', { type: 'Tool', name: 'open\nUpstream\n' }).verdict]).toEqual([
      'allow',
      'deny',
    ]);
  });
});

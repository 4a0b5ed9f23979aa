/**
 * The table of the controls in docs/controls.md, from the controls themselves: made in each of their ways, and asked.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { Call, type UpstreamView } from '../../proxy/call/call.ts';
import {
  accessPolicy,
  audit,
  email,
  enrichment,
  rateLimit,
  redaction,
  secrets,
  tokenization,
  validation,
} from '../../proxy/controls/index.ts';
import { asControl } from '../../proxy/pipeline/by-method.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { callOf, replyOf } from '../dispatch/fake.ts';

interface Row {
  readonly does: string;
  readonly page: string;
  /** The control as it is most often made, then with what changes the rest of the row. */
  readonly made: readonly [
    control: DefinedControl,
    ...others: readonly (readonly [with_: string, control: DefinedControl])[],
  ];
}

/** In the documented order. */
const ROWS: readonly Row[] = [
  {
    does: 'writes one line for each call; chains and signs the lines on request',
    page: 'control-audit.md',
    made: [
      audit(),
      ['`fingerprints`', audit({ fingerprints: { keyring: 'KEYRING', caller: true } })],
      ['`chain`', audit({ chain: { keyring: 'KEYRING' } })],
      ['`firehose`', audit({ firehose: 'STREAM' })],
    ],
  },
  {
    does: 'limits calls, their cost, and calls at once',
    page: 'control-rate-limit.md',
    made: [
      rateLimit({ limits: [{ most: 1, seconds: 1, of: 'upstream' }] }),
      ["`of: 'caller'`", rateLimit({ limits: [{ most: 1, seconds: 1 }] })],
      ['`concurrency`', rateLimit({ concurrency: { perUpstream: 1 } })],
      ['`store`', rateLimit({ limits: [{ most: 1, seconds: 1, of: 'upstream' }], store: { table: 'TABLE' } })],
    ],
  },
  {
    does: 'decides who may use what; hides the rest from lists',
    page: 'control-access-policy.md',
    made: [accessPolicy({ policies: ['permit (principal, action, resource);'] })],
  },
  {
    does: 'changes names, descriptions and arguments of tools; puts results between marks',
    page: 'control-enrichment.md',
    made: [
      enrichment({ hide: ['y'] }),
      ['`delimit`', enrichment({ tools: { x: { delimit: true } } })],
      ['an argument from a claim', enrichment({ tools: { y: { arguments: { a: { claim: 'org' } } } } })],
      [
        'an argument from a binding',
        enrichment({ tools: { y: { arguments: { a: { binding: 'VARIABLE', for: 'x' } } } } }),
      ],
    ],
  },
  {
    does: 'removes data for good',
    page: 'control-redaction.md',
    made: [
      redaction({ upstream: { detectors: [email()] } }),
      ['`client`', redaction({ client: { detectors: [email()] } })],
    ],
  },
  { does: 'stops secrets in both directions', page: 'control-redaction.md', made: [secrets({ onFound: 'block' })] },
  {
    does: 'replaces data by tokens, and tokens by data',
    page: 'control-tokenization.md',
    made: [
      tokenization({ tenant: 'acme', detectors: [email()], keyring: 'KEYRING' }),
      ['`tenant: { claim }`', tokenization({ tenant: { claim: 'org' }, detectors: [email()], keyring: 'KEYRING' })],
    ],
  },
  {
    does: "checks arguments against the tool's schema; limits results",
    page: 'control-validation.md',
    made: [validation(), ['`results`', validation({ results: { stripHiddenUnicode: true } })]],
  },
];

/** Replies that a control attaches something to; a list, a result, and what is none of a tool. */
const PROBES = [
  ['lists', { method: 'tools/list' }],
  ['results of tools', { method: 'tools/call', params: { name: 'x', arguments: {} } }],
  ['all others', { method: 'acme/do', params: {} }],
] as const;

const TOOL: Tool = { name: 'x', inputSchema: { type: 'object' } };
const UPSTREAM: UpstreamView = {
  name: 'default',
  tools: () => Promise.resolve([TOOL]),
  tool: () => Promise.resolve(TOOL),
};

async function readsOf(control: DefinedControl): Promise<string> {
  if (control.replies !== 'transforms') return 'none';
  const made = asControl(
    await control.setup({
      bindings: Object.fromEntries(Object.keys(control.bindings).map((name) => [name, 'env:NONE'])),
    }),
    control.name,
  );
  const read: string[] = [];
  for (const [what, message] of PROBES) {
    const reply = replyOf();
    const call = callOf({ jsonrpc: '2.0', id: 1, ...message });
    await made(new Call(call.kind, call.method, call.message, UPSTREAM, call.exchange, call.origin), () =>
      Promise.resolve(reply),
    );
    if (reply.transforms.length > 0) read.push(what);
  }
  return read.length === PROBES.length ? 'all' : read.length === 0 ? 'none' : read.join(', ');
}

/** What it is by itself, and what each option makes of it. */
function cell({ made: [plain, ...others] }: Row, of: (control: DefinedControl) => string): string {
  const first = of(plain);
  const differ = others.flatMap(([option, control]) => (of(control) === first ? [] : [`${option}: ${of(control)}`]));
  return [first, ...differ].join('; ');
}

const bindingsOf = ({ bindings }: DefinedControl): string => {
  const kinds = Object.values(bindings).map(({ kind = 'value', actions = [] }) =>
    actions.length > 0 ? `an ARN (${actions.join(', ')})` : kind === 'value' ? 'a value' : `a ${kind}`,
  );
  return kinds.length === 0 ? 'none' : kinds.join(', ');
};

export async function controlsTable(): Promise<string> {
  const rows: string[] = [];
  for (const row of ROWS) {
    const reads = new Map<DefinedControl, string>();
    for (const made of row.made) {
      const control = 'setup' in made ? made : made[1];
      reads.set(control, await readsOf(control));
    }
    const cells = [
      `[\`${row.made[0].name}\`](${row.page})`,
      row.does,
      cell(row, ({ replies }) => `\`${replies}\``),
      cell(row, (control) => reads.get(control) ?? ''),
      cell(row, ({ perCaller }) => (perCaller ? 'yes' : 'no')),
      cell(row, bindingsOf),
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }
  return [
    '| control | what it does | `replies` | replies it reads | `perCaller` | bindings |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const BEGIN = '<!-- generated: `npm test -- test/docs/controls-table -u` updates it -->';
const END = '<!-- /generated -->';

export function withTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected the page to have ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`;
}

export const shown: readonly string[] = ROWS.map(({ made: [{ name }] }) => name);

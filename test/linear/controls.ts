/** Every control that comes with the proxy, each in the settings in which it looks at most. */
import type { CallOptions, Message } from '../../testing/index.ts';

export interface Row {
  /** The factory's name, as `agentcore-mcp-proxy/controls` has it. */
  readonly factory: string;
  readonly name: string;
  readonly run: (message: Message, options: CallOptions) => Promise<unknown>;
}

const TENANT = 'acme';

export async function rows(): Promise<readonly Row[]> {
  const { callControl } = await import('../../testing/index.ts');
  const {
    accessPolicy,
    allow,
    audit,
    custom,
    dateOfBirth,
    deny,
    email,
    enrichment,
    iban,
    ip,
    passport,
    paymentCard,
    phone,
    rateLimit,
    redaction,
    secret,
    secrets,
    tokenization,
    usSsn,
    validation,
  } = await import('../../proxy/controls/index.ts');
  const { bindRing } = await import('../controls/tokenization/keys.ts');
  const detectors = [
    email(),
    iban(),
    ip(),
    paymentCard(),
    phone({ countries: ['DE', 'US'] }),
    secret(),
    dateOfBirth(),
    passport(),
    usSsn(),
    custom({ name: 'employee', pattern: 'E-\\d{6}' }),
  ];
  const fields = [{ path: '**.hidden' }, { path: 'list[*].hidden' }];
  const typed = fields.map((field) => ({ ...field, type: 'name' }));
  const schema = {
    type: 'object',
    properties: {
      text: { type: 'string', pattern: '^(a|b|[^x])*$', maxLength: 10_000_000 },
      list: { type: 'array', uniqueItems: true, contains: { const: 'x' }, minContains: 0 },
    },
    patternProperties: { '^k\\d+$': { type: ['string', 'number', 'object', 'array'] }, 'a+$': {} },
    propertyNames: { maxLength: 10_000_000 },
    additionalProperties: { anyOf: [{ type: 'string', enum: Array.from({ length: 50 }, (_, i) => `v${i}`) }, {}] },
  } as const;
  const tools = [{ name: 'x', inputSchema: schema, outputSchema: schema }];
  const scope = { path: '**' };
  const row = (factory: string, name: string, control: Parameters<typeof callControl>[0]): Row => ({
    factory,
    name,
    run: (message, options) =>
      callControl(control, message, { bindings: bindRing(), tools, claims: { sub: 'mara' }, ...options }),
  });
  return [
    row('redaction', 'redaction', redaction({ upstream: { fields, detectors }, client: { fields, detectors } })),
    row('secrets', 'secrets', secrets({ onFound: 'redact' })),
    row(
      'tokenization',
      "tokenization, hideFrom: 'upstream'",
      tokenization({ tenant: TENANT, detectors, fields: typed, whenNoToken: 'redact' }),
    ),
    row(
      'tokenization',
      "tokenization, hideFrom: 'client'",
      tokenization({
        tenant: TENANT,
        hideFrom: 'client',
        detectors,
        fields: typed,
        whenNoToken: 'redact',
        restore: [{ path: '**', within: true }],
      }),
    ),
    row(
      'validation',
      'validation',
      validation({ results: { checkOutputSchema: true, stripHiddenUnicode: true, maxCharacters: 2_000_000 } }),
    ),
    row(
      'validation',
      'validation, cutting',
      validation({ checkInputSchema: false, maxDepth: 100, results: { maxCharacters: 4_000 } }),
    ),
    row(
      'validation',
      'validation, sanitizing',
      validation({ checkInputSchema: false, refuse: [{ ...scope, what: ['path-traversal', 'hidden-unicode'] }] }),
    ),
    row(
      'accessPolicy',
      'access-policy',
      accessPolicy({
        policies: [
          allow({ tools: ['*'] }),
          allow({ resources: ['*'] }),
          allow({ prompts: ['*'], methods: ['*'] }),
          deny({ resources: ['file:///etc/*'], tools: ['*secret*'] }),
        ],
      }),
    ),
    row('enrichment', 'enrichment', enrichment({ tools: { x: { delimit: true } } })),
    row('audit', 'audit', audit()),
    row(
      'rateLimit',
      'rate-limit',
      rateLimit({
        limits: [
          { most: 1_000_000, seconds: 60 },
          { most: 1_000_000, seconds: 60, tools: ['*'] },
        ],
      }),
    ),
  ];
}

/** `npm run controls -- diff`: reports what a change removes from the controls, and refuses it until it is approved. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildProxy } from '../../bin/bundle.ts';
import { addStacks } from '../../lib/deployment/app.ts';
import { ROOT } from '../../lib/root.ts';
import { command } from '../support/commands.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), 'controls-diff-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function diff(...args: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await command('bin/controls.ts', ['diff', ...args], { INIT_CWD: folder });
  return { code, out: stdout, err: stderr };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const control = (name: string, more: object = {}) => ({
  name,
  replies: 'ignores',
  auditOnly: false,
  perCaller: false,
  ...more,
});
const listing = (controls: readonly unknown[], more: object = {}) => ({
  controls,
  caller: { source: 'none' },
  digests: { config: 'sha256:aa' },
  ...more,
});
const template = (metadata: unknown, id = 'Runtime') => ({
  Resources: {
    [id]: {
      Type: 'AWS::BedrockAgentCore::Runtime',
      Properties: {},
      ...(metadata === undefined ? {} : { Metadata: { 'agentcore-mcp-proxy': metadata } }),
    },
  },
});

const THREE = [
  control('audit', { replies: 'observes' }),
  control('deny-all'),
  control('redaction', { replies: 'transforms', perCaller: true }),
];
const BEFORE = file('before.json', template(listing(THREE)));

const NAMES = {
  upstreams: [
    { name: 'math', prefix: 'math___' },
    { name: 'crm', prefix: '' },
  ],
  search: 'none',
};
const LOCK = { sha256: 'sha256:11', enforces: true, except: ['a*'] };
const OWN = control('own', { replies: 'transforms', maps: ['tools/call', 'tools/list'] });
const NAMED = listing([OWN, control('tool-lock', { lock: LOCK })], NAMES);
const named = (prefixes: Readonly<Record<string, string>>): object => ({
  ...NAMED,
  upstreams: Object.entries(prefixes).map(([name, prefix]) => ({ name, prefix })),
});
const locked = (more: object): object => listing([OWN, control('tool-lock', { lock: { ...LOCK, ...more } })], NAMES);
const mapping = (maps: readonly string[]): object =>
  listing([{ ...OWN, maps }, control('tool-lock', { lock: LOCK })], NAMES);

describe('a loss is reported in words, and fails', () => {
  it.each([
    [
      'a control is removed',
      listing([THREE[0], THREE[2]]),
      /^lost +Runtime: the control deny-all is gone; there were audit > deny-all > redaction, there are audit > redaction$/m,
    ],
    ['all are removed', listing([]), /redaction is gone; there were .*, there are none$/m],
    [
      'a control is renamed',
      listing([THREE[0], control('deny-some'), THREE[2]]),
      /the control deny-all is gone[^]*changed +Runtime: the control deny-some is new/,
    ],
    [
      'two controls change places',
      listing([THREE[0], THREE[2], THREE[1]]),
      /the order changed from audit > deny-all > redaction to audit > redaction > deny-all$/m,
    ],
    [
      'one only audits',
      listing([THREE[0], control('deny-all', { auditOnly: true }), THREE[2]]),
      /the control deny-all only audits now, and denies nothing$/m,
    ],
    [
      'one reads less',
      listing([THREE[0], THREE[1], control('redaction', { replies: 'observes', perCaller: true })]),
      /the control redaction no longer transforms replies: it observes them$/m,
    ],
    [
      'one handles replies in an unknown way',
      listing([control('audit', { replies: 'glances' }), THREE[1], THREE[2]]),
      /the control audit no longer observes replies/,
    ],
    [
      'one no longer distinguishes callers',
      listing([THREE[0], THREE[1], control('redaction', { replies: 'transforms' })]),
      /the control redaction no longer decides by caller$/m,
    ],
    ['the digest is missing', listing(THREE, { digests: {} }), /the digest of the config is gone; it was sha256:aa$/m],
  ])('if %s', async (_, after, words) => {
    const { code, out } = await diff(BEFORE, file('after.json', template(after)));
    expect(out).toMatch(words);
    expect(code).toBe(1);
  });

  it.each([
    [
      'the prefix of an upstream changes',
      named({ math: 'm___', crm: '' }),
      /the upstream math had the prefix math___, now the prefix m___$/m,
    ],
    ['an upstream loses its prefix', named({ math: '', crm: '' }), /math had the prefix math___, now no prefix$/m],
    [
      'an upstream has another name',
      named({ maths: 'math___', crm: '' }),
      /the upstream math is gone, or has another name$/m,
    ],
    [
      'upstreams are no longer listed',
      { ...NAMED, upstreams: undefined },
      /the names of its upstreams are no longer listed$/m,
    ],
    ['the lock is only logged', locked({ enforces: false }), /tool-lock only logs what differs from its lock now$/m],
    ['more may differ from the lock', locked({ except: ['a*', 'b'] }), /lets b differ from its lock now$/m],
    [
      'the lock is no longer listed',
      listing([control('tool-lock')], NAMES),
      /no longer lists its lock; it was sha256:11$/m,
    ],
    [
      'a control transforms less',
      mapping(['tools/list']),
      /transformed replies to tools\/call, tools\/list, now to tools\/list$/m,
    ],
  ])('if %s', async (_, after, words) => {
    const { code, out } = await diff(file('named.json', template(NAMED)), file('after.json', template(after)));
    expect(out).toMatch(words);
    expect(code).toBe(1);
  });

  it('if a control that transformed all replies names methods now', async () => {
    const all = file('all.json', template(listing([control('own', { replies: 'transforms' })])));
    const some = file('some.json', template(listing([{ ...OWN, maps: ['tools/call'] }])));
    expect(await diff(all, some)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/replies to all, now to tools\/call$/m),
    });
    expect(await diff(some, all)).toMatchObject({ code: 0 });
  });

  it.each([
    ['there is no metadata any more', template(undefined)],
    ['the runtime is removed', { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }],
    ['it is another resource', template(listing(THREE), 'Other')],
  ])('if %s', async (_, after) => {
    const { code, out } = await diff(BEFORE, file('after.json', after));
    expect(out).toMatch(
      /^lost +Runtime: the proxy is gone, or no longer lists its controls; it had audit > deny-all > redaction$/m,
    );
    expect(code).toBe(1);
  });

  it('if callers are identified differently than before', async () => {
    const jwt = file('jwt.json', template(listing(THREE, { caller: { source: 'jwks' } })));
    expect(await diff(jwt, BEFORE)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/callers were identified by jwks, now by none$/m),
    });
    expect(await diff(BEFORE, jwt)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^changed .*identified by none, now by jwks$/m),
    });
  });
});

describe('a change without a loss passes, and is reported', () => {
  it.each([
    ['nothing changed', listing(THREE), /^nothing is lost\n$/],
    [
      'a control is added, in any place',
      listing([control('limit'), THREE[0], THREE[1], control('late'), THREE[2]]),
      /the control limit is new[^]*the control late is new[^]*nothing is lost/,
    ],
    [
      'the config changed',
      listing(THREE, { digests: { config: 'sha256:bb', lock: 'sha256:cc' } }),
      /the config changed: sha256:aa became sha256:bb[^]*the lock changed: none became sha256:cc[^]*no control is lost; whether each still refuses the same calls, only a review of the config shows$/m,
    ],
    [
      'one reads more',
      listing([control('audit', { replies: 'transforms' }), THREE[1], THREE[2]]),
      /^changed .*it transforms them$/m,
    ],
  ])('if %s', async (_, after, words) => {
    const { code, out } = await diff(BEFORE, file('after.json', template(after)));
    expect(out).toMatch(words);
    expect(code).toBe(0);
  });

  it.each([
    ['nothing changed', NAMED, /^nothing is lost\n$/],
    [
      'an upstream is new',
      named({ math: 'math___', crm: '', web: 'web___' }),
      /^changed .*the upstream web is new, with the prefix web___$/m,
    ],
    [
      'tools are searched',
      { ...NAMED, search: 'search_tools and call_tool' },
      /search for tools was none, now search_tools and call_tool$/m,
    ],
    [
      'the lock changed',
      locked({ sha256: 'sha256:22' }),
      /the lock of the control tool-lock changed: sha256:11 became sha256:22$/m,
    ],
    ['less may differ', locked({ except: [] }), /no longer lets a\* differ from its lock$/m],
    [
      'a control transforms more',
      mapping(['tools/call', 'tools/list', 'prompts/get']),
      /^changed .*now to tools\/call, tools\/list, prompts\/get$/m,
    ],
  ])('with names and a lock, if %s', async (_, after, words) => {
    const { code, out } = await diff(file('named.json', template(NAMED)), file('after.json', template(after)));
    expect(out).toMatch(words);
    expect(code).toBe(0);
  });

  it('if there was no metadata before', async () => {
    expect(await diff(file('old.json', template(undefined)), BEFORE)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/a proxy that listed no controls before, with audit > deny-all > redaction/),
    });
  });
});

describe('a label approves a loss', () => {
  const after = file('dropped.json', template(listing([THREE[0], THREE[2]])));
  const label = async (to: string): Promise<string> =>
    /controls-[0-9a-f]{32}(?=,)/.exec((await diff(BEFORE, to)).out)?.[0] ?? 'none';

  it.each([
    ['as a JSON list', (name: string) => JSON.stringify(['bug', name])],
    ['in a line', (name: string) => `bug ${name}`],
  ])('given %s', async (_, labels) => {
    expect(await diff(BEFORE, after, '--approved', labels(await label(after)))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^lost .*deny-all is gone[^]*approved by controls-/),
    });
  });

  it('exactly: another loss, and a larger one, need another label', async () => {
    const given = await label(after);
    const more = file('more.json', template(listing([THREE[0]])));
    expect(await label(more)).not.toBe(given);
    for (const labels of [given, 'controls-', 'broadening-approved', ''])
      expect((await diff(BEFORE, more, '--approved', labels)).code).toBe(1);
  });
});

describe('the compared documents', () => {
  it('may be the output of --describe, on either side', async () => {
    const config = file(
      'own/proxy.config.ts',
      "import { defineControl, defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: [defineControl({ name: 'own', replies: 'ignores', setup: () => ({ otherwise: 'deny' }) })] });\n",
    );
    await buildProxy({ config, out: join(folder, 'own/out') });
    const described = await new Promise<string>((resolve) =>
      execFile(process.execPath, [join(folder, 'own/out/main.mjs'), '--describe'], (_error, out) => resolve(out)),
    );
    const before = file('described.json', described);
    expect(await diff(before, before)).toMatchObject({ code: 0, out: 'nothing is lost\n' });
    expect(await diff(before, file('none.json', { ...JSON.parse(described), controls: [] }))).toMatchObject({
      code: 1,
      out: expect.stringMatching(/the control own is gone/),
    });
  });

  it('may be the output of get-template, with the template as an object or as text', async () => {
    for (const TemplateBody of [template(listing([])), JSON.stringify(template(listing([])))]) {
      expect(await diff(BEFORE, file('deployed.json', { TemplateBody, StagesAvailable: ['Original'] }))).toMatchObject({
        code: 1,
      });
    }
  });

  it.each([
    [
      'a missing file',
      'nowhere.json',
      undefined,
      /expected a template, an assembly or a description at .*nowhere\.json, found nothing/,
    ],
    ['a file that is not JSON', 'yaml.json', 'Resources: {}', /expected JSON in /],
    [
      'a file that is neither',
      'neither.json',
      {},
      /expected a template \(with Resources\) or a description \(with controls\)/,
    ],
    ['controls in another form', 'other.json', template({ ...listing(['audit']) }), /expected an object, got "audit"/],
    [
      'a flag that is not a boolean',
      'flag.json',
      template(listing([control('audit', { auditOnly: 'no' })])),
      /expected true or false as auditOnly, got "no"/,
    ],
    ['a folder without templates', 'empty/readme.txt', 'nothing', /expected templates .*, found none: run cdk synth/],
  ])('cause an error, not an empty result, for %s', async (_, name, content, words) => {
    const path = content === undefined ? join(folder, name) : file(name, content);
    const given = name.startsWith('empty/') ? dirname(path) : path;
    for (const sides of [
      [BEFORE, given],
      [given, BEFORE],
    ] as const) {
      const { code, err } = await diff(...sides);
      expect(err).toMatch(words);
      expect(code).toBe(2);
    }
  });

  it('cause an error with wrong options', async () => {
    expect(await diff(BEFORE)).toMatchObject({ code: 2, err: expect.stringMatching(/^usage: npm run controls/) });
    expect(await diff(BEFORE, BEFORE, '--approve', 'x')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--approve/),
    });
  });
});

describe('two assemblies', () => {
  const place = (name: string): string => join(folder, name);
  const DENY = "defineControl({ name: 'deny-all', replies: 'ignores', setup: () => ({ otherwise: 'deny' }) })";

  async function assembly(name: string, controls: string, more: object = {}): Promise<string> {
    // One file for each config, which is then built once.
    const config = file(
      `of-${controls.length}/proxy.config.ts`,
      `import { defineControl, defineProxy } from 'agentcore-mcp-proxy';\nimport { audit } from 'agentcore-mcp-proxy/controls';\nvoid defineControl;\nexport default defineProxy({ controls: [${controls}] });\n`,
    );
    const entry = {
      name: 'orders',
      stage: 'prod',
      account: '111122223333',
      region: 'eu-west-1',
      config,
      upstream: { gatewayArn: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/orders-a1b2c3d4e5' },
      ...more,
    };
    const deployments = file(`${name}/src/deployments.json`, [entry, { ...entry, stage: 'dev' }]);
    const app = new App({ autoSynth: false, outdir: join(place(name), 'cdk.out') });
    expect(await addStacks(app, deployments)).toEqual([]);
    return app.synth().directory;
  }

  let with_: string;
  let without: string;
  beforeAll(async () => {
    [with_, without] = [await assembly('with', `audit(), ${DENY}`), await assembly('without', 'audit()')];
  });

  it('name each proxy that lost a control', async () => {
    const { code, out } = await diff(with_, without);
    expect(code).toBe(1);
    for (const stack of ['dev-orders', 'prod-orders'])
      expect(out).toMatch(
        new RegExp(
          `^lost +${stack}/ProxyRuntime\\w+: the control deny-all is gone; there were audit > deny-all, there are audit$`,
          'm',
        ),
      );
  });

  it('show it in cdk diff, by the name of the control', async () => {
    const printed = await new Promise<Printed>((resolve) => {
      const args = [
        join(ROOT, 'node_modules/aws-cdk/bin/cdk'),
        'diff',
        'prod-orders',
        '-a',
        without,
        '--template',
        join(with_, 'prod-orders.template.json'),
        '--fail',
        '--no-notices',
        '--no-version-reporting',
      ];
      const env = {
        PATH: process.env['PATH'],
        HOME: folder,
        CDK_HOME: folder,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        AWS_EC2_METADATA_DISABLED: 'true',
        NO_COLOR: '1',
      };
      execFile(process.execPath, args, { cwd: folder, env }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });
    expect(`${printed.out}${printed.err}`).toMatch(/\[-\] +"name": "deny-all"/);
    expect(`${printed.out}${printed.err}`).toMatch(
      /\.config:\n.*\[-\] sha256:[0-9a-f]{64}\n.*\[\+\] sha256:[0-9a-f]{64}/,
    );
    expect(printed.code).toBe(1);
  });

  describe('report whom a change allows to call', () => {
    const ACCOUNT = { callers: ['999988887777'] };
    const VPC = { callersFrom: { vpcIds: ['vpc-0123456789abcdef0'] } };
    const JWT = {
      inboundAuth: { jwt: { issuer: 'https://id.example.com', allowedAudiences: ['orders'], allowedScopes: ['call'] } },
    };
    const ANY_SCOPE = { inboundAuth: { jwt: { issuer: 'https://id.example.com', allowedAudiences: ['orders'] } } };

    it.each<[string, object, object, string]>([
      [
        'another account is allowed',
        {},
        ACCOUNT,
        'callers are allowed that were not: {"Action":"bedrock-agentcore:InvokeAgentRuntime","Principal":{"AWS":"arn:<AWS::Partition>:iam::999988887777:root"}}',
      ],
      ['callers may call from anywhere', VPC, {}, 'callers are no longer denied that were: '],
      [
        'callers may call from another VPC',
        VPC,
        { callersFrom: { vpcIds: ['vpc-0123456789abcdef0', 'vpc-0123456789abcdef1'] } },
        'callers are no longer denied that were: ',
      ],
      [
        'callers with a JWT may call from anywhere',
        { ...JWT, ...VPC },
        JWT,
        'callers are no longer denied that were: ',
      ],
      ['tokens need no scope any more', JWT, ANY_SCOPE, 'callers were authorized by {"CustomJWTAuthorizer":{'],
      ['signatures are replaced by tokens', {}, JWT, 'callers were authorized by IAM, now by {"CustomJWTAuthorizer":{'],
    ])('%s', async (what, before, after, words) => {
      const [was, is] = [
        await assembly(`${what}-before`, 'audit()', before),
        await assembly(`${what}-after`, 'audit()', after),
      ];
      const { code, out } = await diff(was, is);
      expect(out).toContain('lost     prod-orders/ProxyRuntime');
      expect(out).toContain(words);
      expect(code).toBe(1);
    });

    it.each<[string, object, object]>([
      ['another account is no longer allowed', ACCOUNT, {}],
      ['callers may call only from one VPC', {}, VPC],
      ['callers with a JWT may call only from one VPC', JWT, { ...JWT, ...VPC }],
    ])('and report that no other caller is allowed if %s', async (what, before, after) => {
      const [was, is] = [
        await assembly(`${what}-before`, 'audit()', before),
        await assembly(`${what}-after`, 'audit()', after),
      ];
      expect(await diff(was, is)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^changed  .*callers .*[^]*nothing is lost$/m),
      });
    });
  });

  it('that are equal lose nothing', async () => {
    expect(await diff(with_, with_)).toMatchObject({ code: 0, out: 'nothing is lost\n' });
  });

  it('are reported as one JSON document, too', async () => {
    const { code, out } = await diff(with_, without, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      lost: [expect.any(String), expect.any(String)],
      approval: expect.stringMatching(/^controls-/),
      approved: false,
    });
  });
});

/**
 * One check for each way to authenticate that only an account can show. It looks at the upstreams which are bound to it, and
 * says what the proxy's log does about one that refuses.
 */
import { CONSENTS } from '../../../proxy/aggregate/merged-list.ts';
import { printable } from '../../../proxy/base/printable.ts';
import { prefixOf } from '../../../proxy/config/bindings.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { FLOWS } from '../../../proxy/upstream/auth/identity-arns.ts';
import { isPersonal } from '../../../proxy/upstream/auth/identity-bindings.ts';
import { logLines } from '../logs.ts';
import { textAt } from '../members.ts';
import { type RuntimeUpstream, upstreamsIn } from '../upstreams.ts';
import { awaited } from './awaited.ts';
import { failed, type LiveCheck, ok, type Seen, skipped } from './check.ts';
import { type Answer, errorOf, resultOf, shown } from './exchange.ts';
import type { Live } from './live.ts';
import { reasonsOf } from './missing.ts';
import type { Patience } from './patience.ts';

/** The value of one of the upstream's variables, by its name without prefix. */
type Bound = (name: string) => string | undefined;

interface Way {
  readonly id: string;
  readonly expected: string;
  readonly isBound: (of: Bound) => boolean;
}

const flowOf = (of: Bound) => FLOWS.find((flow) => flow === of('FLOW'));
const hasIdentity = (of: Bound): boolean => of('AUTH') === 'agentcore-identity';

const WAYS: readonly Way[] = [
  {
    id: 'identity-own',
    expected: "AgentCore Identity gives the proxy's own token or key, and the upstream takes it",
    isBound: (of) => hasIdentity(of) && !isPersonal(flowOf(of)),
  },
  {
    id: 'identity-on-behalf',
    expected: "AgentCore Identity exchanges the caller's token, and the upstream takes what comes of it",
    isBound: (of) => hasIdentity(of) && flowOf(of) === 'ON_BEHALF_OF_TOKEN_EXCHANGE',
  },
  {
    id: 'token-exchange',
    expected: "the issuer exchanges the caller's token, and the upstream takes what comes of it",
    isBound: (of) => of('AUTH') === 'token-exchange',
  },
  {
    id: 'jwt-bearer',
    expected: "the issuer takes the caller's token as an assertion, and the upstream what comes of it",
    isBound: (of) => of('AUTH') === 'jwt-bearer',
  },
  {
    id: 'web-identity',
    expected: "STS signs a token of the role's identity, which the issuer takes for a secret",
    isBound: (of) => of('AUTH_METHOD') === 'web_identity',
  },
  {
    id: 'kms-signing',
    expected: 'the key in KMS signs what the issuer takes for a secret',
    isBound: (of) => of('SIGNING_KEY') !== undefined,
  },
  {
    id: 'client-certificate',
    expected: 'the upstream, or its issuer, takes the client certificate',
    isBound: (of) => of('CLIENT_CERTIFICATE') !== undefined,
  },
];

export const wayChecks = (patience: Patience): readonly LiveCheck[] => [
  ...WAYS.map((way): LiveCheck => ({
    id: way.id,
    expected: way.expected,
    run: (live) => ofEach(live, way.isBound, (upstream, isOnly) => accepted(live, upstream, isOnly, patience)),
  })),
  {
    id: 'identity-consent',
    expected: 'a caller who has not given access gets the page for it, twice the same; one who has gets in',
    run: (live) =>
      ofEach(
        live,
        (of) => hasIdentity(of) && flowOf(of) === 'USER_FEDERATION',
        (upstream, isOnly) => asked(live, upstream, isOnly, patience),
      ),
  },
];

async function ofEach(
  live: Live,
  isBound: Way['isBound'],
  look: (upstream: RuntimeUpstream, isOnly: boolean) => Promise<Seen>,
): Promise<Seen> {
  const { environment } = live.runtime;
  const all = upstreamsIn(environment);
  const chosen = all.filter(({ name = 'default' }) =>
    isBound((variable) => environment[`${prefixOf(name)}_${variable}`]),
  );
  if (chosen.length === 0) return skipped('no upstream is bound to it');
  const seen: Seen[] = [];
  for (const upstream of chosen) seen.push(await look(upstream, all.length === 1));
  const worst = ['failed', 'skipped', 'ok'].flatMap((state) => seen.find((one) => one.state === state) ?? [])[0];
  const got = seen.map((one, i) => (all.length === 1 ? one.got : `${chosen[i]?.name ?? 'default'}: ${one.got}`));
  return { state: worst?.state ?? 'ok', got: got.join('; ') };
}

/** Refusals that credentials are to blame for. */
const REFUSED: ReadonlySet<string> = new Set(['upstream-auth', 'caller-refused', 'unauthenticated-caller']);

async function accepted(
  live: Live,
  { name = 'default' }: RuntimeUpstream,
  isOnly: boolean,
  patience: Patience,
): Promise<Seen> {
  if (isOnly) {
    const tools = await live.tools();
    return 'status' in tools ? refused(live, tools, patience) : ok(`accepted, ${tools.length} tools`);
  }
  if (!(await live.unavailable()).has(name)) return ok('accepted');
  const reasons = await reasonsOf(live, [name], patience);
  return failed(reasons?.get(name) ?? "no list, and the log has no reason: it may be about this caller's token only");
}

async function refused(live: Live, answer: Answer, patience: Patience): Promise<Seen> {
  const error = errorOf(answer);
  if (error?.reason === undefined || !REFUSED.has(error.reason)) return skipped(`not seen: ${shown(answer)}`);
  return failed((await whyOf(live, error.errorId, patience)) ?? shown(answer));
}

/** A client's error says less than the log does. */
async function whyOf(
  { stack, startedAt }: Live,
  errorId: string | undefined,
  { linesMs, stepMs }: Patience,
): Promise<string | undefined> {
  if (errorId === undefined) return undefined;
  const question = {
    region: stack.region,
    logGroupName: stack.outputs.logGroupName,
    pattern: `{ $.errorId = "${errorId.replaceAll(/[^\w-]/g, '')}" }`,
    since: startedAt,
    most: 1,
  };
  return awaited({ limitMs: linesMs, stepMs }, async () => {
    const [line] = await logLines(question);
    if (line === undefined) return undefined;
    const parsed: unknown = JSON.parse(line.text);
    return printable(textAt(parsed, 'why') ?? 'the log has a line without a reason');
  });
}

async function asked(
  live: Live,
  { name = 'default' }: RuntimeUpstream,
  isOnly: boolean,
  patience: Patience,
): Promise<Seen> {
  const first = await live.listOpeningPages();
  const page = pageIn(first, name);
  if (page === undefined) {
    if (resultOf(first) === undefined) return refused(live, first, patience);
    const seen = await accepted(live, { name, address: undefined, auth: undefined, variables: [] }, isOnly, patience);
    return seen.state === 'ok' ? ok(`${seen.got}: this caller gave access before`) : seen;
  }
  const second = await live.listOpeningPages();
  const again = pageIn(second, name);
  const where = `the page of ${new URL(page).origin}`;
  if (again === page) return ok(`${where}, twice the same`);
  // Without a verified token, each request is one of somebody else.
  const isUnverified = live.runtime.environment[`${prefixOf(name)}_UNVERIFIED_CALLERS`] !== undefined;
  if (again !== undefined && isUnverified)
    return ok(`${where}, another one each time, since nothing verifies the caller`);
  return failed(`${where}, and then ${again === undefined ? `none: ${shown(second)}` : 'another one'}`);
}

/** Of an error, or of the upstream in a list of several. */
function pageIn(answer: Answer, upstream: string): string | undefined {
  const error = answer.message?.['error'];
  const data = isObject(error) ? error['data'] : undefined;
  const meta = resultOf(answer)?.['_meta'];
  const found: unknown = isObject(data) ? data['elicitations'] : isObject(meta) ? meta[CONSENTS] : undefined;
  const pages: readonly unknown[] = Array.isArray(found) ? found : [];
  const own = pages.find((one) => isObject(data) || textAt(one, 'upstream') === upstream);
  const url = textAt(own, 'url');
  return url !== undefined && URL.canParse(url) ? url : undefined;
}

/** One token's place in the vault of AgentCore Identity, with a service in front of it that answers as a test says. */
import { ProxyError } from '../../../proxy/base/errors.ts';
import { CallerToken, CallerTokens } from '../../../proxy/call/caller-tokens.ts';
import type { IdentityBindings } from '../../../proxy/upstream/auth/identity-bindings.ts';
import type { Granted, IdentityService, TokenQuery } from '../../../proxy/upstream/auth/identity-service.ts';
import { type Subject, VaultToken } from '../../../proxy/upstream/auth/vault-token.ts';

export const NOW = Date.UTC(2026, 11, 2);

const NOTHING: Granted = { token: undefined, url: undefined, sessionUri: undefined, hasFailed: false };
export const PAGE = 'https://login.example.com/agree';
export const page = (more: Partial<Granted> = {}): Granted => ({ ...NOTHING, url: PAGE, sessionUri: 'urn:1', ...more });
export const token = (value: string): Granted => ({ ...NOTHING, token: value });
export const FEDERATED = { flow: 'USER_FEDERATION', workload: 'own' } as const;

interface Given {
  readonly bindings?: Partial<IdentityBindings>;
  /** What the service gives for its n-th token. */
  readonly granted?: (n: number, query: TokenQuery) => Granted | Promise<Granted>;
  readonly key?: string;
  readonly checkOwner?: (url: string, caller: string) => void;
}

/** A place in the vault, and what the service was asked. */
export function vault({
  bindings = {},
  granted = (n) => token(`t-${n}`),
  key = 'k-1',
  checkOwner = () => {},
}: Given = {}) {
  const workloads: [string, string | undefined][] = [];
  const queries: TokenQuery[] = [];
  const service: Pick<IdentityService, 'workloadToken' | 'apiKey' | 'oauthToken'> = {
    workloadToken: async (name, user) => `workload ${workloads.push([name, user])}`,
    apiKey: async (by) => `${key} for ${by}`.slice(0, key.length),
    oauthToken: async (query) => granted(queries.push(query), query),
  };
  const all = { provider: 'crm', region: 'eu-west-1', flow: 'M2M', workload: undefined, returnUrl: undefined } as const;
  const unused = { scopes: [], resource: undefined, audience: undefined, header: undefined };
  const place = new VaultToken({
    bindings: { ...all, ...unused, ...bindings },
    service: service as IdentityService,
    checkOwner,
  });
  return { place, workloads, queries };
}

export const bearer = (): CallerToken => new CallerToken('bearer of ann');
export const workload = (): CallerToken => new CallerToken('handed over');

export function subject(more: Partial<Subject> = {}): Subject {
  const tokens = new CallerTokens({ bearer: bearer(), workload: workload() });
  return { tokens, caller: 'ann', expiresAt: Infinity, agreed: undefined, ...more };
}

export const holding = (given: { readonly bearer?: CallerToken; readonly workload?: CallerToken }): Subject =>
  subject({ tokens: new CallerTokens(given) });

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function errorOf(run: () => unknown): Promise<ProxyError> {
  const error: unknown = await Promise.resolve()
    .then(run)
    .catch((reason: unknown) => reason);
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

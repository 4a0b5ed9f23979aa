import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
/**
 * A token or key from AgentCore Identity, which keeps the credentials of upstreams in a vault and gives tokens to a workload:
 * for itself (`M2M`, an API key), or for the person that it acts for (`USER_FEDERATION`, on-behalf-of).
 *
 * What is a person's is kept under the digest of the token that the request came with. The workload access token goes to
 * AgentCore Identity only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cache } from '../../base/cache.ts';
import { ConsentRequired, Unauthenticated, UpstreamFailure } from '../../base/errors.ts';
import type { CallerToken } from '../../call/caller-tokens.ts';
import type { Exchange } from '../../call/exchange.ts';
import type { Authenticator, Outgoing } from './auth.ts';
import { ByCaller } from './by-caller.ts';
import { getHeader, setHeader } from './header-list.ts';
import { type IdentityBindings, isPersonal } from './identity-bindings.ts';
import { IdentityService } from './identity-service.ts';
import { type Subject, VaultToken, type Visit } from './vault-token.ts';

/**
 * How long a call whose person agreed to open the page waits for access. Below the 60 s after which most clients give up.
 */
const WAIT_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Pages of which it is known whose they are. */
const MAX_PAGES = 10_000;

export function agentcoreIdentity(bindings: IdentityBindings): Authenticator {
  const { provider, flow } = bindings;
  const header = (bindings.header ?? 'authorization').toLowerCase();
  const before = header === 'authorization' ? 'Bearer ' : '';
  const pages = new Cache<string>({ maxBytes: MAX_PAGES * 1024, maxEntries: MAX_PAGES });
  const options = { bindings, service: new IdentityService(bindings), checkOwner };
  const shared = isPersonal(flow) ? undefined : new VaultToken(options);
  const kept = new ByCaller(() => new VaultToken(options));

  /** A page that another caller was shown before: one of them would give access in the other's name. */
  function checkOwner(url: string, caller: string): void {
    const page = hash('sha256', url, 'base64');
    const owner = pages.getOrMake(page, () => caller);
    if (owner === caller) return;
    throw new UpstreamFailure(
      'upstream-auth',
      `AgentCore Identity gave two callers the same page for access to ${provider}: it is shown to neither again`,
    );
  }

  const tokenOf = (request: Outgoing): VaultToken => shared ?? kept.of(callerOf(request.exchange).id);

  const subjectOf = (request: Outgoing): Subject => subjectIn(request, shared !== undefined);

  /** @param until performance.now() until which a person who agreed is waited for */
  async function waited(request: Outgoing, until: number): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const got = await tokenOf(request).current(subjectOf(request));
      if (typeof got === 'string') return setHeader(request.headers, header, before + got);
      if (request.exchange?.aborted === true || performance.now() + pause > until) throw consentRequired(got);
      await sleep(pause);
    }
  }

  function add(request: Outgoing, got: string | Visit): void | Promise<void> {
    if (typeof got === 'string') return setHeader(request.headers, header, before + got);
    if (request.exchange?.channels?.agreed === undefined) throw consentRequired(got);
    return waited(request, performance.now() + WAIT_MS);
  }

  function consentRequired(visit: Visit): ConsentRequired {
    return new ConsentRequired(provider, {
      ...visit,
      words: `Access to ${provider} is needed in your name: open the page, sign in there and agree.`,
    });
  }

  return {
    ...(shared === undefined ? { whose: (exchange) => callerOf(exchange).id } : {}),
    apply(request) {
      const got = tokenOf(request).current(subjectOf(request));
      return got instanceof Promise ? got.then((fetched) => add(request, fetched)) : add(request, got);
    },
    async refused(status: number, _headers: IncomingHttpHeaders, request?: Outgoing) {
      // RFC 6750 §3.1: 403 is insufficient_scope, and a new token would have the same scopes.
      if (status !== 401 || request === undefined) return false;
      const used = getHeader(request.headers, header)?.slice(before.length);
      return tokenOf(request).refused(used, subjectOf(request));
    },
  };
}

/**
 * The token that says who calls. A verified bearer token, if there is one: AgentCore Runtime may make another workload access
 * token for each request of the same person.
 */
function callerOf(exchange: Pick<Exchange, 'inbound'> | undefined): CallerToken {
  const token = exchange?.inbound.tokens?.bearer ?? exchange?.inbound.tokens?.workload;
  if (token !== undefined) return token;
  throw new Unauthenticated(
    'the upstream is called in the name of the caller: expected a bearer token, or the workload access token that AgentCore Runtime adds, got neither',
    { hadToken: false },
  );
}

function subjectIn({ exchange }: Outgoing, isShared: boolean): Subject {
  const expiry = exchange?.caller.claims['exp'];
  return {
    tokens: exchange?.inbound.tokens,
    caller: exchange?.caller.key ?? '',
    agreed: exchange?.channels?.agreed,
    expiresAt: isShared || typeof expiry !== 'number' || !Number.isFinite(expiry) ? Infinity : expiry * 1000,
  };
}

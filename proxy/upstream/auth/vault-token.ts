/**
 * One token or key from the token vault of AgentCore Identity: of the proxy itself, or of one caller. Where a person has to
 * give access first, their visit to the page is kept in its place until it ends.
 */
import { Unauthenticated, UpstreamFailure } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { kernelRandom } from '../../base/random.ts';
import type { CallerTokens } from '../../call/caller-tokens.ts';
import type { Agreed } from '../../call/channels.ts';
import { isObject } from '../../json/lossless.ts';
import { MAX_TOKEN } from './by-caller.ts';
import { type IdentityBindings, isPersonal } from './identity-bindings.ts';
import type { Granted, IdentityService } from './identity-service.ts';
import { type Lease, Renewal } from './renewal.ts';

/** What one fetch starts with. Never kept. */
export interface Subject {
  readonly tokens: CallerTokens | undefined;
  /** Names the caller: issuer and subject. */
  readonly caller: string;
  /** Epoch milliseconds at which the caller's token expires; Infinity if it doesn't say. */
  readonly expiresAt: number;
  /** The visit that the person agreed to, which may have begun with another token or in another process. */
  readonly agreed: Agreed | undefined;
}

/** A person's visit to the page where access is given. */
export type Visit = Agreed;

/**
 * How long a token or key is used. The service doesn't say when it expires, and a person may withdraw access. Renewed ahead
 * of time, so that no call waits for it.
 */
const USED_MS = 5 * 60_000;
/** A token whose end is known is not used in its last milliseconds. */
const MARGIN_MS = 10_000;
/** How often the service is asked whether a person has given access. */
const ASKED_MS = 1_000;
/** A page is shown again for that long. */
const VISIT_MS = 10 * 60_000;
/**
 * If the vault's token is refused again after that long, the person must give access again. One refusal may be the upstream's own
 * trouble, and must not send everybody to a page.
 */
const TWICE_MS = 10_000;
/** Characters of a page's address. */
const MAX_URL = 8 * 1024;

export interface VaultTokenOptions {
  readonly bindings: IdentityBindings;
  readonly service: IdentityService;
  /** Throws if the page was given for another caller. */
  readonly checkOwner: (url: string, caller: string) => void;
}

export class VaultToken {
  readonly #options: VaultTokenOptions;
  readonly #renewal: Renewal<string | Visit, Subject>;
  #visit: (Visit & { readonly since: number }) | undefined;
  /** What the upstream refused last, and when first. */
  #refused: { readonly token: string; readonly at: number; readonly isTwice: boolean } | undefined;

  constructor(options: VaultTokenOptions) {
    this.#options = options;
    this.#renewal = new Renewal(`a token of ${options.bindings.provider}`, (subject) => this.#obtain(subject));
  }

  /** The token or key, or where to give access. Synchronous if it is in memory. */
  current(subject: Subject): string | Visit | Promise<string | Visit> {
    if (!this.#mayFetch(subject)) {
      const { kept } = this.#renewal;
      if (kept === undefined) throw this.#lacksToken();
      return kept;
    }
    if (subject.agreed !== undefined && this.#visit === undefined && this.#renewal.kept === undefined)
      this.#visit = { ...subject.agreed, since: Date.now() };
    return this.#renewal.current(subject);
  }

  /** The upstream refused this one. Resolves to true if there is another, or a page to show. */
  refused(token: string | undefined, subject: Subject): Promise<boolean> {
    if (token === undefined || !this.#mayFetch(subject)) return Promise.resolve(false);
    const { at, isTwice } = this.#refused?.token === token ? this.#refused : { at: Date.now(), isTwice: false };
    this.#refused = { token, at, isTwice: isTwice || Date.now() - at > TWICE_MS };
    return this.#renewal.refused(token, subject);
  }

  get isSpent(): boolean {
    return this.#renewal.isSpent && (this.#visit === undefined || Date.now() - this.#visit.since > VISIT_MS);
  }

  #mayFetch({ tokens }: Subject): boolean {
    const { workload, flow } = this.#options.bindings;
    if (workload === undefined) return tokens?.workload?.reveal() !== undefined;
    return !isPersonal(flow) || tokens?.bearer?.reveal() !== undefined;
  }

  #lacksToken(): Error {
    if (this.#options.bindings.workload === undefined)
      return new Unauthenticated(
        'AgentCore Identity is asked with the workload access token of each request: expected the header that AgentCore Runtime adds, got none; callers with IAM have to name a user, or give UPSTREAM_WORKLOAD a workload identity of your own',
        { hadToken: false, clientMessage: 'the request has no workload access token, which AgentCore Runtime adds' },
      );
    return new Unauthenticated(
      "the upstream is called on behalf of the caller: expected the caller's bearer token, got none",
      { hadToken: false },
    );
  }

  async #obtain(subject: Subject): Promise<Lease<string | Visit>> {
    const { flow } = this.#options.bindings;
    const { service } = this.#options;
    const workloadToken = await this.#workloadToken(subject);
    if (flow === undefined) return leaseOf(await service.apiKey(workloadToken), subject);
    let granted = await this.#visited(workloadToken);
    if (granted === undefined) {
      this.#visit = undefined;
      granted = await service.oauthToken({ workloadToken });
    }
    if (flow === 'USER_FEDERATION' && this.#refused?.isTwice === true && granted.token === this.#refused.token) {
      if (this.#visit !== undefined) return visitLease(this.#visit);
      granted = await service.oauthToken({ workloadToken, forced: true });
    }
    if (granted.token === undefined) return this.#visitOf(granted, subject);
    this.#visit = undefined;
    return leaseOf(granted.token, subject);
  }

  /** What came of the visit. Undefined: there is none, the person refused, or the service doesn't know it as this person's. */
  async #visited(workloadToken: string): Promise<Granted | undefined> {
    const sessionUri = this.#visit?.visit;
    if (sessionUri === undefined) return undefined;
    try {
      const granted = await this.#options.service.oauthToken({ workloadToken, sessionUri });
      return granted.hasFailed ? undefined : granted;
    } catch (error) {
      if (error instanceof UpstreamFailure) return undefined;
      throw error;
    }
  }

  /** Of the request's own header, or of the bound workload identity. */
  async #workloadToken({ tokens }: Subject): Promise<string> {
    const { workload, flow } = this.#options.bindings;
    if (workload !== undefined)
      return this.#options.service.workloadToken(workload, isPersonal(flow) ? tokens?.bearer?.reveal() : undefined);
    const handed = tokens?.workload?.reveal();
    if (handed === undefined) throw this.#lacksToken();
    return handed;
  }

  #visitOf(granted: Granted, { caller }: Subject): Lease<Visit> {
    const { provider, flow } = this.#options.bindings;
    const before = this.#visit;
    const url = granted.url ?? before?.url;
    if (url === undefined || flow !== 'USER_FEDERATION')
      throw new UpstreamFailure(
        'upstream-auth',
        `AgentCore Identity gave no token of ${provider}${flow === 'USER_FEDERATION' ? ' and no page to get access' : ''}: expected one; check what the provider is set up for`,
      );
    if (!isPage(url))
      throw new UpstreamFailure(
        'upstream-auth',
        `AgentCore Identity gave a page for access to ${provider} that is no https URL, or is too long: it is not shown to anybody`,
      );
    this.#options.checkOwner(url, caller);
    const visit =
      before !== undefined && before.url === url
        ? { ...before, visit: granted.sessionUri ?? before.visit }
        : { id: kernelRandom(16).toString('hex'), url, visit: granted.sessionUri, since: Date.now() };
    this.#visit = visit;
    return visitLease(visit);
  }
}

function leaseOf(value: string, { expiresAt }: Subject): Lease<string> {
  if (value.length > MAX_TOKEN || !/^[\x21-\x7e]+$/.test(value))
    throw new UpstreamFailure(
      'upstream-auth',
      `AgentCore Identity gave a token or key that a header cannot carry: expected at most ${MAX_TOKEN} characters of visible ASCII`,
    );
  const until = Math.min(Date.now() + USED_MS, expiryOf(value) - MARGIN_MS);
  // What was got for a caller never outlives the caller's own token.
  return { value, id: value, expiresAt: Math.min(until, expiresAt), isLast: expiresAt <= until };
}

function visitLease({ id, url, visit }: Visit): Lease<Visit> {
  return { value: { id, url, visit }, id: `visit ${id}`, expiresAt: Date.now() + ASKED_MS, isLast: true };
}

/** Epoch milliseconds at which a JWT expires; Infinity if it isn't one or doesn't say. Can only shorten its use. */
function expiryOf(token: string): number {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (payload === undefined) return Infinity;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const exp = isObject(claims) ? claims['exp'] : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}

/** A client shows it to its person, who has to recognize it. */
function isPage(text: string): boolean {
  const url = text.length <= MAX_URL ? URL.parse(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

/** What calls are sent to, from the config and its bindings: one upstream, or several as one. */
import { SELF } from './base/self.ts';
import type { UpstreamBindings } from './config/bindings.ts';
import type { Settings } from './config/config.ts';
import { isAggregate, type UpstreamSettings } from './config/upstreams.ts';
import { readSecret, readSecretText, type SecretSource } from './credentials/secret.ts';
import type { Upstream } from './dispatch/dispatching.ts';
import type { Attention } from './reply/reply.ts';
import { Sealer } from './upstream/seal.ts';
import { type Carrier, Transport, type TransportOptions } from './upstream/transport.ts';
import { HttpUpstream } from './upstream/upstream.ts';

/** Carries the requests to an upstream. @param connections make none before they are used */
export type Carried = (upstream: string, connections: () => Carrier) => Carrier;

/** What calls are sent to, and how it ends. */
export interface StartedUpstream extends Upstream {
  /** No more calls come: sessions that the proxy has to end are ended as soon as nothing is under way in them. */
  closing(): void;
  /** Ends what is left of those, for as long as that may take, then closes all connections. */
  close(graceMs: number): Promise<void>;
  /** Controls look at replies otherwise from the next call on. */
  attend(attention: Attention): void;
  /** Loads what sending takes; connects to nothing. */
  warm(): Promise<unknown>;
}

export interface Started {
  readonly upstream: StartedUpstream;
  /** Clients' names of the tools and prompts of which the config says that they tell names of arguments apart by case. */
  readonly caseSensitive: readonly string[];
  /** Seals what clients hold for the proxy. */
  readonly sealer: Sealer;
}

export interface StartingUpstreams {
  /** Seals session ids; undefined: each process draws its own. */
  readonly secret: SecretSource | undefined;
  /** What sealed the ids that clients have. @default - another one */
  readonly sealer?: Sealer | undefined;
  readonly attention: Attention;
  /** Runs what reads the secret, before the first call. */
  readonly onBegin: (begin: () => Promise<void>) => void;
  /** What carries the requests to an upstream, around its connections. @default - those alone */
  readonly carried?: Carried | undefined;
}

/** @param bound of each upstream, by its name */
export async function startUpstreams(
  settings: Settings,
  bound: ReadonlyMap<string, UpstreamBindings>,
  { secret, sealer = new Sealer(secret !== undefined), attention, onBegin, carried }: StartingUpstreams,
): Promise<Started> {
  const { upstreams, separator } = settings;
  const learning: { learn(secret: string): void }[] = [sealer];
  if (secret !== undefined)
    onBegin(async () => {
      const text = await readSecret(secret);
      for (const one of learning) one.learn(text);
    });
  const [only] = upstreams;
  if (only !== undefined && !isAggregate(settings))
    return {
      upstream: await createUpstream(only, bound, sealer, attention, carried),
      caseSensitive: only.caseSensitiveTools,
      sealer,
    };
  // Loaded only where there are several: one upstream starts without it.
  const [{ Aggregate }, { Member }, { Naming }, { Places }, { isLate, PartSealer }, { Wrapper }] = await Promise.all([
    import('./aggregate/aggregate.ts'),
    import('./aggregate/member.ts'),
    import('./aggregate/naming.ts'),
    import('./aggregate/places.ts'),
    import('./aggregate/sessions.ts'),
    import('./aggregate/wrapped.ts'),
  ]);
  const parts = new PartSealer(sealer);
  const members = await Promise.all(
    upstreams.map(
      async (upstream) =>
        new Member(
          upstream.name,
          new Naming(upstream.prefix, separator),
          await createUpstream(upstream, bound, parts, 'observes', carried, ({ inbound }) => isLate(inbound.sessionId)),
        ),
    ),
  );
  const places = new Places(new Map([...bound].map(([name, { address }]) => [name, address.url.href])));
  const wrapper = new Wrapper(places);
  learning.push(wrapper);
  const aggregate = new Aggregate({
    members,
    sealer,
    wrapper,
    places,
    attention,
    maxInspected: settings.limits.maxInspectedReply,
  });
  return {
    upstream: aggregate,
    caseSensitive: upstreams.flatMap(({ caseSensitiveTools, prefix }) =>
      caseSensitiveTools.map((name) => new Naming(prefix, separator).prefix + name),
    ),
    sealer,
  };
}

async function createUpstream(
  { name, reopen, maxSessions, sessionIdleMs, maxConnections, connectMs, firstByteMs, idleMs }: UpstreamSettings,
  bound: ReadonlyMap<string, UpstreamBindings>,
  sealer: Sealer,
  attention: Attention,
  carried: Carried | undefined,
  isNewSession?: (exchange: Parameters<Upstream['view']>[0]) => boolean,
): Promise<HttpUpstream> {
  const bindings = bound.get(name);
  if (bindings === undefined) throw new TypeError(`the upstream ${name} is not bound`);
  const transport = { maxConnections, connectMs, firstByteMs, idleMs };
  const { certificate, carrier: own } = await certified(bindings, transport);
  const carrier = carried?.(name, () => own ?? new Transport(bindings.address.url, transport)) ?? own;
  return new HttpUpstream({
    name,
    address: bindings.address,
    auth: await bindings.auth.load({ certificate }),
    forbiddenIsOurs: bindings.auth.forbiddenIsOurs,
    // Of several, any may hold the session of a client that another one asks.
    asksCallers: [...bound.values()].some(({ auth }) => auth.asksCallers),
    sealer,
    reopen,
    maxSessions,
    sessionIdleMs,
    transport,
    carrier,
    attention,
    clientInfo: SELF,
    ...(isNewSession === undefined ? {} : { isNewSession }),
  });
}

/** The client certificate of one upstream, and what shows it; loaded only if one is bound. */
async function certified({ certificate: source, address }: UpstreamBindings, transport: TransportOptions) {
  if (source === undefined) return {};
  const [{ ClientCertificate }, { CertifiedTransport }] = await Promise.all([
    import('./upstream/auth/client-certificate.ts'),
    import('./upstream/certified-transport.ts'),
  ]);
  const certificate = new ClientCertificate(() => readSecretText(source));
  return { certificate, carrier: new CertifiedTransport(address.url, transport, certificate) };
}

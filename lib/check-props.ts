/** What is wrong with a proxy's properties by themselves, in words. */
import { type Duration, type Stack, Token } from 'aws-cdk-lib';
import { checkHttps, checkRegion, type Faults, got, known } from './faults.ts';
import type { McpProxyProps } from './props.ts';

/**
 * Of a session, in seconds. The service model says 14 days; a microVM lives 8 hours at most, longer sessions are for
 * instances of a capacity provider.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-lifecycle-settings.html
 */
export const LIFETIME = { shortest: 60, longest: 28_800, idle: 900, life: 28_800 } as const;

/** Why there is no more, for errors. */
export const MICROVM =
  'AgentCore ends a microVM after 8 hours, and longer sessions need its Instances compute type, which is not supported here';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
const NAME_WORDS = 'a letter, then letters, digits and underscores, 48 characters at most';

export function checkProps(props: McpProxyProps, stack: Stack, faults: Faults): void {
  checkNode(faults);
  checkRegion(stack.region, "the stack's region", faults);
  if (known(props.runtimeName) && !NAME.test(props.runtimeName))
    faults.add(`runtimeName: expected ${NAME_WORDS}, got ${got(props.runtimeName)}`);
  if (known(props.description) && (props.description.length === 0 || props.description.length > 1200))
    faults.add(`description: expected 1 to 1200 characters, got ${props.description.length}`);
  checkLifetimes(props, faults);
  checkEndpoints(props.endpoints ?? [], faults);
  for (const host of props.allowedHosts ?? []) {
    if (known(host) && !/^(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/.test(host))
      faults.add(`allowedHosts: expected host or host:port, got ${got(host)}`);
  }
  checkSources(props.callersFrom, faults);
  checkTags(props.tags ?? {}, faults);
  if (typeof props.traces === 'object') checkHttps(props.traces.otlpEndpoint, 'traces: otlpEndpoint', faults);
}

function checkSources(from: McpProxyProps['callersFrom'], faults: Faults): void {
  if (from === undefined) return;
  const [vpcs, endpoints] = [
    (from.vpcs ?? []).map(({ vpcId }) => vpcId),
    (from.vpcEndpoints ?? []).map(({ vpcEndpointId }) => vpcEndpointId),
  ];
  if (vpcs.length + endpoints.length === 0)
    faults.add('callersFrom: expected at least one VPC or VPC endpoint, got none (nobody could call)');
  for (const id of vpcs)
    if (known(id) && !/^vpc-[0-9a-z]{8,17}$/.test(id))
      faults.add(`callersFrom: expected an id such as vpc-0123456789abcdef0, got ${got(id)}`);
  for (const id of endpoints)
    if (known(id) && !/^vpce-[0-9a-z]{8,17}$/.test(id))
      faults.add(`callersFrom: expected an id such as vpce-0123456789abcdef0, got ${got(id)}`);
}

/** What AgentCore takes is less than what other services do. */
function checkTags(tags: NonNullable<McpProxyProps['tags']>, faults: Faults): void {
  const count = Object.keys(tags).length;
  if (count > 50) faults.add(`tags: expected at most 50, got ${count}`);
  for (const [key, value] of Object.entries(tags)) {
    if (known(key) && (!/^[a-zA-Z0-9\s._:/=+@-]{1,128}$/.test(key) || /^aws:/i.test(key)))
      faults.add(
        `tags: expected a key of 1 to 128 letters, digits, spaces and ._:/=+@-, not beginning with aws:, got ${got(key)}`,
      );
    if (known(value) && !/^[a-zA-Z0-9\s._:/=+@-]{0,256}$/.test(value))
      faults.add(
        `tags: expected as value of ${key} at most 256 letters, digits, spaces and ._:/=+@-, got ${got(value)}`,
      );
  }
}

/** The bundle is described by the Node that runs this. */
function checkNode(faults: Faults): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18))
    faults.add(`expected Node 22.18 or later to run the CDK app, got ${process.versions.node}`);
}

function checkLifetimes({ idleTimeout, maxLifetime }: McpProxyProps, faults: Faults): void {
  const idle = idleTimeout === undefined ? LIFETIME.idle : seconds(idleTimeout, 'idleTimeout', faults);
  const life = maxLifetime === undefined ? LIFETIME.life : seconds(maxLifetime, 'maxLifetime', faults);
  if (idle !== undefined && life !== undefined && idle > life)
    faults.add(
      `idleTimeout: expected at most maxLifetime (${life} s), got ${idle} s${idleTimeout === undefined ? ', the default: give a shorter idleTimeout, too' : ''}`,
    );
}

/** Undefined where it isn't known yet, or is a fault. */
function seconds(duration: Duration, name: string, faults: Faults): number | undefined {
  if (duration.isUnresolved())
    return duration.unitLabel() === 'seconds'
      ? undefined
      : faults.add(
          `${name}: expected Duration.seconds(…) of a number that is known at deploy time alone, got one in ${duration.unitLabel()}`,
        );
  const { shortest, longest } = LIFETIME;
  const value = duration.toSeconds({ integral: false });
  if (Number.isInteger(value) && value >= shortest && value <= longest) return value;
  return faults.add(
    `${name}: expected whole seconds from ${shortest} to ${longest}, got ${value}${value > longest ? ` (${MICROVM})` : ''}`,
  );
}

function checkEndpoints(endpoints: NonNullable<McpProxyProps['endpoints']>, faults: Faults): void {
  const names = new Set<string>();
  for (const { name, version, description } of endpoints) {
    if (Token.isUnresolved(name))
      faults.add('endpoints: expected a name that is known at synth, got one that only a deployment knows');
    if (known(name) && !NAME.test(name)) faults.add(`endpoints: expected as name ${NAME_WORDS}, got ${got(name)}`);
    if (name === 'DEFAULT') faults.add('endpoints: expected another name than DEFAULT, which AgentCore creates itself');
    if (names.has(name)) faults.add(`endpoints: expected a name once, got ${name} again`);
    names.add(name);
    if (known(version) && !/^[1-9]\d{0,4}$/.test(version))
      faults.add(`endpoints: expected a version such as 3 for ${name}, got ${got(version)}`);
    if (known(description) && (description.length === 0 || description.length > 256))
      faults.add(`endpoints: expected a description of 1 to 256 characters for ${name}, got ${description.length}`);
  }
}

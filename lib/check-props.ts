/** Checks a proxy's properties one by one. */
import { type Duration, type Stack, Token } from 'aws-cdk-lib';
import { COMMON_OPTIONS } from './common-options.ts';
import { checkRegion, type Faults } from './faults.ts';
import type { CallerSources, McpProxyProps } from './props.ts';
import { endsWhileIdle, lifetime, LIFETIME } from './rules/lifetime.ts';
import { type Parse, textBy } from './rules/parse.ts';
import { noFindings, Place } from './rules/place.ts';
import { tags } from './rules/tags.ts';
import { TEXTS } from './rules/texts.ts';
import { checkUpstreamForm } from './rules/upstream-form.ts';
import { VARIABLE_OPTIONS } from './variable-options.ts';

export function checkProps(props: McpProxyProps, stack: Stack, faults: Faults): void {
  checkNode(faults);
  checkRegion(stack.region, "the stack's region", faults);
  const findings = noFindings((value) => Token.isUnresolved(value));
  const place = new Place('', findings);
  const check = (name: keyof McpProxyProps, parse: Parse<unknown>): void => {
    if (props[name] !== undefined) parse(props[name], place.at(name));
  };
  checkUpstreamForm(props, place);
  for (const name of Object.keys(props.upstreams ?? {})) textBy(TEXTS.upstreamName)(name, place.at('upstreams'));
  if (props.caFile !== undefined && props.caSecretArn !== undefined)
    place.at('caFile').fault('expected caFile or caSecretArn, got both');
  check('runtimeName', textBy(TEXTS.name));
  for (const [name, { parse }] of Object.entries({ ...COMMON_OPTIONS, ...VARIABLE_OPTIONS })) {
    // The keys of an object literal are those of its type.
    check(name as keyof typeof COMMON_OPTIONS | keyof typeof VARIABLE_OPTIONS, parse);
  }
  check('tags', tags);
  if (props.callersFrom !== undefined) checkSources(props.callersFrom, place.at('callersFrom'));
  checkLifetimes(props, place);
  for (const fault of findings.faults) faults.add(fault);
}

function checkSources({ vpcs = [], vpcEndpoints = [], ...rest }: CallerSources, place: Place): void {
  rest satisfies Record<string, never>;
  if (vpcs.length + vpcEndpoints.length === 0)
    place.fault('expected at least one VPC or VPC endpoint, got none (no caller would be allowed)');
  for (const [index, { vpcId }] of vpcs.entries()) textBy(TEXTS.vpcId)(vpcId, place.at('vpcs').at(index).at('vpcId'));
  for (const [index, { vpcEndpointId }] of vpcEndpoints.entries())
    textBy(TEXTS.vpcEndpointId)(vpcEndpointId, place.at('vpcEndpoints').at(index).at('vpcEndpointId'));
}

/** The bundle is described by the Node version that runs this code. */
function checkNode(faults: Faults): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18))
    faults.add(`expected Node 22.18 or later to run the CDK app, got ${process.versions.node}`);
}

function checkLifetimes({ idleTimeout, maxLifetime }: McpProxyProps, place: Place): void {
  const idle = idleTimeout === undefined ? LIFETIME.idle : seconds(idleTimeout, place.at('idleTimeout'));
  const life = maxLifetime === undefined ? LIFETIME.life : seconds(maxLifetime, place.at('maxLifetime'));
  if (idle !== undefined && life !== undefined && endsWhileIdle(idle, life))
    place
      .at('idleTimeout')
      .fault(
        `expected at most maxLifetime (${life} s), got ${idle} s${idleTimeout === undefined ? ', the default: give a shorter idleTimeout, too' : ''}`,
      );
}

/** Returns undefined if the value isn't known yet, or is a fault. */
function seconds(duration: Duration, place: Place): number | undefined {
  if (!duration.isUnresolved()) return lifetime(duration.toSeconds({ integral: false }), place);
  return duration.unitLabel() === 'seconds'
    ? undefined
    : place.fault(
        `expected Duration.seconds(…) of a number that is only known at deploy time, got one in ${duration.unitLabel()}`,
      );
}

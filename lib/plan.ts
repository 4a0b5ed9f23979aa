/** Decides everything before the first resource of a proxy's runtime is created. */
import { Annotations, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ProcessVariable } from '../proxy/config/process-variables.ts';
import { checkRegionHasAgentCore } from './agentcore-regions.ts';
import { type BindingValue, bindNeeds } from './bindings.ts';
import { type BuiltProxy, builtProxy } from './built-proxy.ts';
import { withAuthorities } from './ca-file.ts';
import { checkCaller } from './caller.ts';
import { checkEnvironment, fitting } from './environment.ts';
import type { Faults } from './faults.ts';
import { allowlist } from './headers.ts';
import { type BoundInboundAuth, InboundAuth } from './inbound-auth.ts';
import { METRICS_NAMESPACE } from './metrics.ts';
import { checkPlacement } from './placement.ts';
import type { VpcPlacement } from './props.ts';
import {
  bindUpstreams,
  checkNames,
  type GivenUpstreams,
  impliedVariables,
  shownUpstreams,
  upstreamVariables,
} from './upstreams.ts';
import { bindOptions, VARIABLE_OPTIONS, type VariableOptions } from './variable-options.ts';
import { planWarmUp, type WarmUpPlan } from './warm-up.ts';

/** The properties of the construct that decisions depend on. */
export interface PlanProps {
  readonly upstreams: GivenUpstreams;
  readonly inboundAuth: InboundAuth | undefined;
  readonly config: string | undefined;
  readonly caFile: string | undefined;
  readonly runtimeName: string | undefined;
  readonly bindings: Readonly<Record<string, BindingValue>>;
  readonly vpc: VpcPlacement | undefined;
  readonly platformVersion: PlatformVersion;
  readonly allGateways: boolean;
  readonly removalPolicy: RemovalPolicy;
  readonly variables: VariableOptions;
}

export interface Plan {
  readonly runtimeName: string;
  /** The upstreams, for the description. */
  readonly shownUpstreams: string;
  readonly built: BuiltProxy;
  readonly inbound: BoundInboundAuth;
  readonly environment: Readonly<Record<string, string>>;
  readonly warmUp: WarmUpPlan;
  readonly headers: string[];
  /** Statements of the execution role for what the proxy uses. */
  readonly uses: readonly PolicyStatement[];
}

/**
 * Variables that a config may describe and that are never bound by name, besides those of the upstream and of the
 * options.
 */
const OWN: readonly (ProcessVariable | 'INBOUND_AUTH')[] = [
  'HOST',
  'PORT',
  'INBOUND_AUTH',
  'PROXY_NAME',
  'WARM_UP',
  'METRICS_NAMESPACE',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  ...Object.values(VARIABLE_OPTIONS).map(({ variable }) => variable),
];

/**
 * Checks everything, and creates only what depends on nothing else: the user pool, tables and keyrings. Throws all
 * faults in one error.
 * @param faults those that were found before
 */
export function planProxy(scope: Construct, props: PlanProps, faults: Faults): Plan {
  const { platformVersion, removalPolicy, variables } = props;
  const stack = Stack.of(scope);
  // A refused value may be anything, so it becomes no variable.
  const options = faults.found.length === 0 ? bindOptions(variables, stack) : { environment: {}, statements: [] };
  const runtimeName = props.runtimeName ?? Names.uniqueResourceName(scope, { maxLength: 48, separator: '_' });
  if (props.runtimeName === undefined) {
    Annotations.of(scope).addWarningV2(
      'agentcore-mcp-proxy:runtimeName',
      `the runtime is named after the construct's path (${runtimeName}): moving or renaming the construct or its stack would replace the runtime and change every client's URL; give it a fixed runtimeName`,
    );
  }
  checkRegionHasAgentCore(scope, stack);
  if (props.vpc !== undefined) checkPlacement(scope, props.vpc, stack, faults);
  const site = { scope, stack, removalPolicy, faults };
  const inbound = (props.inboundAuth ?? InboundAuth.iam()).bind({
    ...site,
    deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
  });
  const upstreams = bindUpstreams(props.upstreams, {
    ...site,
    runtimeName,
    allGateways: props.allGateways,
    plainHttpHosts: faults.found.length === 0 ? (variables.plainHttpHosts ?? []) : [],
  });
  const builtAlone = builtProxy(props.config, faults);
  const built = builtAlone && withAuthorities(scope, builtAlone, props.caFile, faults);
  if (built === undefined) throw faults.error(scope.node.path);

  const { described } = built;
  checkNames(props.upstreams, described.upstreams, faults);
  checkCaller(scope, described, inbound.jwt, upstreams, faults);
  const headers = allowlist(described.headers, inbound.jwt, faults);
  const warmUp = planWarmUp(platformVersion);
  const own: Record<string, string> = {
    ...upstreamVariables(upstreams, described.upstreams),
    ...(inbound.jwt ? { INBOUND_AUTH: 'jwt' } : {}),
    ...options.environment,
    ...(props.caFile === undefined ? {} : { CA_BUNDLE: 'built' }),
    ...warmUp.environment,
    PROXY_NAME: runtimeName,
    METRICS_NAMESPACE,
  };
  const prefixes = described.upstreams.map(({ bindings }) => `${bindings}_`);
  const ofUpstreams = described.bindings
    .filter(
      ({ neededBy, name }) => neededBy.startsWith('upstream ') && prefixes.some((prefix) => name.startsWith(prefix)),
    )
    .map(({ name }) => name);
  const needs = bindNeeds(described, props.bindings, new Set([...OWN, ...Object.keys(own), ...ofUpstreams]), site);
  const implied = impliedVariables(upstreams, described.upstreams);
  const environment = fitting({ ...own, ...needs.environment }, implied, stack);
  checkEnvironment(environment, platformVersion.value === PlatformVersion.V2.value, faults);
  faults.throwIfAny(scope.node.path);
  return {
    runtimeName,
    shownUpstreams: shownUpstreams(upstreams),
    built,
    inbound,
    environment,
    warmUp,
    headers,
    uses: [
      ...upstreams.flatMap(({ statements }) => statements),
      ...needs.statements,
      ...options.statements.map((statement) => new PolicyStatement(statement)),
    ],
  };
}

/** Checks whether the proxy can identify its caller behind the authorizer that it gets, and call upstreams on its behalf. */
import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RUNTIME } from '../proxy/upstream/auth/identity-arns.ts';
import type { Described } from './described.ts';
import type { Faults } from './faults.ts';
import type { BoundOne } from './upstreams.ts';

/** Sources that read the token in `Authorization`. */
const BY_TOKEN: readonly string[] = ['agentcore-jwt', 'jwks'];

export function checkCaller(
  scope: Construct,
  { caller, controls }: Described,
  jwt: boolean,
  upstreams: readonly Pick<BoundOne, 'name' | 'onBehalf' | 'environment'>[],
  faults: Faults,
): void {
  for (const { name, onBehalf, environment } of upstreams)
    if (onBehalf && !BY_TOKEN.includes(caller.source))
      faults.add(
        `${name === undefined ? 'upstreamAuth' : `upstreams.${name}.auth`}: ${environment['AUTH']} needs the caller's verified token: expected caller: agentcoreJwt() in the config, got ${caller.source}${environment['WORKLOAD'] === RUNTIME ? '; or unverifiedCallers: true, which suits an upstream without sessions' : ''}`,
      );
  if (BY_TOKEN.includes(caller.source) && !jwt) {
    const deciding = controls.filter(({ perCaller }) => perCaller).map(({ name }) => name);
    faults.add(
      `caller ${caller.source}: expected inbound authentication by JWT (inboundAuth), got IAM, whose Authorization header never reaches the proxy${
        deciding.length === 0 ? '' : `, and ${deciding.join(', ')} must know who calls`
      }; or let a trusted client say it in a header: caller: header(…)`,
    );
  }
  if (caller.source === 'fixed')
    Annotations.of(scope).addWarningV2(
      'agentcore-mcp-proxy:fixedCaller',
      'the config names fixed(…) as its caller: all callers count as the same one',
    );
}

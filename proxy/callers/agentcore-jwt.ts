/** `agentcoreJwt()`: the JWT that AgentCore Runtime has verified. */
import { isUtf8 } from 'node:buffer';
import { ProxyError } from '../base/errors.ts';
import { callerOf, type CallerSource } from '../call/caller.ts';
import type { JsonObject } from '../json/value.ts';
import { bearerOf } from './bearer-token.ts';
import { parseClaims } from './claims.ts';
import { recentCallers } from './recent.ts';

/**
 * The JWT that AgentCore Runtime has already verified (a runtime with a JWT authorizer, and `Authorization` on its
 * header allowlist). The token is decoded and **not verified here**. So this source refuses to start unless
 * `INBOUND_AUTH=jwt` is bound; only the CDK construct should bind it, together with the authorizer.
 */
export function agentcoreJwt(): CallerSource {
  return {
    kind: 'agentcore-jwt',
    headers: ['authorization'],
    verifiesToken: true,
    bindings: {
      INBOUND_AUTH:
        'must be "jwt": set together with the JWT authorizer that verifies the token; for npm start, give --caller instead',
    },
    prepare: (environment) => {
      if (environment['INBOUND_AUTH'] !== 'jwt') {
        throw new Error(
          `caller agentcore-jwt trusts a token that the platform verified: expected INBOUND_AUTH=jwt, got ${environment['INBOUND_AUTH'] ?? 'nothing'}; use jwks({ issuer }) if no authorizer is in front`,
        );
      }
      const recent = recentCallers();
      return ({ headers }) => {
        const { token, digest } = bearerOf(headers);
        return recent(digest, () => callerOf(decodeJwt(token)));
      };
    },
  };
}

function decodeJwt(token: string): JsonObject {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  const bytes = Buffer.from(payload ?? '', 'base64url');
  if (payload === undefined || !isUtf8(bytes))
    throw new ProxyError('unauthenticated-caller', 'expected the bearer token to be a signed JWT, got something else');
  return parseClaims(bytes.toString('utf8'), "the bearer token's payload");
}

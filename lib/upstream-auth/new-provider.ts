/**
 * A credential provider, or a workload identity, that the stack creates. CloudFormation reads the secret at deploy time: its
 * value is in no template.
 */
import { SecretValue } from 'aws-cdk-lib';
import { ApiKeyCredentialProvider, OAuth2CredentialProvider, WorkloadIdentity } from 'aws-cdk-lib/aws-bedrockagentcore';
import { SECRET } from '../arn.ts';
import { checkArn, checkHttps, checkText } from '../faults.ts';
import { TEXTS } from '../rules/texts.ts';
import type { AuthSite } from './way.ts';

/** A client of any issuer with metadata. */
export interface NewOAuth2Provider {
  /** The issuer's metadata: `https://…/.well-known/openid-configuration`. */
  readonly discoveryUrl: string;
  readonly clientId: string;
  /** The client's secret in Secrets Manager, with `#KEY` for one member of a JSON secret. */
  readonly secretArn: string;
}

export interface NewApiKeyProvider {
  /** The key in Secrets Manager, with `#KEY` for one member of a JSON secret. */
  readonly secretArn: string;
}

export type NewProvider = NewOAuth2Provider | NewApiKeyProvider;

export function createProvider(
  given: NewProvider,
  { scope, stack, statementId, where, faults }: AuthSite,
): OAuth2CredentialProvider | ApiKeyCredentialProvider {
  const place = `${where.auth}: provider`;
  const [secretArn = '', jsonField] = given.secretArn.split('#');
  checkArn(secretArn, SECRET, `${place}: secretArn`, stack, faults);
  const value = SecretValue.secretsManager(secretArn, jsonField === undefined ? {} : { jsonField });
  const id = `${statementId}Provider`;
  if (!('discoveryUrl' in given)) return new ApiKeyCredentialProvider(scope, id, { apiKey: value });
  const { discoveryUrl, clientId } = given;
  checkHttps(discoveryUrl, `${place}: discoveryUrl`, faults);
  checkText(clientId, TEXTS.clientId, `${place}: clientId`, faults);
  return OAuth2CredentialProvider.usingCustom(scope, id, { discoveryUrl, clientId, clientSecret: value });
}

/** It may send people back to this page only. */
export function createWorkloadIdentity(
  returnUrl: string | undefined,
  { scope, statementId }: AuthSite,
): WorkloadIdentity {
  const allowed = returnUrl === undefined ? {} : { allowedResourceOauth2ReturnUrls: [returnUrl] };
  return new WorkloadIdentity(scope, `${statementId}Workload`, allowed);
}

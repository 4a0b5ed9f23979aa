/**
 * Upstreams whose credentials are got with a token of each caller: nobody calls from here. What is bound is checked, and for
 * AgentCore Identity whether the provider is there.
 */
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { PROVIDER_ARN, WORKLOAD_ARN } from '../../../proxy/upstream/auth/identity-arns.ts';
import { awsFailure, clientOptions, isDenied, nameOf } from '../aws.ts';
import { failed, ok, type Result, skipped, warning } from '../finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const AS_A_CALLER =
  'after the deployment, ask as a caller: "npm run agent -- NAME --list", or "npm run verify -- NAME"';

/**
 * Undefined: its credentials need no caller.
 * @param name the config's name; undefined: the only one
 */
export async function withoutCaller(environment: Environment, name: string | undefined): Promise<Result | undefined> {
  const faults = new Faults();
  const bound = readUpstream(environment, name ?? 'default', faults);
  // The probe reports the faults.
  if (bound?.auth.callerToken === undefined) return undefined;
  const { way } = bound.auth;
  if (way !== 'agentcore-identity')
    return skipped(
      `is called with what each caller's token is exchanged for (${way}), and nobody calls from here`,
      AS_A_CALLER,
    );
  const prefix = name === undefined ? 'UPSTREAM' : `UPSTREAM_${name.toUpperCase().replaceAll('-', '_')}`;
  const of = (variable: string): string => environment[`${prefix}_${variable}`] ?? '';
  return identity({ provider: of('PROVIDER'), workload: of('WORKLOAD'), returnUrl: of('RETURN_URL') });
}

interface Identity {
  readonly provider: string;
  readonly workload: string;
  readonly returnUrl: string;
}

async function identity({ provider, workload, returnUrl }: Identity): Promise<Result> {
  const [, , region, , kind, name] = PROVIDER_ARN.exec(provider) ?? [];
  const own = WORKLOAD_ARN.exec(workload)?.[4];
  const sdk = await import('@aws-sdk/client-bedrock-agentcore-control');
  const client = new sdk.BedrockAgentCoreControlClient(clientOptions(region));
  const doing = `look at the credential provider ${name}`;
  try {
    if (kind === 'apikey') await client.send(new sdk.GetApiKeyCredentialProviderCommand({ name }));
    else await client.send(new sdk.GetOauth2CredentialProviderCommand({ name }));
    if (own === undefined)
      return returnUrl === ''
        ? ok(`the credential provider ${name} is there; AgentCore Runtime says for whom it is asked`)
        : warning(
            `the credential provider ${name} is there, but what the runtime's own workload identity allows is known only after the deployment`,
            `allow ${returnUrl} there: "aws bedrock-agentcore-control update-workload-identity"`,
          );
    const { allowedResourceOauth2ReturnUrls: allowed = [] } = await client.send(
      new sdk.GetWorkloadIdentityCommand({ name: own }),
    );
    if (returnUrl !== '' && !allowed.includes(returnUrl))
      return failed(
        `the workload identity ${own} does not allow the return URL ${returnUrl}`,
        'add it to its allowedResourceOauth2ReturnUrls: "aws bedrock-agentcore-control update-workload-identity"',
      );
    return ok(`the credential provider ${name} and the workload identity ${own} are there; nobody calls from here`);
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException')
      return failed(
        `there is no credential provider ${name}${own === undefined ? '' : `, or no workload identity ${own},`} in ${region}`,
        'create it first: "aws bedrock-agentcore-control create-oauth2-credential-provider", or OAuth2CredentialProvider in a CDK app',
      );
    const { message } = awsFailure(
      error,
      doing,
      'bedrock-agentcore:GetOauth2CredentialProvider (or GetApiKeyCredentialProvider) and GetWorkloadIdentity',
    );
    return isDenied(error)
      ? warning(message, 'the deployed proxy needs no such permission; "npm run verify" shows whether it gets tokens')
      : failed(message, 'fix that, and run the doctor again');
  } finally {
    client.destroy();
  }
}

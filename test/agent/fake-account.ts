/**
 * The part of an AWS account that finding a deployment needs: its stack's outputs, its runtime's authorizer, its
 * client's secret. All calls are signed.
 */
import { startVerifyingServer, verifySigV4 } from '../support/sigv4-verifier.ts';
import { environment } from './no-account.ts';
import { serve } from './serve.ts';

export const OPERATOR = {
  AWS_ACCESS_KEY_ID: 'AKIDOPERATOR',
  AWS_SECRET_ACCESS_KEY: 'operator-secret',
  AWS_REGION: 'eu-west-1',
} as const;
export const POOL = 'eu-west-1_TestPool1';

export interface AccountOptions {
  readonly outputs: Readonly<Record<string, string>>;
  /** The runtime's JWT authorizer. @default - callers sign with IAM */
  readonly jwt?: { readonly discoveryUrl: string; readonly allowedClients: readonly string[] };
  /** Cognito's description of any client. @default - it denies */
  readonly clientSecret?: string;
}

export interface FakeAccount extends AsyncDisposable {
  /** Names of the operations that were called, in order. */
  readonly operations: readonly string[];
}

const secretFor = (id: string): string | undefined =>
  id === OPERATOR.AWS_ACCESS_KEY_ID ? OPERATOR.AWS_SECRET_ACCESS_KEY : undefined;

/** Points AWS's clients to it until the end of the test. */
export async function startAccount({ outputs, jwt, clientSecret }: AccountOptions): Promise<FakeAccount> {
  const operations: string[] = [];
  const rules = (service: string) => ({ region: 'eu-west-1', service, secretFor });
  const cognito = await startVerifyingServer(rules('cognito-idp'), () => {
    operations.push('DescribeUserPoolClient');
    if (clientSecret === undefined)
      return { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };
    return { body: { UserPoolClient: { ClientSecret: clientSecret } } };
  });
  const control = await startVerifyingServer(rules('bedrock-agentcore'), () => {
    operations.push('GetAgentRuntime');
    return {
      body: {
        status: 'READY',
        agentRuntimeVersion: '1',
        ...(jwt === undefined ? {} : { authorizerConfiguration: { customJWTAuthorizer: jwt } }),
      },
    };
  });
  // CloudFormation answers in XML.
  const formation = await serve((request, response) => {
    const verdict = verifySigV4(request, rules('cloudformation'));
    const form = new URLSearchParams(request.body.toString('utf8'));
    operations.push(form.get('Action') ?? '');
    if (verdict.accepted && form.get('StackName') === 'prod-calculator')
      return void response.writeHead(200, { 'content-type': 'text/xml' }).end(stackXml(outputs));
    const [code, message] = verdict.accepted
      ? ['ValidationError', 'Stack with id x does not exist']
      : ['SignatureDoesNotMatch', verdict.reason];
    response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
  });
  environment({
    ...OPERATOR,
    AWS_ENDPOINT_URL_CLOUDFORMATION: formation.url,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL: control.url,
  });
  return {
    operations,
    async [Symbol.asyncDispose]() {
      await Promise.all([cognito, control, formation].map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

function stackXml(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('&', '&amp;')}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
    <StackId>arn:aws:cloudformation:eu-west-1:111122223333:stack/prod-calculator/5f1c</StackId><StackName>prod-calculator</StackName>
    <CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs>
  </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

/**
 * The proxy on Lambda, behind a function URL that wants signed requests; Lambda's web adapter turns events into HTTP.
 *
 *   npm run build -- --out dist/proxy
 *   npx cdk deploy --app 'npx --no-install node examples/elsewhere/lambda.ts'
 */
import { App, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Architecture,
  DockerImageCode,
  DockerImageFunction,
  FunctionUrlAuthType,
  InvokeMode,
} from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { contextOf } from './image.ts';

export class ProxyOnLambda extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly folder: string }) {
    super(scope, id, props);
    const sessions = new Secret(this, 'Sessions', {
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    const handler = new DockerImageFunction(this, 'Proxy', {
      code: DockerImageCode.fromImageAsset(contextOf(props.folder, 'lambda.Dockerfile')),
      architecture: Architecture.ARM_64,
      memorySize: 512,
      // Lambda's limit. A call that takes longer belongs on AgentCore Runtime or ECS.
      timeout: Duration.minutes(15),
      environment: {
        UPSTREAM_URL: 'https://tools.example.com/mcp',
        SESSION_SECRET: sessions.secretArn,
        AWS_LWA_PORT: '8000',
        AWS_LWA_READINESS_CHECK_PATH: '/ping',
        AWS_LWA_INVOKE_MODE: 'response_stream',
      },
    });
    sessions.grantRead(handler);
    const { url } = handler.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    });
    new CfnOutput(this, 'Url', { value: `${url}mcp` });
  }
}

if (import.meta.main) new ProxyOnLambda(new App(), 'proxy-on-lambda', { folder: 'dist/proxy' });

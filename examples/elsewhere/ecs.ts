/**
 * The proxy on ECS Fargate, behind a load balancer inside a VPC.
 *
 *   npm run build -- --config examples/elsewhere/proxy.config.ts --out dist/proxy
 *   npx cdk deploy --app 'npx --no-install node examples/elsewhere/ecs.ts'
 */
import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, CpuArchitecture, OperatingSystemFamily } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { imageOf } from './image.ts';

const HOST = 'mcp.example.com';

export class ProxyOnEcs extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly folder: string }) {
    super(scope, id, props);
    // The key that seals session ids: the tasks share it, so that each can serve every client.
    const sessions = new Secret(this, 'Sessions', {
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    const service = new ApplicationLoadBalancedFargateService(this, 'Service', {
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      }),
      publicLoadBalancer: false,
      certificate: Certificate.fromCertificateArn(
        this,
        'Certificate',
        'arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012',
      ),
      // Streams may be silent this long.
      idleTimeout: Duration.minutes(15),
      cpu: 256,
      memoryLimitMiB: 512,
      desiredCount: 2,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
      taskImageOptions: {
        image: ContainerImage.fromDockerImageAsset(imageOf(this, props.folder, 'Dockerfile')),
        containerPort: 8000,
        environment: {
          UPSTREAM_URL: 'https://tools.example.com/mcp',
          ALLOWED_HOSTS: HOST,
          PUBLIC_URL: `https://${HOST}/mcp`,
          SESSION_SECRET: sessions.secretArn,
        },
      },
    });
    sessions.grantRead(service.taskDefinition.taskRole);
    service.targetGroup.configureHealthCheck({ path: '/ping' });
  }
}

if (import.meta.main) new ProxyOnEcs(new App(), 'proxy-on-ecs', { folder: 'dist/proxy' });

/** Where a proxy is: regions and VPCs, as far as synth can know. */
import type { Stack } from 'aws-cdk-lib';
import { type IVpc, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { ProxyUpstream } from '../../lib/index.ts';
import { faultsOf, synth, type Synthesized } from './synth.ts';

const warningsOf = ({ proxy }: Synthesized): string => proxy.node.metadata.map(({ data }) => String(data)).join();
const inRegion = (region: string): string =>
  warningsOf(
    synth(
      { upstream: ProxyUpstream.url('https://tools.example.com/mcp') },
      { env: { account: '123456789012', region } },
    ),
  );
const imported = (stack: Stack, more: object): IVpc =>
  Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-12345678', availabilityZones: ['eu-west-1a'], ...more });
const placed = (more: object, vpcSubnets?: SubnetSelection): string =>
  warningsOf(
    synth((stack) => ({ vpc: { vpc: imported(stack, more), ...(vpcSubnets === undefined ? {} : { vpcSubnets }) } })),
  );

describe('a region', () => {
  it.each(['eu-west-1', 'us-gov-west-1', 'cn-north-1', 'cn-northwest-1', 'ap-southeast-7'])(
    '%s has AgentCore, and causes no warning',
    (region) => {
      expect(inRegion(region)).toBe('');
    },
  );

  it.each(['af-south-1', 'us-gov-east-1', 'eusc-de-east-1', 'us-iso-east-1'])(
    '%s, where AgentCore was not available, causes a warning: it may be there by now',
    (region) => {
      expect(inRegion(region)).toContain(`AgentCore Runtime wasn't in ${region} in November 2026`);
    },
  );
});

describe('in a VPC', () => {
  it('private subnets are accepted without a warning', () => {
    expect(placed({ privateSubnetIds: ['subnet-12345678'] })).toBe('');
  });

  it('public subnets cause a warning that they have no way to the internet', () => {
    expect(placed({ publicSubnetIds: ['subnet-12345678'] }, { subnetType: SubnetType.PUBLIC })).toContain(
      'nothing on the internet can be reached from a public subnet',
    );
  });

  it('isolated subnets cause a warning with the endpoints that they need', () => {
    expect(placed({ isolatedSubnetIds: ['subnet-12345678'] }, { subnetType: SubnetType.PRIVATE_ISOLATED })).toContain(
      'the VPC needs endpoints for ecr.api, ecr.dkr, logs and s3',
    );
  });

  it('what AgentCore rejects is reported with all other faults', () => {
    const vpcSubnets = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
    const faults = (more: object): readonly string[] =>
      faultsOf((stack) => ({ runtimeName: 'my-proxy', vpc: { vpc: imported(stack, more), vpcSubnets } })).filter(
        (fault) => fault.startsWith('vpc'),
      );
    expect(faults({ publicSubnetIds: ['subnet-12345678'] })).toEqual([
      expect.stringMatching(/^vpc: There are no 'Private' subnet groups in this VPC/),
    ]);
    expect(
      faults({
        availabilityZones: Array.from({ length: 17 }, (_, i) => `eu-west-1${i}`),
        privateSubnetIds: Array.from({ length: 17 }, (_, i) => `subnet-123456${i + 10}`),
      }),
    ).toEqual(['vpc: expected 1 to 16 subnets, got 17']);
    expect(
      faultsOf((stack) => ({
        vpc: { vpc: imported(stack, { privateSubnetIds: ['subnet-12345678'] }), securityGroups: [] },
      })),
    ).toEqual(['vpc: expected 1 to 16 security groups, got none']);
    expect(faults({ region: 'us-east-1', privateSubnetIds: ['subnet-12345678'] })).toEqual([
      'vpc: expected a VPC in eu-west-1, got one in us-east-1',
    ]);
  });
});

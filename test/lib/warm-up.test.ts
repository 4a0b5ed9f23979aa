import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AgentRuntimeArtifact, PlatformVersion, Runtime } from 'aws-cdk-lib/aws-bedrockagentcore';
import { describe, expect, it } from 'vitest';
import { addHooks, planWarmUp } from '../../lib/warm-up.ts';
import { runtimeOf, synth } from './synth.ts';

describe('the warm-up before a snapshot', () => {
  it('is asked for by the hook of platform V2 where the CDK knows it, at the path that the process answers', () => {
    const stack = new Stack(new App(), 'Test');
    const runtime = new Runtime(stack, 'Runtime', {
      agentRuntimeArtifact: AgentRuntimeArtifact.fromImageUri('111122223333.dkr.ecr.eu-west-1.amazonaws.com/proxy:1'),
      platformVersion: PlatformVersion.V2,
    });
    const plan = planWarmUp(PlatformVersion.V2, true);
    addHooks(runtime, plan);
    expect(plan.environment).toEqual({ WARM_UP: 'hook' });
    Template.fromStack(stack).hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
      PlatformVersion: 'V2',
      HooksConfiguration: { Build: { Warmup: { Action: { HttpPost: { Path: '/warm-up', Port: 8000 } } } } },
    });
  });

  it('happens at the start where the CDK does not know the hook, and needs no property that it does not know', () => {
    expect(planWarmUp(PlatformVersion.V2, false)).toEqual({ environment: { WARM_UP: 'start' }, hooks: undefined });
  });

  it('is left out on platform V1, which restores no snapshot', () => {
    expect(planWarmUp(PlatformVersion.V1, true)).toEqual({ environment: {}, hooks: undefined });
    const runtime = runtimeOf(synth().template);
    expect(runtime).not.toHaveProperty('HooksConfiguration');
    expect(runtime).not.toHaveProperty('EnvironmentVariables.WARM_UP');
  });
});

/** Checks the app's templates against CloudFormation's own specification and the limits of the services. */
import { describe, expect, it } from 'vitest';
import { validateTemplate } from '../cloudformation/validate.ts';
import { make, ORDERS } from './app-of.ts';
import '../support/template-validation.ts';

describe('CloudFormation accepts the templates', () => {
  it.each(['iam', 'jwt', 'two'])('of the sample gateway with %s', async (sample) => {
    const { app, faults } = await make([], { sample });
    expect(faults).toEqual([]);
    expect(validateTemplate(app.synth().getStackByName('sample-gateway').template)).toEqual([]);
  });

  it.each<[string, object]>([
    ['with only the required members', {}],
    [
      'with every member',
      {
        stage: 'prod',
        inboundAuth: { newUserPool: {} },
        network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'] },
        endpoints: [{ name: 'live' }, { name: 'pinned', version: '3' }],
        tags: { team: 'crm' },
        traces: 'xray',
        metricsEndpoint: 'https://otlp.example.com/v1/metrics',
        alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms',
        platformVersion: 'V2',
        logRetentionDays: 30,
      },
    ],
  ])('of an entry %s', async (_, more) => {
    const { app, faults } = await make([{ ...ORDERS, ...more }]);
    expect(faults).toEqual([]);
    for (const { stackName, template } of app.synth().stacks) expect(validateTemplate(template), stackName).toEqual([]);
  });
});

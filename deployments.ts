/** Where proxies run: one entry for each proxy, account and region. `docs/deploy.md` lists the members of an entry. */
import { defineDeployments } from './lib/deployments.ts';

export default defineDeployments([
  // {
  //   name: 'orders',
  //   stage: 'prod',
  //   account: '111122223333',
  //   region: 'eu-west-1',
  //   upstream: { gatewayArn: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/orders-a1b2c3d4e5' },
  // },
]);

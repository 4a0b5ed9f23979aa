/** Where proxies run: one entry for each proxy, account and region. `docs/deploy.md` shows what an entry may say. */
import { defineDeployments } from './lib/deployments.ts';

export default defineDeployments([]);

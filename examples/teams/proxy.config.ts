/** Who may use what is in rules.cedar; callers come from the token that AgentCore's authorizer verified. */
import { agentcoreJwt, defineProxy } from 'agentcore-mcp-proxy';
import { accessPolicy, audit } from 'agentcore-mcp-proxy/controls';
import rules from './rules.cedar';

export default defineProxy({
  caller: agentcoreJwt(),
  controls: [audit(), accessPolicy({ policies: [rules], claims: { region: 'string' } })],
});

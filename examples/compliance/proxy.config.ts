/** A control that a team wrote: no tool is called unless the company's own service approves. */
import { agentcoreJwt, defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';
import { complianceCheck } from '../controls/compliance-check.ts';

export default defineProxy({
  caller: agentcoreJwt(),
  controls: [audit(), complianceCheck({ limitMs: 2_000, restMs: 1_000 })],
});

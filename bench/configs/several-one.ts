import { defineProxy } from 'agentcore-mcp-proxy';

/** One upstream with a prefix, no controls: what each further upstream adds is measured against it. */
export default defineProxy({ controls: [], upstreams: { u0: { prefix: true } } });

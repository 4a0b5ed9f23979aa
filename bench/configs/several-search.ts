import { defineProxy } from 'agentcore-mcp-proxy';

/** Twenty upstreams with tool search, no controls: the cost of a search over all their tools. */
export default defineProxy({
  search: true,
  controls: [],
  upstreams: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`u${i}`, { prefix: true }])),
});

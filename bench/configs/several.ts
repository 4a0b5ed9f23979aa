import { defineProxy } from 'agentcore-mcp-proxy';

/** Twenty upstreams, no controls: the cost of a hop that has to find its upstream. */
export default defineProxy({
  controls: [],
  upstreams: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`u${i}`, { prefix: true }])),
});

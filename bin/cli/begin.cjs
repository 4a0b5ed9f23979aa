// Begins the command, in a file of its own: see agentcore-mcp-proxy.cjs.
'use strict';

void import('./run.js');

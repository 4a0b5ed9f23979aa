// Begins the command. Why it is a separate file: see agentcore-mcp-proxy.cjs.
'use strict';

void import('./run.js');

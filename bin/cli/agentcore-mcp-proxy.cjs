#!/usr/bin/env node
// The command of an installed package. Old JavaScript, so that an old Node can say what it lacks.
'use strict';

var least = [22, 18];
var got = process.versions.node.split('.').map(Number);

if (got[0] < least[0] || (got[0] === least[0] && got[1] < least[1])) {
  console.error(
    'agentcore-mcp-proxy needs Node ' +
      least.join('.') +
      ' or later, got ' +
      process.versions.node +
      ' (' +
      process.execPath +
      ').\n' +
      'Install Node 26 (https://nodejs.org), or let npx bring it for this one command:\n\n  npx -p node@26 -p agentcore-mcp-proxy agentcore-mcp-proxy' +
      process.argv
        .slice(2)
        .map(function (word) {
          return ' ' + word;
        })
        .join(''),
  );
  process.exitCode = 1;
} else {
  // Only read here: an older Node doesn't know the syntax of an import().
  require('./begin.cjs');
}

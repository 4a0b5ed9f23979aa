// Preloaded by every npm script (`node --import ./bin/needs-node.mjs …`): on a Mac, continues with the person's own
// Node; on an old Node, prints one line instead of a long error.
import { isEnough, isPackagedForMac, ownNode } from './own-node.mjs';

if (isPackagedForMac(process.execPath)) {
  const own = ownNode(process.env['PATH'] ?? '');
  // Replaces this process, so that signals and exit code stay the same. Hides the warning that execve is experimental.
  process.removeAllListeners('warning');
  if (own !== undefined && process.execve !== undefined)
    process.execve(own, [own, ...process.execArgv, ...process.argv.slice(1)], process.env);
}
if (!isEnough(process.versions.node)) {
  console.error(
    `needs Node 22.18 or later, got ${process.versions.node}. npm brings Node 26 along for Linux and macOS: run "npm ci" without --omit=optional, and start this through an npm script`,
  );
  process.exit(1);
}

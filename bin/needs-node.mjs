// Preloaded by every npm script (`node --import ./bin/needs-node.mjs …`): goes on with the person's own Node on a Mac,
// and says in one line what an old Node would say in thirty.
import { isEnough, isPackagedForMac, ownNode } from './own-node.mjs';

if (isPackagedForMac(process.execPath)) {
  const own = ownNode(process.env['PATH'] ?? '');
  // It takes this process's place, so that signals and exit code stay as they are. Its warning that it is experimental
  // helps nobody here.
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

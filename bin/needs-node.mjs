// Preloaded by every npm script (`node --import ./bin/needs-node.mjs …`): says in one line what an old Node would say in thirty.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `needs Node 22.18 or later, got ${process.versions.node}. npm brings Node 26 along for Linux and macOS: run "npm ci" without --omit=optional, and start this through an npm script`,
  );
  process.exit(1);
}

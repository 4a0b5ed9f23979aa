/** What `npx agentcore-mcp-proxy` can do. Each command is loaded when it is given. */

export interface Command {
  /** Undefined: for programs, not shown. */
  readonly does: string | undefined;
  readonly load: () => Promise<unknown>;
}

const command = (does: string | undefined, load: Command['load']): Command => ({ does, load });

/** As the npm scripts of this repository and of a project that `init` makes. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['start', command('starts a proxy on this machine; without COMMAND, this is meant', () => import('../start.ts'))],
  ['init', command('makes a project of your own', () => import('../init.ts'))],
  ['agent', command('calls a proxy, by hand or with a model', () => import('../agent.ts'))],
  ['build', command('builds the container of a proxy into a folder', () => import('../build.ts'))],
  ['doctor', command('checks that everything is ready for a deployment', () => import('../doctor.ts'))],
  ['deploy', command('deploys to AgentCore Runtime', () => import('../deploy.ts'))],
  ['status', command('shows the state of a deployed proxy', () => import('../status.ts'))],
  ['verify', command('checks what only a live deployment can show', () => import('../verify.ts'))],
  ['destroy', command('removes a deployment', () => import('../destroy.ts'))],
  ['explain', command('says why a call was refused', () => import('../explain-call.ts'))],
  ['policy', command('shows what an access policy decides', () => import('../policy.ts'))],
  ['tools', command('locks and compares what upstreams offer', () => import('../tools.ts'))],
  ['replay', command('plays recorded calls through another config', () => import('../replay.ts'))],
  ['search', command('shows what tool search saves and finds', () => import('../search.ts'))],
  ['audit', command('checks that audit lines are complete', () => import('../audit.ts'))],
  ['keys', command('manages the keyring that makes tokens', () => import('../keys.ts'))],
  ['tokens', command('turns stored data into tokens, and back', () => import('../tokens.ts'))],
  ['controls', command('shows which controls a change weakens', () => import('../controls.ts'))],
  ['base-image', command("prints the digest of the base image's tag", () => import('../base-image.ts'))],
  ['app', command(undefined, () => import('../app.ts'))],
]);

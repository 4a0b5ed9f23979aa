/** How a person starts a command, for what commands tell people to type. */
import { IS_PUBLISHED } from '../lib/root.ts';

/** With options after it. In an installed package, scripts of npm exist only if it was started by one. */
export function typed(command: string, event = process.env['npm_lifecycle_event']): string {
  if (IS_PUBLISHED && event !== command) return `npx agentcore-mcp-proxy${command === 'start' ? '' : ` ${command}`}`;
  return `${command === 'start' ? 'npm start' : `npm run -s ${command}`} --`;
}

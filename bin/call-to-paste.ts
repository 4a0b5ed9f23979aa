/** A command that calls a proxy, for people to paste. */
import { IS_PUBLISHED } from '../lib/root.ts';
import { typed } from './typed.ts';

/** A calculation if the calculator is there, otherwise the list. */
export function callToPaste(url: string, tools: readonly string[], isInstalled = IS_PUBLISHED): string {
  const adds = tools.includes('add');
  // Beside an installed package there is no Inspector.
  if (isInstalled) return `${typed('agent')} --url ${url} ${adds ? '--call add a=2 b=3' : '--list'}`;
  const inspector = (more: string): string => `npx mcp-inspector --cli ${url} --transport http ${more}`;
  return adds
    ? inspector('--method tools/call --tool-name add --tool-arg a=2 --tool-arg b=3')
    : inspector('--method tools/list');
}

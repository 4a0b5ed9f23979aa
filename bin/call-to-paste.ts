/** A command that calls a proxy, for people to paste. */

/** A calculation if the calculator is there, otherwise the list. */
export function callToPaste(url: string, tools: readonly string[]): string {
  const inspector = (more: string): string => `npx mcp-inspector --cli ${url} --transport http ${more}`;
  return tools.includes('add')
    ? inspector('--method tools/call --tool-name add --tool-arg a=2 --tool-arg b=3')
    : inspector('--method tools/list');
}

/** The headers that a tool's schema makes of its arguments. */
import type { Tool } from '@modelcontextprotocol/server';
import { mirroredOf } from '../../upstream/params.ts';

/** Their names, such as `Mcp-Param-Region`. */
export function declaredHeaders(tool: Tool): readonly string[] {
  return mirroredOf(tool).map(({ header }) => `Mcp-Param-${header}`);
}

/** Which member of `params` names a method's subject. */

/**
 * The member of `params` that names a method's subject, which `Mcp-Name` mirrors (MCP 2026-07-28, streamable HTTP;
 * SEP-2663 for tasks).
 */
const NAMED: Readonly<Record<string, 'name' | 'uri' | 'taskId'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'resources/subscribe': 'uri',
  'resources/unsubscribe': 'uri',
  'resources/directory/read': 'uri',
  'skills/get': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/result': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Returns the member of `params` that names a method's subject; undefined if none does. */
export function nameMember(method: string): 'name' | 'uri' | 'taskId' | undefined {
  return Object.hasOwn(NAMED, method) ? NAMED[method] : undefined;
}

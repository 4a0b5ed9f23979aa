/** The messages of these tests, as text, since their bytes are tested. */

export const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
export const PING = '{"jsonrpc":"2.0","id":"p","method":"ping"}';
export const CALL = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}';

const META =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';

/** A modern request; `members` are further members of its params, as text. */
export function modern(method: string, members = '', id: number | string = 1): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":"${method}","params":{${members}${members === '' ? '' : ','}${META}}}`;
}

export const MODERN = 'MCP-Protocol-Version: 2026-07-28';
export const PLATFORM = 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: 0123456789-0123456789-0123456789-01';

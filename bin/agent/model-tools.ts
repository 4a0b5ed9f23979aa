/** The proxy's tools in the form that a Strands agent uses. */
import { hash } from 'node:crypto';
import type { CallToolResult, ContentBlock, Tool as McpTool } from '@modelcontextprotocol/client';
import {
  ImageBlock,
  type ImageFormat,
  type JSONValue,
  JsonBlock,
  TextBlock,
  Tool,
  type ToolContext,
  ToolResultBlock,
  type ToolResultContent,
  type ToolSpec,
  type ToolStreamGenerator,
} from '@strands-agents/sdk';
import { isObject } from '../../proxy/json/lossless.ts';
import type { CallOptions } from './session.ts';
import { saysTheSame } from './show.ts';

/** Calls a tool of the proxy by name; throws if the call fails. */
export type Caller = (
  name: string,
  args: Readonly<Record<string, unknown>>,
  options: Pick<CallOptions, 'signal'>,
) => Promise<CallToolResult>;

/**
 * Strands' own MCP tools use a client for the legacy era only, without progress or structured content. These use the
 * same session as the rest of this command.
 */
export function modelTools(tools: readonly McpTool[], call: Caller): Tool[] {
  const taken = new Set<string>();
  return tools.map((tool) => {
    const name = nameForModel(tool.name, taken);
    taken.add(name);
    return new ProxyTool(name, tool, call);
  });
}

class ProxyTool extends Tool {
  readonly name: string;
  readonly description: string;
  readonly toolSpec: ToolSpec;
  readonly #mcpName: string;
  readonly #call: Caller;

  constructor(name: string, tool: McpTool, call: Caller) {
    super();
    this.name = name;
    // Bedrock doesn't accept an empty description.
    this.description =
      [tool.description, tool.title, tool.name].find((text) => text !== undefined && text.trim() !== '') ?? name;
    // The client has checked that it is an object schema; only the two libraries' types differ.
    this.toolSpec = {
      name,
      description: this.description,
      inputSchema: tool.inputSchema as ToolSpec['inputSchema'] & object,
    };
    this.#mcpName = tool.name;
    this.#call = call;
  }

  // eslint-disable-next-line require-yield -- progress is shown by the session
  async *stream({ toolUse, cancelSignal }: ToolContext): ToolStreamGenerator {
    const { toolUseId, input } = toolUse;
    try {
      const result = await this.#call(this.#mcpName, isObject(input) ? input : {}, { signal: cancelSignal });
      return new ToolResultBlock({
        toolUseId,
        status: result.isError === true ? 'error' : 'success',
        content: forModel(result),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return new ToolResultBlock({
        toolUseId,
        status: 'error',
        content: [new TextBlock(message)],
        error: error instanceof Error ? error : new Error(message),
      });
    }
  }
}

/**
 * Bedrock's names are `[A-Za-z0-9_-]{1,64}`; MCP's may be longer and contain dots, and a gateway adds its target as a
 * prefix.
 */
export function nameForModel(name: string, taken: ReadonlySet<string>): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  if (safe.length <= 64 && safe !== '' && !taken.has(safe)) return safe;
  return `${safe.slice(0, 55)}_${hash('sha256', name, 'hex').slice(0, 8)}`;
}

function forModel({ content, structuredContent }: CallToolResult): ToolResultContent[] {
  const blocks = content.map(blockForModel);
  if (structuredContent !== undefined && !saysTheSame(content, structuredContent)) blocks.push(json(structuredContent));
  return blocks.length === 0 ? [new TextBlock('(no content)')] : blocks;
}

function blockForModel(block: ContentBlock): ToolResultContent {
  if (block.type === 'text') return new TextBlock(block.text);
  if (block.type === 'resource' && 'text' in block.resource) return new TextBlock(block.resource.text);
  const format = block.type === 'image' ? FORMATS.get(block.mimeType.toLowerCase()) : undefined;
  if (block.type === 'image' && format !== undefined)
    return new ImageBlock({ format, source: { bytes: Buffer.from(block.data, 'base64') } });
  return json(block);
}

const FORMATS: ReadonlyMap<string, ImageFormat> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

/** Bedrock only accepts JSON objects. */
function json(value: unknown): JsonBlock {
  const copy: JSONValue = JSON.parse(JSON.stringify(isObject(value) ? value : { value }));
  return new JsonBlock({ json: copy });
}

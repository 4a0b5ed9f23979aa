/** Formats tools and results for a person. */
import { isDeepStrictEqual } from 'node:util';
import type { CallToolResult, ContentBlock, Tool } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';
import type { Destination } from './destination.ts';
import type { Session } from './session.ts';
import { brief, plain, type Screen } from './terminal.ts';

const SHOWN_TOOLS = 12;
const DESCRIPTION_WIDTH = 100;

/** The first lines of a conversation: the proxy, its upstream, the model. */
export function introduction(session: Session, { url, name }: Destination, screen: Screen, model?: string): string {
  const names = session.tools.map((tool) => plain(tool.name));
  const more = names.length > SHOWN_TOOLS ? ` and ${names.length - SHOWN_TOOLS} more` : '';
  const server = session.server === undefined ? '' : `${plain(session.server.name)} ${plain(session.server.version)}, `;
  return `
  proxy  ${screen.bold(name ?? url.href)}  (${server}MCP ${session.protocolVersion})
  tools  ${names.length === 0 ? 'none' : names.slice(0, SHOWN_TOOLS).join(', ') + more}
${model === undefined ? '' : `  model  ${model}\n`}`;
}

/** Name, first sentence and arguments of each tool; optional arguments have a question mark. */
export function toolList(tools: readonly Tool[], bold: (text: string) => string): string {
  if (tools.length === 0) return 'no tools';
  return tools
    .map((tool) => {
      const description = brief(firstSentence(tool.description ?? tool.title ?? ''), DESCRIPTION_WIDTH);
      return `${bold(plain(tool.name))}${signature(tool)}${description === '' ? '' : `\n    ${description}`}`;
    })
    .join('\n');
}

function signature({ inputSchema }: Tool): string {
  const { properties } = inputSchema;
  if (!isObject(properties)) return '';
  const required = new Set(Array.isArray(inputSchema.required) ? inputSchema.required : []);
  return Object.entries(properties)
    .map(([name, schema]) => `  ${plain(name)}${required.has(name) ? '' : '?'}=${typeOf(schema)}`)
    .join('');
}

/** A short name of the type, not the full schema. */
function typeOf(schema: unknown): string {
  if (!isObject(schema)) return 'any';
  const { type } = schema;
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.length > 0) return brief(choices.map(String).join('|'), 40);
  if (typeof type === 'string') return plain(type);
  return Array.isArray(type) ? brief(type.map(String).join('|'), 40) : 'any';
}

/** A dot within a word or a number doesn't end the sentence. */
function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** A result's content as lines; structured content is left out if the text says the same. */
export function resultLines(result: CallToolResult): readonly string[] {
  const { content, structuredContent } = result;
  const lines = content.map(blockText);
  if (structuredContent !== undefined && !saysTheSame(content, structuredContent))
    lines.push(plain(JSON.stringify(structuredContent)));
  return lines.length === 0 ? ['(no content)'] : lines;
}

/** Whether a text block is the structured content as JSON, which servers add for older clients. */
export function saysTheSame(content: readonly ContentBlock[], structured: unknown): boolean {
  return content.some((block) => {
    if (block.type !== 'text') return false;
    try {
      return isDeepStrictEqual(JSON.parse(block.text), structured);
    } catch {
      return false;
    }
  });
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return plain(block.text);
    case 'image':
    case 'audio':
      return `[${block.type} ${plain(block.mimeType)}, ${sizeOf(block.data)}]`;
    case 'resource_link':
      return `[resource ${plain(block.uri)}]`;
    case 'resource': {
      const { resource } = block;
      return 'text' in resource ? plain(resource.text) : `[resource ${plain(resource.uri)}, ${sizeOf(resource.blob)}]`;
    }
    default:
      return plain(JSON.stringify(block));
  }
}

function sizeOf(base64: string): string {
  const bytes = Math.floor((base64.length * 3) / 4);
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

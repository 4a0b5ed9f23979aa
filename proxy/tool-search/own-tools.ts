/** The two tools that are listed in place of all others. */
import { areAlike } from '../aggregate/naming.ts';
import type { JsonObject } from '../json/value.ts';
import { MAX_FOUND, type OwnNames, type SearchSettings } from './settings.ts';

/** Longest question, in characters. */
export const LONGEST_QUERY = 1_000;

export function ownTools({ names, limit }: SearchSettings): readonly JsonObject[] {
  return [
    {
      name: names.search,
      title: 'Search tools',
      description: `Finds tools by what they do. Most tools of this server are not listed: search for one before you say that there is none, then call it with ${names.call}. Returns names, descriptions and input schemas, best first. If nothing fits, search again with other words.`,
      inputSchema: {
        type: 'object',
        properties: {
          query: {
            type: 'string',
            minLength: 1,
            maxLength: LONGEST_QUERY,
            description: 'What the tool should do, in a few words, such as "refund a card payment"',
          },
          limit: {
            type: 'integer',
            minimum: 1,
            maximum: MAX_FOUND,
            default: limit,
            description: 'How many tools to return',
          },
        },
        required: ['query'],
        additionalProperties: false,
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    {
      name: names.call,
      title: 'Call a tool',
      description: `Calls a tool that ${names.search} found, and returns its result.`,
      inputSchema: {
        type: 'object',
        properties: {
          name: { type: 'string', description: `The tool's name, as ${names.search} returned it` },
          arguments: { type: 'object', description: "Arguments that fit the tool's input schema" },
        },
        required: ['name'],
        additionalProperties: false,
      },
    },
  ];
}

export function isOwn(name: unknown, { search, call }: OwnNames): boolean {
  return name === search || name === call;
}

/** Whether a person or a model takes a name for one of the two. */
export function looksOwn(name: unknown, names: OwnNames): boolean {
  return typeof name === 'string' && (areAlike(name, names.search) || areAlike(name, names.call));
}

/** What a lock holds: the lists that describe an upstream to a model. */

/** One list: its method, the result's member, and the member that names an entry. */
export interface Kind {
  readonly method: string;
  readonly member: string;
  readonly key: string;
  /** An entry, in words. */
  readonly word: string;
  /** What an entry is in the error for an unknown name. */
  readonly unknown: 'tool' | 'prompt' | 'resource';
}

export const KINDS = {
  tools: { method: 'tools/list', member: 'tools', key: 'name', word: 'tool', unknown: 'tool' },
  prompts: { method: 'prompts/list', member: 'prompts', key: 'name', word: 'prompt', unknown: 'prompt' },
  resourceTemplates: {
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    key: 'uriTemplate',
    word: 'resource template',
    unknown: 'resource',
  },
  skills: { method: 'skills/list', member: 'skills', key: 'uri', word: 'skill', unknown: 'resource' },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** In the order of the file. */
export const KIND_NAMES: readonly KindName[] = ['tools', 'prompts', 'resourceTemplates', 'skills'];

/** The kind of a list's method. */
export function kindOfList(method: string): KindName | undefined {
  return KIND_NAMES.find((name) => KINDS[name].method === method);
}

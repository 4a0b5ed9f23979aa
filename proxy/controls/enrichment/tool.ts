/**
 * Builds the description of a tool for the client. Unchanged parts stay the same objects, so their text is sent
 * unchanged.
 */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { ANNOUNCED } from './delimit.ts';
import type { ToolChanges } from './options.ts';

/** @param name the name that the client sees */
export function shownTool(tool: JsonObject, name: string, changes: ToolChanges | undefined): JsonObject {
  const members: Record<string, JsonValue | undefined> = {};
  if (tool['name'] !== name) members['name'] = name;
  if (changes !== undefined) describe(tool, changes, members);
  if (Object.keys(members).length === 0) return tool;
  const next = { ...tool, ...members };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
}

function describe(tool: JsonObject, changes: ToolChanges, members: Record<string, JsonValue | undefined>): void {
  const { title, description, arguments: fixed = {}, annotations = {}, meta = {}, delimit = false } = changes;
  const { inputSchema } = tool;
  const own = typeof tool['description'] === 'string' ? tool['description'] : '';
  let words = typeof description === 'function' ? description(own) : (description ?? own);
  if (delimit) words = words === '' ? ANNOUNCED : `${words}\n\n${ANNOUNCED}`;
  if (words !== own) members['description'] = words;
  const more =
    title !== undefined && isObject(tool['annotations']) && tool['annotations']['title'] !== undefined
      ? { title, ...annotations }
      : annotations;
  if (title !== undefined) members['title'] = title;
  if (Object.keys(more).length > 0) members['annotations'] = { ...objectAt(tool, 'annotations'), ...more };
  if (Object.keys(meta).length > 0) members['_meta'] = { ...objectAt(tool, '_meta'), ...meta };
  if (delimit && tool['outputSchema'] !== undefined) members['outputSchema'] = undefined;
  if (isObject(inputSchema)) {
    const open = withoutArguments(inputSchema, Object.keys(fixed));
    if (open !== inputSchema) members['inputSchema'] = open;
  }
}

function objectAt(tool: JsonObject, member: string): JsonObject {
  const value = tool[member];
  return isObject(value) ? value : {};
}

const DEPENDENT = ['dependentRequired', 'dependentSchemas', 'dependencies'] as const;

/** Removes arguments from the members of the schema itself, not from subschemas. */
export function withoutArguments<T extends JsonObject>(schema: T, names: readonly string[]): T {
  if (names.length === 0) return schema;
  const { properties, required } = schema;
  const members: Record<string, JsonValue | undefined> = {};
  if (isObject(properties) && names.some((name) => Object.hasOwn(properties, name)))
    members['properties'] = without(properties, names);
  if (Array.isArray(required) && names.some((name) => (required as readonly JsonValue[]).includes(name))) {
    const left = (required as readonly JsonValue[]).filter((name) => typeof name !== 'string' || !names.includes(name));
    // Draft 4 does not allow an empty list.
    members['required'] = left.length === 0 ? undefined : left;
  }
  for (const member of DEPENDENT) {
    const value = schema[member];
    if (!isObject(value)) continue;
    const entries = Object.entries(value).flatMap(([key, needs]): [string, JsonValue | undefined][] => {
      if (names.includes(key)) return [];
      return [
        [
          key,
          Array.isArray(needs) && needs.some((need) => names.includes(need as string))
            ? (needs as readonly JsonValue[]).filter((need) => !names.includes(need as string))
            : needs,
        ],
      ];
    });
    if (entries.length !== Object.keys(value).length || entries.some(([key, needs]) => needs !== value[key]))
      members[member] = Object.fromEntries(entries);
  }
  if (Object.keys(members).length === 0) return schema;
  return Object.fromEntries(Object.entries({ ...schema, ...members }).filter(([, value]) => value !== undefined)) as T;
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !names.includes(key)));
}

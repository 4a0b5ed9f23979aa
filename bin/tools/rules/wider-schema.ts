/** An input schema that accepts what it refused before, or asks for more; or one of which a part is kept elsewhere. */
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import type { Found, Rule } from './rule.ts';

/** Each of these only restricts: without it, more is accepted. */
const RESTRICTIONS = [
  'pattern',
  'format',
  'const',
  'not',
  'maxLength',
  'minLength',
  'maximum',
  'minimum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'multipleOf',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxProperties',
  'minProperties',
  'propertyNames',
] as const;
/** Whether another one accepts more is not looked into. */
const OTHERWISE = [
  '$ref',
  '$dynamicRef',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
  'prefixItems',
  'contains',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedProperties',
  'unevaluatedItems',
] as const;
const HIGHEST = new Set(['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties']);
const LOWEST = new Set(['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties']);

export const widerSchema: Rule = {
  name: 'wider-schema',
  find({ kind, entry, before }) {
    if (kind !== 'tools') return [];
    const [now, was] = [entry['inputSchema'], before?.['inputSchema']];
    return [
      ...elsewhere(now, 'inputSchema'),
      ...elsewhere(entry['outputSchema'], 'outputSchema'),
      ...(isObject(now) && isObject(was) ? compare(was, now, 'inputSchema') : []),
    ];
  },
};

/** A reference to another document: what it says may change, and the lock would not show it. */
function elsewhere(value: JsonValue | undefined, where: string, isByName = false): Found[] {
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, i) => elsewhere(item, `${where}[${i}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${where}.${key}`;
    if (isByName) return elsewhere(inner, at);
    if ((key === '$ref' || key === '$dynamicRef') && typeof inner === 'string')
      return inner.startsWith('#')
        ? []
        : [{ where: at, what: 'refers to a schema elsewhere, which may change unseen' }];
    // Values, not schemas.
    return VALUES.has(key) ? [] : elsewhere(inner, at, NAMED.has(key));
  });
}

const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);

function compare(was: JsonObject, now: JsonObject, where: string): Found[] {
  const found: Found[] = [];
  const say = (member: string, what: string): void => void found.push({ where: `${where}.${member}`, what });
  for (const name of listOf(was['required']))
    if (!listOf(now['required']).includes(name)) say('required', `no longer requires ${JSON.stringify(name)}`);
  if (was['additionalProperties'] !== undefined && was['additionalProperties'] !== true)
    if (now['additionalProperties'] === undefined || now['additionalProperties'] === true)
      say('additionalProperties', 'accepts arguments that it does not declare');
  if (Array.isArray(was['enum'])) {
    const more = listOf(now['enum']).filter((value) => !listOf(was['enum']).includes(value));
    if (!Array.isArray(now['enum'])) say('enum', 'accepts any value');
    else if (more.length > 0) say('enum', `accepts ${more.length} more values`);
  }
  const types = (of: JsonObject): readonly JsonValue[] =>
    Array.isArray(of['type']) ? of['type'] : of['type'] === undefined ? [] : [of['type']];
  if (types(was).length > 0) {
    const added = types(now).filter((type) => !types(was).includes(type));
    if (types(now).length === 0) say('type', 'accepts any type');
    else if (added.length > 0) say('type', `accepts ${JSON.stringify(added)} as well`);
  }
  for (const member of RESTRICTIONS) if (isLooser(member, was[member], now[member])) say(member, 'restricts less');
  for (const member of OTHERWISE)
    if (was[member] !== undefined && JSON.stringify(was[member]) !== JSON.stringify(now[member]))
      say(member, 'restricts otherwise');
  const before = membersOf(was['properties']);
  for (const [name, inner] of Object.entries(membersOf(now['properties']))) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (old === undefined) say(`properties.${name}`, 'is a new argument');
    else if (isObject(old) && isObject(inner)) found.push(...compare(old, inner, `${where}.properties.${name}`));
  }
  for (const member of ['$defs', 'definitions', 'patternProperties'] as const)
    for (const [name, inner] of Object.entries(membersOf(now[member]))) {
      const old = membersOf(was[member])[name];
      if (isObject(old) && isObject(inner)) found.push(...compare(old, inner, `${where}.${member}.${name}`));
    }
  for (const member of ['items', 'additionalProperties'] as const) {
    const [old, inner] = [was[member], now[member]];
    if (isObject(old) && isObject(inner)) found.push(...compare(old, inner, `${where}.${member}`));
  }
  return found;
}

function isLooser(member: string, was: JsonValue | undefined, now: JsonValue | undefined): boolean {
  if (was === undefined || was === false) return false;
  if (now === undefined || now === false) return true;
  if (typeof was === 'number' && typeof now === 'number')
    return HIGHEST.has(member) ? now > was : LOWEST.has(member) ? now < was : now !== was;
  return JSON.stringify(was) !== JSON.stringify(now);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function membersOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

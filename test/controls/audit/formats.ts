/** The rules of each format, as far as a line can break them. */
import { Ajv } from 'ajv';
import schema from './ocsf-1.8.0.json' with { type: 'json' };

interface Attribute {
  readonly t: string;
  readonly o?: string;
  readonly req?: number;
  readonly arr?: number;
  readonly enum?: readonly (number | string)[];
}
interface Shape {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: { readonly at_least_one?: readonly string[] };
}
const classes = schema.classes as Readonly<Record<string, Shape>>;
const objects = schema.objects as unknown as Readonly<Record<string, Shape>>;

/**
 * The faults of an event by OCSF 1.8.0, according to the published schema, of which `ocsf-1.8.0.json` is an extract.
 */
export function ocsfFaults(event: Readonly<Record<string, unknown>>): string[] {
  const shape = classes[String(event['class_uid'])];
  if (shape === undefined) return [`class_uid: ${String(event['class_uid'])} is not a class of the extract`];
  const faults = faultsIn(event, shape, '');
  if (event['type_uid'] !== Number(event['class_uid']) * 100 + Number(event['activity_id']))
    faults.push('type_uid: expected class_uid * 100 + activity_id');
  if (event['activity_id'] === 99 && typeof event['activity_name'] !== 'string')
    faults.push('activity_name: expected with activity 99');
  return faults;
}

function faultsIn(
  value: Readonly<Record<string, unknown>>,
  { attributes, constraints }: Shape,
  path: string,
): string[] {
  const faults: string[] = [];
  for (const [name, { req }] of Object.entries(attributes))
    if (req === 1 && value[name] === undefined) faults.push(`${path}${name}: required`);
  const { at_least_one: some } = constraints ?? {};
  if (some !== undefined && !some.some((name) => value[name] !== undefined))
    faults.push(`${path}: expected one of ${some.join(', ')}`);
  for (const [name, member] of Object.entries(value)) {
    const attribute = attributes[name];
    if (attribute === undefined) faults.push(`${path}${name}: no attribute of the schema`);
    else if (attribute.arr === 1) {
      if (!Array.isArray(member)) faults.push(`${path}${name}: expected an array`);
      else for (const [i, item] of member.entries()) faults.push(...faultOf(item, attribute, `${path}${name}[${i}]`));
    } else faults.push(...faultOf(member, attribute, `${path}${name}`));
  }
  return faults;
}

function faultOf(value: unknown, { t, o, enum: values }: Attribute, path: string): string[] {
  if (values !== undefined && !values.includes(value as number))
    return [`${path}: ${String(value)} is not a value of the schema`];
  if (t === 'object_t') {
    if (typeof value !== 'object' || value === null) return [`${path}: expected an object`];
    const shape = o === undefined ? undefined : objects[o];
    // `object` allows anything; other objects that are not in the extract are not used.
    return shape === undefined
      ? o === 'object'
        ? []
        : [`${path}: ${o} is not in the extract`]
      : faultsIn(value as Record<string, unknown>, shape, `${path}.`);
  }
  const fits =
    t === 'integer_t' || t === 'long_t' || t === 'timestamp_t' || t === 'port_t'
      ? Number.isSafeInteger(value)
      : t === 'boolean_t'
        ? typeof value === 'boolean'
        : typeof value === 'string';
  return fits ? [] : [`${path}: expected ${t}, got ${typeof value}`];
}

/**
 * The JSON Schema of CloudEvents 1.0 (github.com/cloudevents/spec, Apache-2.0), abridged, with the rules of its text
 * about names and context.
 */
const cloudEvent = new Ajv({
  strict: false,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
    'uri-reference': /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/,
  },
}).compile({
  type: 'object',
  required: ['specversion', 'id', 'type', 'source'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    type: { type: 'string', minLength: 1 },
    source: { type: 'string', format: 'uri-reference', minLength: 1 },
    subject: { type: 'string', minLength: 1 },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: { const: 'application/json' },
    data: { type: 'object' },
  },
  additionalProperties: false,
});

export function cloudEventFaults(event: unknown): string[] {
  return cloudEvent(event)
    ? []
    : (cloudEvent.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message ?? ''}`);
}

/**
 * Parses CEF (ArcSight, implementation standard, version 26): the header's seven fields and the extension's pairs.
 * Throws if a line is invalid.
 */
export function parseCef(line: string): {
  readonly header: readonly string[];
  readonly extension: Readonly<Record<string, string>>;
} {
  const header: string[] = [];
  let rest = line;
  for (let i = 0; i < 7; i++) {
    const field = /^((?:[^\\|\r\n]|\\[\\|])*)\|/.exec(rest);
    if (field === null) throw new Error(`header field ${i}: no bar after it, or a wrong escape`);
    header.push((field[1] ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(field[0].length);
  }
  if (header[0] !== 'CEF:0') throw new Error('expected CEF:0');
  if (!/^(?:[0-9]|10)$/.test(header[6] ?? '')) throw new Error('severity: expected 0 to 10');
  const extension: Record<string, string> = {};
  while (rest !== '') {
    const pair = /^([A-Za-z][A-Za-z0-9_]*)=((?:[^\\=\r\n]|\\[\\=rn])*?)(?: (?=[A-Za-z][A-Za-z0-9_]*=)|$)/.exec(rest);
    if (pair?.[1] === undefined || pair[2] === undefined) throw new Error(`extension: no pair at ${rest.slice(0, 30)}`);
    if (!CEF_KEYS.has(pair[1])) throw new Error(`extension: ${pair[1]} is not a key of the dictionary`);
    extension[pair[1]] = pair[2].replace(/\\(.)/g, (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped);
    rest = rest.slice(pair[0].length);
  }
  return { header, extension };
}

/** The keys of its dictionary that are used; a custom field has a label. */
const CEF_KEYS = new Set([
  'rt',
  'externalId',
  'suid',
  'act',
  'outcome',
  'reason',
  'dhost',
  'in',
  'out',
  ...['cn1', 'cn2', 'cs1', 'cs2', 'cs3', 'cs4', 'cs5', 'cs6'].flatMap((key) => [key, `${key}Label`]),
]);

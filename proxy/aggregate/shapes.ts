/** What upstreams list and say of themselves, as the protocol types it in both eras. */
import type { Era } from '../call/exchange.ts';
import { listedTool } from '../call/listed-tool.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { flag, listOf, members, number, object, oneOf, type Read, recordOf, text, wholeListOf } from './readable.ts';

const icons = listOf(members({ src: text }, { mimeType: text, sizes: listOf(text), theme: oneOf('light', 'dark') }));
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** ISO 8601 with an offset, and a day that the month has. */
const dateTime: Read = (value) => {
  const found = typeof value === 'string' ? DATE_TIME.exec(value) : null;
  if (found === null) return undefined;
  const [, year, month, day] = found.map(Number);
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day ? value : undefined;
};
const priority: Read = (value) => (typeof value === 'number' && value >= 0 && value <= 1 ? value : undefined);
const annotations = members({}, { audience: listOf(oneOf('user', 'assistant')), priority, lastModified: dateTime });

const described = { title: text, description: text, icons, _meta: object };
const located = { ...described, mimeType: text, annotations };

const schemaMembers = members({}, { $schema: text, properties: recordOf(schemaOfMember), required: listOf(text) });
const hints = members(
  {},
  { title: text, readOnlyHint: flag, destructiveHint: flag, idempotentHint: flag, openWorldHint: flag },
);
const execution = members({}, { taskSupport: oneOf('required', 'optional', 'forbidden') });

/** Some clients know schemas as objects only. */
function schemaOfMember(value: JsonValue): JsonObject {
  return isObject(value) ? value : value === true ? {} : { not: {} };
}

const inputSchema: Read = (value) =>
  isObject(value) ? schemaMembers(value['type'] === 'object' ? value : { ...value, type: 'object' }) : undefined;
/** Up to 2025-11-25, structured results are objects. */
const legacyOutputSchema: Read = (value) =>
  isObject(value) && value['type'] === 'object' ? schemaMembers(value) : undefined;
const modernOutputSchema: Read = members({}, { $schema: text });

function toolIn(outputSchema: Read): Read {
  const shape = members({ name: text, inputSchema }, { ...described, outputSchema, annotations: hints, execution });
  // Without a schema a tool takes any arguments.
  return (value) => shape((listedTool(value) ?? null) as JsonValue);
}

/** What has no name is named by its URI. */
function locatedBy(uri: string, more: Readonly<Record<string, Read>> = {}): Read {
  const shape = members({ name: text, [uri]: text }, { ...located, ...more });
  return (value) =>
    shape(
      isObject(value) && typeof value['name'] !== 'string' && value[uri] !== undefined
        ? { ...value, name: value[uri] }
        : value,
    );
}

const promptArgument = members({ name: text }, { title: text, description: text, required: flag });
const prompt: Read = members({ name: text }, { ...described, arguments: listOf(promptArgument) });

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const digest: Read = (value) => (typeof value === 'string' && DIGEST.test(value) ? value : undefined);
const size: Read = (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? value : undefined);
const files = wholeListOf(members({ uri: text, digest, size }));
const heading = members({ name: text, description: text });
/** A host verifies a skill as a whole, so none is shown without some of its files. */
const skill: Read = members(
  {
    uri: text,
    frontmatter: (value) => (isObject(value) && !Object.hasOwn(value, '__proto__') ? heading(value) : undefined),
    resources: (value) => (value === 'dynamic' ? value : files(value)),
  },
  { _meta: object },
);

const others = {
  prompts: prompt,
  resources: locatedBy('uri', { size: number }),
  templates: locatedBy('uriTemplate'),
  skills: skill,
};
type Listed = keyof typeof others | 'tools';
const ITEMS: Readonly<Record<Era, Readonly<Record<Listed, Read>>>> = {
  legacy: { tools: toolIn(legacyOutputSchema), ...others },
  modern: { tools: toolIn(modernOutputSchema), ...others },
};

/** Reads an item of a list. */
export function itemReader(kind: Listed, era: Era): Read {
  return ITEMS[era][kind];
}

const changes = members({}, { listChanged: flag });
const objects = recordOf(object);
/** Reads the capabilities of a server. Those that the protocol doesn't name stay as they are. */
export const capabilities: Read<JsonObject> = members(
  {},
  {
    experimental: objects,
    logging: object,
    completions: object,
    prompts: changes,
    resources: members({}, { subscribe: flag, listChanged: flag }),
    tools: changes,
    tasks: members(
      {},
      { list: object, cancel: object, requests: members({}, { tools: members({}, { call: object }) }) },
    ),
    extensions: objects,
  },
);

/** Reads what else a server says of itself (2026-07-28). */
export const discovered: Read<JsonObject> = members(
  {},
  {
    supportedVersions: listOf(text),
    capabilities: object,
    instructions: text,
    serverInfo: object,
    resultType: text,
    ttlMs: number,
    cacheScope: text,
    _meta: object,
  },
);

const status = oneOf('working', 'input_required', 'completed', 'failed', 'cancelled');
const ttl: Read = (value) => (value === null || typeof value === 'number' ? value : undefined);
/** Reads a task up to 2025-11-25. */
export const task: Read<JsonObject> = members(
  { taskId: text, status, createdAt: text, lastUpdatedAt: text, ttl },
  { pollInterval: number, statusMessage: text },
);

const token: Read = (value) => (typeof value === 'string' || Number.isSafeInteger(value) ? value : undefined);
/** Reads `_meta` of a result: some clients know members of requests there as well. */
export const resultMeta: Read<JsonObject> = members(
  {},
  { progressToken: token, 'io.modelcontextprotocol/related-task': members({ taskId: text }) },
);

/** Reads what a notification says has been subscribed to. */
export const subscriptions: Read<JsonObject> = members(
  {},
  {
    toolsListChanged: flag,
    promptsListChanged: flag,
    resourcesListChanged: flag,
    resourceSubscriptions: listOf(text),
    taskIds: listOf(text),
  },
);

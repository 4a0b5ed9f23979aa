/** What the protocol itself says, by member: these values stay if they are what the protocol has at that place. */
import { isKnownMethod } from '../../proxy/call/methods.ts';
import type { JsonValue } from '../../proxy/json/value.ts';

type Is = (value: string | number) => boolean;

const oneOf = (...words: readonly string[]): Is => {
  const known = new Set<string | number>(words);
  return (value) => known.has(value);
};
const number: Is = (value) => typeof value === 'number';
const like =
  (form: RegExp): Is =>
  (value) =>
    typeof value === 'string' && form.test(value);

/** Other dates may be somebody's. */
const isVersion = oneOf('2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28');
const isMedia = like(/^(?:application|audio|font|image|model|multipart|text|video)\/[a-z0-9.+-]{1,40}$/i);

const KEPT: Readonly<Record<string, Is>> = {
  type: oneOf(
    'text',
    'image',
    'audio',
    'resource',
    'resource_link',
    'tool_use',
    'tool_result',
    'ref/prompt',
    'ref/resource',
    'object',
    'array',
    'string',
    'number',
    'integer',
    'boolean',
    'null',
  ),
  mimeType: isMedia,
  role: oneOf('user', 'assistant'),
  level: oneOf('debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'),
  resultType: oneOf('complete', 'input_required', 'task'),
  mode: oneOf('form', 'url'),
  action: oneOf('accept', 'decline', 'cancel'),
  status: oneOf('working', 'input_required', 'completed', 'failed', 'cancelled'),
  protocolVersion: isVersion,
  'io.modelcontextprotocol/protocolVersion': isVersion,
  'io.modelcontextprotocol/logLevel': like(/^[a-z]{4,9}$/),
  method: (value) => typeof value === 'string' && isKnownMethod(value),
  cacheScope: oneOf('public', 'private'),
  ttlMs: number,
  progress: number,
  total: number,
};

/** @param key of a member outside of data */
export function saysTheProtocol(key: string, value: JsonValue): boolean {
  return (
    (typeof value === 'string' || typeof value === 'number') &&
    Object.hasOwn(KEPT, key) &&
    (KEPT[key]?.(value) ?? false)
  );
}

/** Members that refer to another message, a page or a task: equal ones must stay equal, and different ones different. */
export const REFERS: ReadonlySet<string> = new Set([
  'id',
  'requestId',
  'progressToken',
  'taskId',
  'elicitationId',
  'cursor',
  'nextCursor',
]);

/** A media type without parameters, or none that could hold a value. */
export function mediaType(type: string): string {
  const [media = ''] = type.split(';', 1);
  const plain = media.trim().toLowerCase();
  return plain === '' || isMedia(plain) ? plain : 'application/octet-stream';
}

/** What a client accepts, without parameters of its own. */
export function accepted(accept: string): string {
  return accept
    .split(',')
    .map((range) => {
      const [media = ''] = range.split(';', 1);
      const plain = media.trim().toLowerCase();
      return /^(?:\*|[a-z]+)\/\*$/.test(plain) ? plain.replace(/^(?!\*|text|application).*\//, '*/') : mediaType(plain);
    })
    .join(', ');
}

/** How methods that MCP doesn't have are called. */
export const METHOD = /^[a-z][\w-]{0,30}(?:\/[\w-]{1,30}){0,3}$/i;
/** How tools and prompts are called. */
export const NAME = /^[\w./:-]{1,128}$/;
/** How members are called, with a prefix or without. A map may have names of people in this place. */
export const MEMBER = /^(?:[a-z0-9.-]{1,60}\/)?[A-Za-z_$][\w$.-]{0,60}$/;
/** How programs are called. */
export const PROGRAM = /^[\w.@/ +-]{1,64}$/;

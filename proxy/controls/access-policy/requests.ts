/** Translates a client's message into a question of access. */
import { Denied, ProxyError, UnknownName } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { isKnownMethod } from '../../call/methods.ts';
import { Digits, type ExactNumbers } from '../../json-schema/digits.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Action, ResourceRef } from '../shared/decide.ts';

export interface Asked {
  readonly action: Action;
  readonly resource: ResourceRef;
  /** Undefined: not known and not needed; what may be permitted for some arguments passes. */
  readonly arguments: JsonObject | undefined;
  /** The numbers in the arguments as written. @default - their doubles */
  readonly digits?: ExactNumbers | undefined;
}

const NONE: JsonObject = Object.freeze({});

/** Parameters of the wrong shape are refused (`invalid-params`), as any control that reads them would do. */
export function askedBy(call: Call): Asked {
  if (call.is('tools/call'))
    return {
      action: call.method,
      resource: { type: 'Tool', name: call.params.name },
      arguments: (call.params.arguments as JsonObject | undefined) ?? NONE,
      digits: digitsOf(call, ARGUMENTS),
    };
  if (call.is('prompts/get'))
    return {
      action: call.method,
      resource: { type: 'Prompt', name: call.params.name },
      arguments: call.params.arguments ?? NONE,
      digits: digitsOf(call, ARGUMENTS),
    };
  if (
    call.is('resources/read') ||
    call.is('resources/subscribe') ||
    call.is('resources/unsubscribe') ||
    call.is('resources/directory/read') ||
    call.is('skills/get')
  )
    return reading(call.params.uri);
  if (call.is('completion/complete')) return completing(call.params.ref);
  // Methods without types in the protocol package.
  return {
    action: call.method,
    resource: { type: 'Upstream' },
    arguments: call.params ?? NONE,
    digits: digitsOf(call, WHOLE),
  };
}

const ARGUMENTS = ['arguments'];
const WHOLE: readonly string[] = [];

/** Numbers are those of the text, because the upstream receives the text. */
function digitsOf({ message }: Call, root: readonly string[]): ExactNumbers | undefined {
  return message === undefined || message.bodyStart < 0
    ? undefined
    : new Digits(message.text, message.bodyStart, message.bodyEnd, root);
}

export function reading(uri: string): Asked {
  return { action: 'resources/read', resource: { type: 'Resource', uri }, arguments: NONE };
}

/** Completion is allowed for any prompt or template that the caller may use. */
function completing({
  type,
  name,
  uri,
}: {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly uri?: unknown;
}): Asked {
  if (type === 'ref/prompt' && typeof name === 'string')
    return { action: 'prompts/get', resource: { type: 'Prompt', name }, arguments: undefined };
  if (type === 'ref/resource' && typeof uri === 'string') return reading(uri);
  throw new ProxyError(
    'invalid-params',
    'completion/complete: expected params.ref to be a prompt with a name or a resource with a URI, got something else',
  );
}

/** The same error for names that do not exist and for those not permitted. */
export function refusalOf({ action, resource }: Asked): ProxyError {
  switch (resource.type) {
    case 'Tool':
      return new UnknownName('tool', resource.name);
    case 'Prompt':
      return new UnknownName('prompt', resource.name);
    case 'Resource':
      return new UnknownName('resource', resource.uri);
    default:
      return isKnownMethod(action) ? new Denied() : new ProxyError('method-not-found', 'Method not found');
  }
}

/** The parameters of a message other than a client's call. */
export function parametersOf(message: JsonObject): JsonObject {
  return isObject(message['params']) ? message['params'] : NONE;
}

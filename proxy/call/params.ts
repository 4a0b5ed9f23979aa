/** The parameters of each method, by the protocol package's own types, and the check of their required members. */
import type {
  ClientNotification,
  NotificationTypeMap,
  RequestTypeMap,
  ServerRequest,
} from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';

export type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** Requests of the extension for skills (SEP-2640). */
interface SkillMethods {
  'skills/list': Pick<RequestTypeMap['resources/list'], 'params'>;
  'skills/get': Pick<RequestTypeMap['resources/read'], 'params'>;
  'resources/directory/read': {
    params: RequestTypeMap['resources/read']['params'] & NonNullable<RequestTypeMap['resources/list']['params']>;
  };
}

/** Both sides may ping. */
type ClientMethods = Omit<RequestTypeMap, Exclude<ServerRequest['method'], 'ping'>> &
  Pick<NotificationTypeMap, ClientNotification['method'] & keyof NotificationTypeMap> &
  SkillMethods;

/** Methods that a client sends, as the protocol package names them. */
export type ClientMethod = keyof ClientMethods;

/**
 * The parameters of a method, by the protocol's own types; includes undefined if a client may leave them out. A plain
 * object or undefined for methods that the protocol package doesn't know.
 */
export type ParamsOf<M extends string> = M extends ClientMethod
  ? ClientMethods[M] extends { params: infer P }
    ? DeepReadonly<P>
    : ClientMethods[M] extends { params?: infer P }
      ? DeepReadonly<NonNullable<P>> | undefined
      : JsonObject | undefined
  : JsonObject | undefined;

/** Methods whose parameters a client may not leave out. */
type WithParams = { [M in ClientMethod]: ClientMethods[M] extends { params: object } ? M : never }[ClientMethod];

/** Members that a method's parameters must have, by the protocol's schema: those that controls rely on. */
const REQUIRED: Readonly<Record<WithParams, Readonly<Record<string, 'string' | 'object' | 'object?'>>>> = {
  'tools/call': { name: 'string', arguments: 'object?' },
  'prompts/get': { name: 'string', arguments: 'object?' },
  'resources/read': { uri: 'string' },
  'resources/subscribe': { uri: 'string' },
  'resources/unsubscribe': { uri: 'string' },
  'resources/directory/read': { uri: 'string' },
  'skills/get': { uri: 'string' },
  'completion/complete': { ref: 'object', argument: 'object' },
  initialize: { protocolVersion: 'string', capabilities: 'object', clientInfo: 'object' },
  'logging/setLevel': { level: 'string' },
  'subscriptions/listen': {},
  'notifications/progress': {},
  'notifications/cancelled': {},
};

export function checkShape(method: string, params: unknown): void {
  const members = Object.hasOwn(REQUIRED, method) ? REQUIRED[method as WithParams] : undefined;
  if (members === undefined) return;
  if (!isObject(params)) throw new ProxyError('invalid-params', `${method}: expected params to be an object`);
  for (const [member, type] of Object.entries(members)) {
    const value = params[member];
    const fits =
      type === 'string' ? typeof value === 'string' : isObject(value) || (type === 'object?' && value === undefined);
    if (!fits)
      throw new ProxyError(
        'invalid-params',
        `${method}: expected params.${member} to be ${type === 'string' ? 'a string' : 'an object'}`,
      );
  }
}

/**
 * The refusal of messages about a task whose call is unknown here. It can't be decided, so the upstream is never asked.
 * The answer is that of a server that does not know the task: as in the extension `io.modelcontextprotocol/tasks`, and
 * before it as in 2025-11-25.
 */
import { ProxyError, UnknownName } from '../base/errors.ts';
import { isObject } from '../json/lossless.ts';
import type { Call } from './call.ts';

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const TASKS = 'io.modelcontextprotocol/tasks';

export function unknownTask({ era, params, name }: Call): ProxyError {
  if (era === 'modern' && !declaresTasks(params?.['_meta'])) {
    const data = { requiredCapabilities: { extensions: { [TASKS]: {} } } };
    return new ProxyError(
      'missing-capability',
      `expected the client to declare the extension ${TASKS} in its capabilities, got none`,
      { data },
    );
  }
  return new UnknownName('task', name ?? '');
}

function declaresTasks(meta: unknown): boolean {
  const capabilities = isObject(meta) ? meta[CAPABILITIES] : undefined;
  const extensions = isObject(capabilities) ? capabilities['extensions'] : undefined;
  return isObject(extensions) && isObject(extensions[TASKS]);
}

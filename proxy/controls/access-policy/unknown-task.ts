/**
 * The refusal of what is about a task whose call isn't known here. It can't be decided, so it is never asked of the
 * upstream, and is answered as a server answers that doesn't know the task: by the extension
 * `io.modelcontextprotocol/tasks`, and before it by 2025-11-25.
 */
import { ProxyError, UnknownName } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import { CAPABILITIES } from './questions.ts';

const TASKS = 'io.modelcontextprotocol/tasks';

export function unknownTask({ era, params, name }: Call): ProxyError {
  if (era === 'modern' && !declaresTasks(params?.['_meta'])) {
    const data = { requiredCapabilities: { extensions: { [TASKS]: {} } } };
    return new ProxyError(
      'missing-capability',
      `a client that asks for a task declares the extension ${TASKS}: expected it in its capabilities`,
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

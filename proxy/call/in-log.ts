/** What the log says of a refusal, and the id by which the client's error names it. */
import { type ErrorCode, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { kernelUuid } from '../base/random.ts';
import { ERRORS_PAGE } from '../base/self.ts';
import type { Exchange } from './exchange.ts';
import { methodOf, nameOf } from './names.ts';

/**
 * Who writes the line of a refusal. The exchange: the audit record of its call; without that, this file. `reported`: the code
 * that refused, with the id that it got. `nowhere`: bytes that are no request.
 * @default - this file, for a refusal that has no exchange
 */
export type InLog = Exchange | 'reported' | 'nowhere';

export interface Named {
  readonly error: ProxyError;
  /** Undefined: the log has no line about it. */
  readonly errorId: string | undefined;
}

/** Anything but a `ProxyError` becomes `internal`, which only the log explains. */
export function nameInLog(thrown: unknown, place: InLog | undefined): Named {
  const exchange = typeof place === 'object' ? place : undefined;
  const isOurs = thrown instanceof ProxyError;
  if (place === 'nowhere' && isOurs) return { error: thrown, errorId: undefined };
  const errorId = exchange?.id ?? kernelUuid();
  const error = isOurs ? thrown : new ProxyError('internal', 'internal error');
  if (!isOurs) log.error('internal error', { errorId, error: thrown });
  else if (error.clientMessage !== undefined)
    log.warn('a refusal in full', {
      event: 'refused',
      errorId,
      code: error.code,
      why: error.message,
      error: error.cause,
    });
  else if (place !== 'reported' && error.code !== 'cancelled' && exchange?.channels.isInLog !== true)
    log.info('a call was refused', { event: 'refused', errorId, code: error.code, ...aboutCall(exchange) });
  if (exchange !== undefined) exchange.channels.isInLog = true;
  return { error, errorId };
}

/** What an audit line would say: no value of the call. */
function aboutCall(exchange: Exchange | undefined): object {
  const received = exchange?.channels.received;
  if (exchange === undefined || received === undefined) return {};
  const { facts } = exchange;
  return { method: methodOf(received), name: nameOf(received), ...(facts.length === 0 ? {} : { decisions: facts }) };
}

/** What the error says beside its message; undefined where that would tell a hidden name from one that doesn't exist. */
export type Why = { readonly reason: ErrorCode; readonly errorId?: string; readonly docs: string } | undefined;

export function whyOf({ code }: ProxyError, errorId: string | undefined): Why {
  if (code === 'unknown-name') return undefined;
  return { reason: code, ...(errorId === undefined ? {} : { errorId }), docs: `${ERRORS_PAGE}#${code}` };
}

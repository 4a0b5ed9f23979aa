/**
 * Writes one line per call to standard output: who, what, each control's decision, outcome, size and duration. HTTP
 * requests that did not become a call get a line, too.
 */
import { ProxyError } from '../../base/errors.ts';
import { writeLine } from '../../base/log.ts';
import { jsonLine } from '../../base/printable.ts';
import type { Call } from '../../call/call.ts';
import { pathOf } from '../../json/path.ts';
import type { BindingNeed } from '../../pipeline/binding-need.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import type { Control } from '../../pipeline/next.ts';
import type { Reply } from '../../reply/reply.ts';
import { callEvent, type Ended, refusedEvent } from './event.ts';
import { type AuditOptions, faultsOf } from './options.ts';

export type { AuditFormat, AuditOptions } from './options.ts';

/** Belongs first in the list: the record does not include controls before it. */
export function audit(options: AuditOptions = {}): DefinedControl {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`audit: ${faults.join('; ')}`);
  return defineBuiltIn({
    name: 'audit',
    stage: 'record',
    does: 'writes one line for each call; chains and signs the lines on request',
    replies: 'observes',
    arguments: (options.fingerprints?.arguments ?? []).map((path) => ({
      path: pathOf(path.split('.')),
      method: 'tools/call',
    })),
    bindings: bindingsOf(options),
    setup: async ({ bindings, onRefused, onClose }) => {
      if (Object.keys(options).length === 0) {
        onRefused?.((code) => writeLine(jsonLine(refusedEvent(code))));
        return recording((call, ended) => writeLine(jsonLine(callEvent(call, ended))));
      }
      const { startRecorder } = await import('./recorder.ts');
      const recorder = await startRecorder(options, bindings);
      onRefused?.((code) => recorder.refused(refusedEvent(code)));
      onClose?.(() => recorder.close());
      return recording(
        (call, ended) => recorder.ended(call, ended),
        options.onSinkFailure === 'deny' ? (call) => recorder.leaving(call) : undefined,
      );
    },
  });
}

function bindingsOf({ fingerprints, chain, firehose }: AuditOptions): Record<string, BindingNeed> {
  const keyring = {
    for: 'where the keyring of audit fingerprints and signatures is (arn:…; file:… or env:… for local use)',
    kind: 'keyring',
  } as const;
  return {
    ...(fingerprints === undefined ? {} : { [fingerprints.keyring]: keyring }),
    ...(chain?.keyring === undefined ? {} : { [chain.keyring]: keyring }),
    ...(chain?.signingKey === undefined
      ? {}
      : {
          [chain.signingKey]: {
            for: 'where the Ed25519 private key that signs the audit chain is, as PEM (arn:…; file:… or env:… for local use)',
            kind: 'secret',
          } as const,
        }),
    ...(firehose === undefined
      ? {}
      : {
          [firehose]: {
            for: 'the ARN of the Firehose stream that gets audit lines',
            actions: ['firehose:PutRecordBatch'],
          },
        }),
  };
}

/** @param leaving settles when the decision is recorded; the call is forwarded or answered only then */
function recording(record: (call: Call, ended: Ended) => void, leaving?: (call: Call) => Promise<void>): Control {
  return async (call, next) => {
    const startedAt = performance.now();
    if (leaving !== undefined) call.exchange.channels.beforeSending = () => leaving(call);
    let reply: Reply;
    try {
      reply = await next(call);
    } catch (error) {
      const elapsed = performance.now() - startedAt;
      record(call, {
        outcome: 'refused',
        code: error instanceof ProxyError ? error.code : 'internal',
        bytesOut: 0,
        head: elapsed,
        total: elapsed,
      });
      throw error;
    }
    const head = performance.now() - startedAt;
    void reply.finished.then(({ outcome, code, bytes, ms }) => {
      record(call, { outcome, status: reply.status, code, bytesOut: bytes, head, total: head + ms });
    });
    return reply;
  };
}

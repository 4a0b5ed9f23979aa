/**
 * Writes one line per call to standard output: who, what, each control's decision, outcome, size and duration. HTTP
 * requests that did not become a call get a line, too.
 */
import { ProxyError } from '../../base/errors.ts';
import { writeLine } from '../../base/log.ts';
import { jsonLine } from '../../base/printable.ts';
import type { Call } from '../../call/call.ts';
import { KMS_ALGORITHMS } from '../../credentials/signing-algorithms.ts';
import { pathOf } from '../../json/path.ts';
import type { BindingNeed } from '../../pipeline/binding-need.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import type { Control } from '../../pipeline/next.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import type { Reply } from '../../reply/reply.ts';
import { callEvent, type Ended, refusedEvent } from './event.ts';
import { type AuditOptions, faultsOf } from './options.ts';
import type { Recorder } from './recorder.ts';

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
    setup: async ({ bindings, isReplay = false, onRefused, onClose, onWarmUp, onBegin, warnOnce }) => {
      // In a replay nobody reads the lines, and there is no key to chain them with.
      if (Object.keys(options).length === 0 || isReplay) {
        onRefused?.((code, told) => writeLine(jsonLine(refusedEvent(code, told))));
        return recording((call, ended) => writeLine(jsonLine(callEvent(call, ended))));
      }
      const { startRecorder, unrecorded, warmRecorder } = await import('./recorder.ts');
      let recorder: Recorder | undefined;
      // Reads the keys, and begins the chain, which belongs to one process.
      const begin = async (): Promise<void> => {
        recorder ??= await startRecorder(options, bindings, warnOnce);
      };
      const begun = (): Recorder => {
        if (recorder === undefined) throw new TypeError('a call came before the record was begun');
        return recorder;
      };
      onWarmUp?.(() => warmRecorder(options));
      if (onBegin === undefined) await begin();
      else onBegin(begin);
      // A probe may be refused before the first call: the record isn't begun for it.
      const early = await unrecorded(options);
      onRefused?.((code, told) =>
        recorder === undefined ? early(refusedEvent(code, told)) : recorder.refused(refusedEvent(code, told)),
      );
      onClose?.(async () => recorder?.close());
      return recording(
        (call, ended) => begun().ended(call, ended),
        options.onSinkFailure === 'deny' ? (call) => begun().leaving(call) : undefined,
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
    ...(chain?.kmsKey === undefined
      ? {}
      : {
          [chain.kmsKey]: {
            for: 'the ARN of the KMS key that vouches for the key of each audit chain',
            actions: ['kms:Sign'],
            conditions: { 'kms:SigningAlgorithm': KMS_ALGORITHMS[chain.kmsAlgorithm ?? 'ES256'] },
          },
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
  return inSteps((call) => {
    call.exchange.channels.isInLog = true;
    if (leaving !== undefined) call.exchange.channels.beforeSending = () => leaving(call);
    return new Recording(call, record);
  });
}

/** Records one call when it has ended. */
class Recording implements Passing {
  readonly call: Call;
  readonly #record: (call: Call, ended: Ended) => void;
  readonly #startedAt = performance.now();

  constructor(call: Call, record: (call: Call, ended: Ended) => void) {
    this.call = call;
    this.#record = record;
  }

  failed(error: unknown): void {
    const elapsed = performance.now() - this.#startedAt;
    this.#record(this.call, {
      outcome: 'refused',
      code: error instanceof ProxyError ? error.code : 'internal',
      bytesOut: 0,
      head: elapsed,
      total: elapsed,
    });
  }

  replied(reply: Reply): void {
    const head = performance.now() - this.#startedAt;
    void reply.finished.then(({ outcome, code, bytes, ms }) => {
      this.#record(this.call, { outcome, status: reply.status, code, bytesOut: bytes, head, total: head + ms });
    });
  }
}

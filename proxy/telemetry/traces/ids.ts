/**
 * Ids of traces and spans, drawn from the kernel: the process's own generator gives the same ids in every clone of a
 * restored snapshot.
 */
import type { IdGenerator } from '@opentelemetry/sdk-trace';
import { kernelHex } from '../../base/random.ts';

export class KernelIds implements IdGenerator {
  generateTraceId(): string {
    return kernelHex(16);
  }

  generateSpanId(): string {
    return kernelHex(8);
  }
}

/** Composes controls. The first in the list is outermost: it sees the call first and the reply last. */
import { ControlFault, faultOf, ProxyError } from '../base/errors.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import type { Mapped } from './built-in.ts';
import type { Control, Next } from './next.ts';

export interface Layer {
  readonly name: string;
  readonly control: Control;
  /** What the control declares to do with replies. @default 'transforms' */
  readonly replies?: Attention;
  /** The calls whose replies it may map, if it declares `transforms`. @default 'all' */
  readonly maps?: Mapped | undefined;
  /** Whether to detect that it reads arguments, since it doesn't declare it. @default false */
  readonly seen?: boolean;
  /** Whether it may read parameters. @default true */
  readonly reads?: boolean;
}

/** Composes controls around `inner`, which sends the call to the upstream. Without controls, returns `inner` itself. */
export function compose(layers: readonly Layer[], inner: Next): Next {
  const names = new Set<string>();
  for (const { name } of layers) {
    if (names.has(name)) throw new TypeError(`two controls are named ${name}`);
    names.add(name);
  }
  return layers.reduceRight<Next>((next, layer) => wrap(layer, next), inner);
}

function wrap(
  { name, control, replies = 'transforms', maps = 'all', seen = false, reads = true }: Layer,
  inner: Next,
): Next {
  return async (call) => {
    // Parse before the control asks: a long message is parsed in turns and doesn't block other calls.
    const reading = reads ? call.read() : undefined;
    if (reading !== undefined) await reading;
    const startedAt = performance.now();
    let reply: Reply | undefined;
    let failure: unknown;
    let calledAt: number | undefined;
    let settled = true;
    let attached = 0;
    const handed = seen ? call.seen() : call;
    const next: Next = (passed) => {
      const passedOn = passed === handed ? call : passed;
      if (calledAt !== undefined) return Promise.reject(fault(name, 'called next() twice'));
      if (passedOn?.exchange !== call.exchange) {
        return Promise.reject(fault(name, 'passed on a call that it did not get: next(call) or next(call.with(…))'));
      }
      calledAt = performance.now();
      settled = false;
      const sent = inner(passedOn);
      // Record the result before the control resumes. Also handles the rejection if the control doesn't await it, which
      // would end the process.
      sent.then(
        (got) => {
          reply = got;
          attached = got.transforms.length;
          settled = true;
        },
        (error: unknown) => {
          failure = error;
          settled = true;
        },
      );
      return sent;
    };
    try {
      const returned = await control(handed, next);
      if (!settled) throw fault(name, 'returned before next() had settled: probably a missing await or return');
      if (calledAt === undefined) throw fault(name, 'returned without calling next(): refuse by throwing');
      if (returned !== reply || reply === undefined) throw fault(name, 'returned a reply that next() did not give it');
      if (attached < reply.transforms.length) {
        if (replies !== 'transforms')
          throw fault(
            name,
            `maps replies, but is declared to do otherwise: expected replies: 'transforms', got '${replies}'`,
          );
        if (maps !== 'all' && !maps.some((method) => method === call.method))
          throw fault(
            name,
            `maps a reply that it does not declare: expected the reply to ${maps.join(' or ')}, got one to another method`,
          );
        for (let i = attached; i < reply.transforms.length; i++) {
          const transform = reply.transforms[i];
          if (transform !== undefined) transform.control = name;
        }
      }
      call.note({ control: name, decision: 'pass', ms: round(calledAt - startedAt) });
      return reply;
    } catch (error) {
      // The failure came from an inner layer, which has noted it.
      if (calledAt !== undefined && error === failure) throw error;
      call.note({
        control: name,
        decision: error instanceof ProxyError ? error.code : 'internal',
        ms: round(performance.now() - startedAt),
      });
      throw faultOf(name, error);
    }
  };
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function fault(control: string, words: string): ControlFault {
  return new ControlFault(`control ${control} ${words}`, { control });
}

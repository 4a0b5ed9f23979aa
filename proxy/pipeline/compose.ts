/** Composes controls. The first in the list is outermost: it sees the call first and the reply last. */
import { faultOf, ProxyError } from '../base/errors.ts';
import { inTurns } from '../base/turns.ts';
import { Answer } from '../call/answer.ts';
import { type Attention, type Reply, strongest } from '../reply/reply.ts';
import { answered } from './answered.ts';
import { checkMapping, fault, note } from './layer-faults.ts';
import type { Mapped } from './mapped.ts';
import type { Control, Next } from './next.ts';
import { inSequence, type Stepped } from './sequence.ts';
import { stepsOf } from './steps.ts';

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

/**
 * Composes controls around `inner`, which sends the call to the upstream. Without controls, returns `inner` itself.
 * @param within wraps what is beneath each control, by its name. @default - nothing is wrapped, and controls made of
 * steps run in a row
 */
export function compose(layers: readonly Layer[], inner: Next, within?: (control: string, next: Next) => Next): Next {
  const names = new Set<string>();
  for (const { name } of layers) {
    if (names.has(name)) throw new TypeError(`two controls are named ${name}`);
    names.add(name);
  }
  const attention = strongest(layers.map(({ replies = 'transforms' }) => replies));
  if (within !== undefined)
    return layers.reduceRight<Next>((next, layer) => wrap(layer, within(layer.name, next), attention), inner);
  let next = inner;
  for (let end = layers.length; end > 0;) {
    let start = end - 1;
    const layer = layers[start];
    if (layer === undefined) break;
    if (stepsIn(layer) !== undefined) {
      while (start > 0 && stepsIn(layers[start - 1]) !== undefined) start--;
      next = inSequence(
        layers.slice(start, end).flatMap((one) => stepsIn(one) ?? []),
        next,
      );
    } else next = wrap(layer, next, attention);
    end = start;
  }
  return next;
}

/** The steps of a layer, if it has nothing but those. */
function stepsIn(layer: Layer | undefined): Stepped | undefined {
  if (layer === undefined || layer.seen === true) return undefined;
  const { name, control, replies = 'transforms', maps = 'all', reads = true } = layer;
  const before = stepsOf(control);
  return before && { name, before, replies, maps, reads };
}

/** @param attention that of all layers, for a reply that this one makes */
function wrap(
  { name, control, replies = 'transforms', maps = 'all', seen = false, reads = true }: Layer,
  inner: Next,
  attention: Attention,
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
    let text: string;
    const answers = call.exchange.channels.answersMade;
    const handed = seen ? call.seen() : call;
    const next: Next = (passed) => {
      const passedOn = passed === handed ? call : passed;
      if (calledAt !== undefined) return Promise.reject(fault(name, 'called next() twice'));
      if (passedOn?.exchange !== call.exchange) {
        return Promise.reject(fault(name, 'passed on a call that it did not get: next(call) or next(call.with(…))'));
      }
      if (call.exchange.channels.answersMade !== answers)
        return Promise.reject(fault(name, 'called next() for a call that it answered: return the answer'));
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
      if (!(returned instanceof Answer)) {
        if (calledAt === undefined)
          throw fault(name, 'returned without calling next(): refuse by throwing, or return call.answer(result)');
        if (returned !== reply || reply === undefined)
          throw fault(name, 'returned a reply that next() did not give it');
        if (attached < reply.transforms.length) checkMapping(name, replies, maps, call.method);
        reply.attribute(attached, name, call);
        note(call, name, 'pass', calledAt - startedAt);
        return reply;
      }
      if (calledAt !== undefined) throw fault(name, 'answered a call that it passed on with next()');
      if (returned.exchange !== call.exchange) throw fault(name, 'returned an answer to another call');
      if (call.exchange.channels.answersMade !== answers + 1) throw fault(name, 'answered a call twice');
      ({ text } = await inTurns(returned.write()));
      note(call, name, 'answer', performance.now() - startedAt);
    } catch (error) {
      // The failure came from an inner layer, which has noted it.
      if (calledAt !== undefined && error === failure) throw error;
      note(call, name, error instanceof ProxyError ? error.code : 'internal', performance.now() - startedAt);
      throw faultOf(name, error);
    }
    // A refusal from here on is not this control's.
    return answered(call, name, text, attention);
  };
}

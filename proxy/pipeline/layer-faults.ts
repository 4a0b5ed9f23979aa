/** What a layer notes of its control, and the faults that it finds in one. */
import { ControlFault } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Attention } from '../reply/reply.ts';
import type { Decision } from './decision.ts';
import type { Mapped } from './mapped.ts';

/** Throws if a control mapped a reply that it does not declare to map. */
export function checkMapping(name: string, replies: Attention, maps: Mapped, method: string): void {
  if (replies !== 'transforms')
    throw fault(
      name,
      `maps replies, but is declared to do otherwise: expected replies: 'transforms', got '${replies}'`,
    );
  if (maps !== 'all' && !maps.some((mapped) => mapped === method))
    throw fault(
      name,
      `maps a reply that it does not declare: expected the reply to ${maps.join(' or ')}, got one to another method`,
    );
}

export function note({ exchange }: Call, control: string, decision: Decision, ms: number): void {
  exchange.facts.push(Object.freeze({ control, decision, ms: Math.round(ms * 1000) / 1000 }));
}

export function fault(control: string, words: string): ControlFault {
  return new ControlFault(`control ${control} ${words}`, { control });
}

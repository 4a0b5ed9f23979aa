/** The type of a control: a function around the rest of the pipeline. */
import type { Answer } from '../call/answer.ts';
import type { Call } from '../call/call.ts';
import type { Reply } from '../reply/reply.ts';

export type Next = (call: Call) => Promise<Reply>;

/**
 * Wraps one call. Refuses by throwing; otherwise returns the reply that `next` gave, with the transformations attached
 * to it, or `call.answer(result)` in its place.
 */
export type Control = (call: Call, next: Next) => Answer | Promise<Reply | Answer>;

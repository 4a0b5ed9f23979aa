/** How long a session may live, and how long it may wait for a call. */
import { type Parse, whole } from './parse.ts';
import { saying, schemaOf } from './schema.ts';

/**
 * In seconds. The service model says 14 days, but a microVM lives at most 8 hours. Longer sessions are for instances of
 * a capacity provider.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-lifecycle-settings.html
 */
export const LIFETIME = { shortest: 60, longest: 28_800, idle: 900, life: 28_800 } as const;

/** The reason for the maximum, for errors. */
const MICROVM =
  'AgentCore ends a microVM after 8 hours, and longer sessions need its Instances compute type, which is not supported here';

const within = whole(LIFETIME.shortest, LIFETIME.longest, 'seconds');

/** The lifetime of a session in seconds. */
export const lifetime: Parse<number> = saying(
  () => schemaOf(within),
  (value, place) =>
    typeof value === 'number' && value > LIFETIME.longest
      ? place.fault(`expected ${LIFETIME.shortest} to ${LIFETIME.longest} seconds, got ${value} (${MICROVM})`)
      : within(value, place),
);

/** Whether a session would end before its idle timeout. */
export function endsWhileIdle(idle: number, life: number): boolean {
  return idle > life;
}

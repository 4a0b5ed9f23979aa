/**
 * The order in a round. Each round begins with another name. After each name has begun once, the next rounds run
 * backwards, so that no name always follows the same neighbour. Two names only take turns, because backwards is the same
 * as one later.
 */
export function order<Name>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  const backwards = names.length > 2 && Math.floor(round / names.length) % 2 === 1;
  return backwards ? rotated.toReversed() : rotated;
}

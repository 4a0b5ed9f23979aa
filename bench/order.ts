/**
 * The order in a round. Each time another one begins; after each has begun once, the next rounds run backwards, so that
 * none always follows the same neighbour. With two, they only take turns, because backwards is the same as one later.
 */
export function order<Name>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  const backwards = names.length > 2 && Math.floor(round / names.length) % 2 === 1;
  return backwards ? rotated.toReversed() : rotated;
}

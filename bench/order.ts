/**
 * Who comes when in a round. Another one begins each time; once each has begun, the next rounds run backwards, so that
 * nobody always comes after the same neighbour. Two take turns at beginning: backwards is then the same as one later.
 */
export function order<Name>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const rotated = [...names.slice(first), ...names.slice(0, first)];
  const backwards = names.length > 2 && Math.floor(round / names.length) % 2 === 1;
  return backwards ? rotated.toReversed() : rotated;
}

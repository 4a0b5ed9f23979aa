/** The range in which a share lies with 95 % confidence, by Wilson's score. */
const Z = 1.96;

export function interval(part: number, of: number): readonly [from: number, to: number] {
  if (of === 0) return [0, 1];
  const share = part / of;
  const middle = share + (Z * Z) / (2 * of);
  const half = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

/** Names the type of a value in JSON text by its first character, since the value may be long. */
export function typeAt(text: string, start: number): string {
  return TYPES[text.charAt(start)] ?? 'a number';
}

const TYPES: Readonly<Record<string, string>> = {
  '{': 'an object',
  '[': 'a list',
  '"': 'a string',
  t: 'a boolean',
  f: 'a boolean',
  n: 'null',
};

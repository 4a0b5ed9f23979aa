/** Containers that a control made: they are no parts of an original text, although they are frozen like those. */

const made = new WeakSet<object>();

export function noteMade(container: object): void {
  made.add(container);
}

export function isMade(container: object): boolean {
  return made.has(container);
}

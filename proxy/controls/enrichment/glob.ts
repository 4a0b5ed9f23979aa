/** `*` stands for any characters, everything else for itself. Patterns are the config's own, and have no nesting. */
export function globOf(glob: string): RegExp {
  return new RegExp(`^${glob.split('*').map(escaped).join('.*')}$`, 's');
}

export function escaped(text: string): string {
  return text.replace(/[\\^$.+?()[\]{}|*/-]/g, '\\$&');
}

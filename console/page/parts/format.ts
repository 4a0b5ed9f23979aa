/** Times, durations and outcomes, for people. */

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

export function clock(at: number): string {
  return CLOCK.format(at);
}

export function duration(ms: number | undefined): string {
  if (ms === undefined) return '';
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return ms >= 0.1 || ms === 0 ? `${ms.toFixed(1)} ms` : `${Math.round(ms * 1_000)} µs`;
}

export function size(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${(bytes / 1024 / 1024).toFixed(bytes >= 100 * 1024 * 1024 ? 0 : 1)} MB`;
  return bytes >= 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${bytes} B`;
}

const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** What can't be seen, or turns round what stands beside it, is shown by its number: texts of upstreams may hide something. */
export function visible(text: string): string {
  return text.replaceAll(
    INVISIBLE,
    (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

export type Tone = 'good' | 'open' | 'bad' | 'refused';

export function toneOf(outcome: string): Tone {
  if (outcome === 'ok' || outcome === 'unknown') return 'good';
  if (outcome === 'open') return 'open';
  return ['tool-error', 'rpc-error', 'http-error', 'cut'].includes(outcome) || outcome.startsWith('upstream-')
    ? 'bad'
    : 'refused';
}

/** Words for an outcome; a code of a refusal stays as the documents have it. */
export function outcomeWords(outcome: string): string {
  const words: Readonly<Record<string, string>> = {
    open: 'under way',
    unknown: 'done',
    'tool-error': 'tool error',
    'rpc-error': 'error',
    'http-error': 'HTTP error',
  };
  return words[outcome] ?? outcome;
}

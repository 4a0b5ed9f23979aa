/** Chooses as whom the console calls. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { CallerChoice } from '../../try/messages.ts';
import { JsonInput } from '../form/fields.tsx';
import { about } from '../state.ts';

/** The name of a known caller; empty: as the config reads it; `claims`: those below. */
const chosen = signal('');
const OTHER = ':claims';
const claims = signal<unknown>({ sub: 'ann', groups: [] });

export function callerChoice(): CallerChoice {
  if (chosen.value === '') return {};
  if (chosen.value !== OTHER) return { name: chosen.value };
  return { claims: typeof claims.value === 'object' && claims.value !== null ? { ...claims.value } : {} };
}

/** What a request of the form has where no caller is chosen. A source that reads a token or a header gets none. */
const SOURCES: Readonly<Record<string, string>> = { none: 'anyone', fixed: 'the caller of --caller' };

/** Changes whenever another caller is chosen. */
export function callerKey(): string {
  return JSON.stringify(callerChoice());
}

export function CallerSelect(): JSX.Element {
  const id = useId();
  const known = about.value;
  return (
    <div class="caller">
      <label for={id}>as</label>
      <select id={id} value={chosen.value} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
        <option value="">{SOURCES[known?.callerSource ?? 'none'] ?? 'as the config reads it'}</option>
        {known?.callers.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
        <option value={OTHER}>other claims …</option>
      </select>
      {chosen.value === OTHER ? (
        <div class="claims">
          <label class="visually-hidden" for={`${id}-claims`}>
            Claims, as JSON
          </label>
          <JsonInput id={`${id}-claims`} value={claims.peek()} onChange={(value) => (claims.value = value)} />
        </div>
      ) : null}
    </div>
  );
}

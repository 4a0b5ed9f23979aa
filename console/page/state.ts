/** What the page knows, as signals. */
import { computed, effect, signal } from '@preact/signals';
import type { Detail, Summary } from '../record/records.ts';
import type { About, Swapped } from '../server/about.ts';
import * as api from './api.ts';

export type View = 'calls' | 'catalogue' | 'callers' | 'charts';
export const VIEWS: readonly View[] = ['calls', 'catalogue', 'callers', 'charts'];

export const about = signal<About | undefined>(undefined);
/** `key`: the page was opened without it. `ended`: the proxy is gone. */
export const connection = signal<'connecting' | 'open' | 'ended' | 'key'>('connecting');
export const view = signal<View>('calls');
/** The newest change of the config since the page was opened. */
export const swapped = signal<Swapped | undefined>(undefined);

/** As many as the server remembers. */
const MOST = 10_000;

/** Newest first. */
export const calls = signal<readonly Summary[]>([]);

export const opened = signal<number | undefined>(undefined);
export const detail = signal<Detail | undefined>(undefined);
export const detailError = signal<string | undefined>(undefined);

export type Only = 'all' | 'refused' | 'changed' | 'tools' | 'own';
export const filter = signal<{ readonly text: string; readonly only: Only }>({ text: '', only: 'all' });

export const shown = computed<readonly Summary[]>(() => {
  const { text, only } = filter.value;
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return calls.value.filter((call) => {
    // What the catalogue asks for is not what a person looks for.
    if (only !== 'own' && call.tried && call.method !== 'tools/call') return false;
    if (only === 'refused' && isGood(call.outcome)) return false;
    if (only === 'changed' && !call.changed.request && !call.changed.reply) return false;
    if (only === 'tools' && call.method !== 'tools/call') return false;
    if (words.length === 0) return true;
    const hay =
      `${call.method} ${call.name ?? ''} ${call.caller} ${call.outcome} ${call.refusedBy ?? ''} ${call.rule ?? ''}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
});

export function isGood(outcome: string): boolean {
  return outcome === 'ok' || outcome === 'open' || outcome === 'unknown';
}

/** Puts calls in, newest first; one that is known is replaced. */
export function take(news: readonly Summary[]): void {
  const byId = new Map(news.map((call) => [call.id, call]));
  const kept = calls.value.map((call) => {
    const changed = byId.get(call.id);
    if (changed !== undefined) byId.delete(call.id);
    // A list that was made before the call ended may come after the message that it has.
    return changed === undefined || (changed.outcome === 'open' && call.outcome !== 'open') ? call : changed;
  });
  const all = [...byId.values(), ...kept].toSorted((one, other) => other.id - one.id);
  calls.value = all.slice(0, MOST);
}

/** Why no call was opened by an id. */
export const toldError = signal<string | undefined>(undefined);

/** Opens the call that a client got an error of. @param text the error's id, or anything that holds it */
export async function openTold(text: string): Promise<void> {
  try {
    const call = await api.told(text);
    if (call !== undefined) opened.value = call;
    toldError.value =
      call === undefined
        ? 'No call here has an error with this id: it may be older than this start, or no id of an error.'
        : undefined;
  } catch (error) {
    toldError.value = error instanceof Error ? error.message : String(error);
  }
}

/** Loads the opened call, again whenever its summary changes. */
effect(() => {
  const id = opened.value;
  if (id === undefined) {
    detail.value = undefined;
    return;
  }
  // For the dependence on it.
  calls.value.find((call) => call.id === id);
  void load(id);
});

let loaded = '';

async function load(id: number): Promise<void> {
  const summary = JSON.stringify(calls.peek().find((call) => call.id === id));
  if (loaded === summary && detail.peek()?.id === id) return;
  try {
    const got = await api.call(id);
    if (opened.peek() !== id) return;
    loaded = summary;
    detail.value = got;
    detailError.value = undefined;
  } catch (error) {
    if (opened.peek() === id) detailError.value = error instanceof Error ? error.message : String(error);
  }
}

const AGAIN_MS = 1_500;
const FIRST = 200;

/** Follows the server for as long as the page is open. */
export async function follow(): Promise<void> {
  for (;;) {
    try {
      about.value = await api.about();
      const onOpen = (): void => {
        connection.value = 'open';
        // The newest first, so that there is something to see at once.
        void api
          .calls(FIRST)
          .then(take)
          .then(async () => take(await api.calls()));
      };
      await api.live(onOpen, take, (news) => {
        swapped.value = news;
        void api.about().then((known) => (about.value = known));
      });
      connection.value = 'ended';
    } catch (error) {
      connection.value = error instanceof api.ApiError && error.status === 401 ? 'key' : 'ended';
      if (connection.value === 'key') return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

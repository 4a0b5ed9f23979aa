/** Watches what the transformations of a reply do, without a change to what they do. */
import { ProxyError } from '../../proxy/base/errors.ts';
import type { Source } from '../../proxy/json/digits.ts';
import { JsonText } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { TextEdit, Transform } from '../../proxy/reply/mapping.ts';
import type { Reply } from '../../proxy/reply/reply.ts';

/** What one transformation made of one message. */
export interface Made {
  readonly control: string;
  readonly ms: number;
  /** Same if it changed nothing. */
  readonly before: string;
  /** Undefined: the message was dropped, or refused. */
  readonly after: string | undefined;
  /** The code of its refusal. */
  readonly refused?: string;
  /** Made in the text, without a parse: the message may be parsed after all, and all transformations run again. */
  readonly inText?: boolean;
}

/** Characters beyond which a message is not written out again to be shown. */
const MOST = 1024 * 1024;

export function watchReply(reply: Reply, tell: (made: Made) => void): void {
  // What was kept of earlier calls would be sent without a run of the transformations: there would be nothing to see.
  for (const [i, transform] of reply.transforms.entries()) reply.transforms[i] = watched(transform, tell);
}

function watched(transform: Transform, tell: (made: Made) => void): Transform {
  const { map, text, control = 'proxy' } = transform;
  return {
    ...transform,
    dependsOn: undefined,
    map: (message, source, note) => {
      const startedAt = performance.now();
      const ended = (next: JsonObject | undefined): JsonObject | undefined => {
        const ms = performance.now() - startedAt;
        if (next === message) tell({ control, ms, before: '', after: '' });
        else tell({ control, ms, before: textOf(message, source), after: next && textOf(next, source) });
        return next;
      };
      const failed = (error: unknown): never => {
        const refused = error instanceof ProxyError ? error.code : 'internal';
        const ms = performance.now() - startedAt;
        tell({ control, ms, before: textOf(message, source), after: undefined, refused });
        throw error;
      };
      let next: ReturnType<typeof map>;
      try {
        next = map(message, source, note);
      } catch (error) {
        return failed(error);
      }
      return next instanceof Promise ? next.then(ended, failed) : ended(next);
    },
    ...(text === undefined
      ? {}
      : {
          text: async (json: string) => {
            const startedAt = performance.now();
            const edits = await text(json);
            const ms = performance.now() - startedAt;
            if (edits === undefined || edits.length === 0) tell({ control, ms, before: '', after: '', inText: true });
            else tell({ control, ms, before: json, after: edited(json, edits), inText: true });
            return edits;
          },
        }),
  };
}

/** With all digits of its numbers, where they are known. */
function textOf(message: JsonObject, source: Source | undefined): string {
  try {
    if (source === undefined) return JSON.stringify(message);
    if (source.json.length > MOST) return `‹a message of ${source.json.length} characters›`;
    return new JsonText(source.json, source.value).edit(message);
  } catch {
    // The proxy reports what a control made that is not JSON.
    return '‹not JSON›';
  }
}

function edited(json: string, edits: readonly TextEdit[]): string {
  let out = '';
  let from = 0;
  for (const { start, end, text } of edits) {
    out += json.slice(from, start) + text;
    from = end;
  }
  return out + json.slice(from);
}

/** Makes the line of one call: with labels in place of session ids, without credentials, and redacted unless values are kept. */
import type { Detail } from '../../console/record/records.ts';
import { decidedOf, type Places } from '../decided.ts';
import type { Asked, Change, ControlDecided, Decided, RecordedCall, Sent } from '../format.ts';
import { redactBody } from '../redact/body.ts';
import { accepted, mediaType, saysTheProtocol } from '../redact/envelope.ts';
import type { Redactor } from '../redact/message.ts';
import type { Carrying } from './carried.ts';
import type { Passed } from './passed.ts';
import type { Pending } from './pending.ts';

/** Short names for session ids, which open what they name. */
export class Labels {
  readonly #known = new Map<string, string>();

  /** @param kind of the id; its labels begin with it */
  of(kind: string, id: string): string {
    const key = `${kind}\n${id}`;
    let label = this.#known.get(key);
    if (label === undefined) this.#known.set(key, (label = `${kind}${this.#known.size + 1}`));
    return label;
  }
}

export interface Writing {
  /** `Date.now()` when the record began. */
  readonly began: number;
  readonly redactor: Redactor | undefined;
  readonly labels: Labels;
}

export function lineOf(pending: Pending, detail: Detail, writing: Writing): RecordedCall {
  const { call, got, carrying, unsent } = pending;
  const { began, redactor, labels } = writing;
  const { exchange, message } = call;
  const method = message?.method === '' ? call.method : (message?.method ?? call.method);
  const unsure: string[] = [];
  const redacted = (text: string, type: string, place: string, of = method): string => {
    if (redactor === undefined) return text;
    const one = redactBody(text, type, of, redactor);
    if (one.unsure) unsure.push(place);
    return one.text;
  };
  const gave = textOf(got.body, got.type);
  const isTooLong = got.body.isTooLong || carrying.some(({ body }) => body?.isTooLong === true);
  const asked = carrying.map((one) => askedOf(one, method, call.message?.id, writing, redacted));
  const decided = decidedOf(detail, gave, redactor && placesOf(redactor));
  const text = message === undefined ? undefined : redacted(message.text, '', 'request');
  const given = gave === undefined ? undefined : redacted(gave, got.type, 'reply');
  const answered = asked
    .findLast(({ own }) => own !== true)
    ?.pieces?.map(([, piece]) => piece)
    .join('');
  const session = exchange.inbound.sessionId;
  return {
    call: pending.number,
    at: exchange.arrivedAt - began,
    end: Date.now() - began,
    kind: call.kind,
    era: call.era,
    method: redactor === undefined ? call.method : redactor.method(call.method),
    ...(text === undefined ? {} : { text }),
    sent: sentOf(pending, session === undefined ? undefined : labels.of('s', session), writing),
    claims: redactor === undefined ? call.caller.claims : redactor.claims(call.caller.claims),
    asked: asked.map(({ text: sentText, ...rest }) => ({
      ...rest,
      ...(sentText === undefined || sentText === text ? {} : { text: sentText }),
    })),
    ...(unsent === undefined || asked.some(({ failed, own }) => own !== true && failed !== undefined)
      ? {}
      : { unsent }),
    status: got.status,
    ...(got.type === '' ? {} : { type: typeOf(got.type, redactor) }),
    ...(given === undefined || given === answered ? {} : { gave: given }),
    ...(got.session === undefined || call.method !== 'initialize' ? {} : { opened: labels.of('s', got.session) }),
    decided: {
      ...(redactor === undefined ? decided : withoutValues(decided)),
      ...(unsure.length === 0 ? {} : { unsure: [...new Set(unsure)] }),
    },
    ...(isTooLong ? { tooLong: true } : {}),
  };
}

function typeOf(type: string, redactor: Redactor | undefined): string {
  return redactor === undefined ? type : mediaType(type);
}

/** Names of members, and of what is listed, as they are in the redacted messages. */
function placesOf(redactor: Redactor): Places {
  return {
    member: (name) => redactor.member(name),
    entry: (key, value) => (key === 'uri' ? redactor.uri(value) : value),
  };
}

function sentOf(
  { call: { exchange } }: Pending,
  session: string | undefined,
  { labels, redactor }: Pick<Writing, 'labels' | 'redactor'>,
): Sent {
  const { accept, protocolVersion, lastEventId, derive, mirrorMethod, mirrorName, runtimeSessionId } = exchange.inbound;
  return {
    ...(accept === undefined ? {} : { accept: redactor === undefined ? accept : accepted(accept) }),
    ...(protocolVersion === undefined ? {} : { version: versionOf(protocolVersion, redactor) }),
    ...(lastEventId === undefined ? {} : { lastEventId: redactor?.reference(lastEventId) ?? lastEventId }),
    ...(derive ? { derive: true } : {}),
    ...(mirrorMethod ? { mirrorMethod: true } : {}),
    ...(mirrorName ? { mirrorName: true } : {}),
    ...(session === undefined ? {} : { session }),
    ...(runtimeSessionId === undefined ? {} : { platform: labels.of('p', runtimeSessionId) }),
  };
}

function versionOf(version: string, redactor: Redactor | undefined): string {
  return redactor === undefined || saysTheProtocol('protocolVersion', version) ? version : redactor.reference(version);
}

type Redacted = (text: string, type: string, place: string, method?: string) => string;

function askedOf(
  { upstream, http, text, at, status, type = '', session, body, failed }: Carrying,
  method: string,
  id: string | undefined,
  { began, labels, redactor }: Writing,
  redacted: Redacted,
): Asked {
  const asks = text === undefined ? undefined : requestIn(text);
  const isOwn = asks !== undefined && asks.id !== undefined && asks.id.startsWith('"proxy-') && asks.id !== id;
  const about = isOwn ? (asks?.method ?? method) : method;
  return {
    upstream,
    http,
    ...(isOwn ? { own: true } : {}),
    ...(text === undefined ? {} : { text: redacted(text, '', 'sent', about) }),
    ...(status === undefined ? {} : { status }),
    ...(type === '' ? {} : { type: typeOf(type, redactor) }),
    ...(session === undefined ? {} : { session: labels.of('u', session) }),
    at: at - began,
    ...(body === undefined
      ? {}
      : {
          pieces: (body.pieces(type.startsWith('text/event-stream')) ?? []).map(
            ([when, piece]) => [when - began, redacted(piece, type, 'answer', about)] as const,
          ),
        }),
    ...(failed === undefined ? {} : { failed }),
  };
}

function requestIn(text: string): { readonly id: string | undefined; readonly method: string | undefined } | undefined {
  try {
    const value = JSON.parse(text) as { readonly id?: unknown; readonly method?: unknown };
    return {
      id: value.id === undefined ? undefined : JSON.stringify(value.id),
      method: typeof value.method === 'string' ? value.method : undefined,
    };
  } catch {
    return undefined;
  }
}

function textOf(body: Passed, type: string): string | undefined {
  return body
    .pieces(type.startsWith('text/event-stream'))
    ?.map(([, text]) => text)
    .join('');
}

/**
 * What controls put in place of values may hold a part of them; so may words of a team's own control. What was changed stays.
 * What is said about it is that of the replay with which a record is closed.
 */
function withoutValues({ outcome, by, controls }: Decided): Decided {
  const changes = (list: readonly Change[]): Change[] =>
    list.map(({ at, to }) => (to === undefined ? { at } : { at, to: '…' }));
  return {
    outcome,
    ...(by === undefined ? {} : { by }),
    controls: controls.map(({ control, decision, would, request, reply }): ControlDecided => ({
      control,
      ...(decision === undefined ? {} : { decision }),
      ...(would === undefined ? {} : { would }),
      ...(request === undefined ? {} : { request: changes(request) }),
      ...(reply === undefined ? {} : { reply: changes(reply) }),
    })),
  };
}

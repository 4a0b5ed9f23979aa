/**
 * Redacts a message by rule. Names of tools and members, what the protocol itself says, lists of what upstreams offer, booleans,
 * values that a schema declares, and members that the person names stay. Every other text and number is replaced.
 */
import { isKnownMethod } from '../../proxy/call/methods.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { MEMBER, METHOD, NAME, PROGRAM, REFERS, saysTheProtocol } from './envelope.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { isTelling, mayName, redactText } from './text.ts';

/** Their results say what there is, not who anybody is. */
const OFFERS = new Set(['initialize', 'server/discover', 'tools/list', 'prompts/list', 'resources/templates/list']);
/** Within these, every member is the tool's, the server's or the client's own. */
const DATA = new Set(['arguments', 'structuredContent', 'data', 'metadata']);
/** Programs, as they name themselves. */
const PROGRAMS = new Set([
  'clientInfo',
  'serverInfo',
  'io.modelcontextprotocol/clientInfo',
  'io.modelcontextprotocol/serverInfo',
]);
/** What a question's schema says of its form, in words that are no data. */
const FORMAL = new Set(['type', 'format', '$schema']);
/** Claims by which policies decide about groups of people, and not about one. */
const CLAIMS = new Set([
  'iss',
  'aud',
  'azp',
  'client_id',
  'scope',
  'scp',
  'scopes',
  'groups',
  'cognito:groups',
  'roles',
  'role',
  'permissions',
  'entitlements',
  'org',
  'tenant',
  'tid',
  'team',
  'department',
  'token_use',
]);
const BIG_TEXT = 1024 * 1024;

export interface RedactedMessage {
  readonly text: string;
  /** What may be found otherwise than in the original. */
  readonly unsure: boolean;
}

interface At {
  readonly path: readonly string[];
  readonly inData: boolean;
}

export class Redactor {
  readonly #keeps: readonly (readonly string[])[];
  readonly #pseudonyms = new Pseudonyms();
  /** Texts and numbers that schemas of tools declare as one of few. */
  readonly #declared = new Set<JsonValue>();
  /** Names that upstreams list: of tools, prompts, and members of their schemas. */
  readonly #members = new Set<string>();
  #unsure = false;

  /** @param keeps names of members, or the ends of their paths (`order.region`, `caller.sub`) */
  constructor(keeps: readonly string[]) {
    this.#keeps = keeps.map((path) => path.split('.'));
  }

  /** @param method of the call that it belongs to */
  message(text: string, method: string): RedactedMessage {
    this.#unsure = false;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return { text: this.#text(text, []), unsure: true };
    }
    if (!isObject(message)) return { text: JSON.stringify(this.#value(asJson(message), ROOT)), unsure: this.#unsure };
    const out = Object.fromEntries(
      Object.entries(message).map(([name, value]) => [this.member(name), this.#top(name, value, method)]),
    );
    return { text: JSON.stringify(out), unsure: this.#unsure };
  }

  claims(claims: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [
        this.member(name),
        value === undefined || this.#isKept(['caller', name]) || (CLAIMS.has(name) && isPlain(value))
          ? value
          : this.#value(value, { path: [name], inData: true }),
      ]),
    );
  }

  /** How a member is called in the record. */
  member(name: string): string {
    return this.#members.has(name) || (MEMBER.test(name) && !mayName(name)) ? name : this.#pseudonyms.all(name);
  }

  /** The same for methods that a client made up. */
  method(method: string): string {
    return isKnownMethod(method) || (METHOD.test(method) && !mayName(method)) ? method : this.#pseudonyms.all(method);
  }

  /** What refers to another message, an event or a page. */
  reference(text: string): string {
    return this.#pseudonyms.reference(text);
  }

  /** Policies decide by the scheme. */
  uri(uri: string): string {
    const scheme = /^[a-z][a-z0-9+-]{0,40}:\/\//i.exec(uri)?.[0] ?? KNOWN_SCHEME.exec(uri)?.[0] ?? '';
    return scheme + this.#pseudonyms.all(uri.slice(scheme.length));
  }

  #top(name: string, value: JsonValue | undefined, method: string): JsonValue | undefined {
    if (value === undefined || (name === 'jsonrpc' && value === '2.0')) return value;
    if (name === 'id') return this.#reference(value);
    if (name === 'method' && typeof value === 'string') return this.method(value);
    if (name === 'result' && OFFERS.has(method)) {
      this.#learn(value);
      return value;
    }
    if (name === 'params' && isObject(value)) {
      const isNamed = method === 'tools/call' || method === 'prompts/get';
      return this.#each(value, (key, one) =>
        isNamed && key === 'name' && typeof one === 'string'
          ? this.#name(one)
          : this.#inObject(key, one, { path: [key], inData: false }),
      );
    }
    if (name === 'error' && isObject(value))
      return this.#each(value, (key, one) =>
        key === 'code' && typeof one === 'number' ? one : this.#inObject(key, one, { path: [key], inData: false }),
      );
    return this.#value(value, name === 'result' ? ROOT : { path: [name], inData: true });
  }

  #each(value: JsonObject, redact: (key: string, value: JsonValue | undefined) => JsonValue | undefined): JsonObject {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [this.member(key), redact(key, one)]));
  }

  #inObject(key: string, value: JsonValue | undefined, at: At): JsonValue | undefined {
    if (value === undefined || this.#isKept(at.path)) return value;
    if (!at.inData) {
      if (saysTheProtocol(key, value)) return value;
      if (REFERS.has(key)) return this.#reference(value);
      if (PROGRAMS.has(key) && isObject(value)) return this.#program(value);
      if (key === 'requestedSchema') return this.#schema(value, at);
      if (key === 'ref' && isObject(value))
        return this.#each(value, (name, one) =>
          name === 'name' && typeof one === 'string'
            ? this.#name(one)
            : this.#inObject(name, one, { path: [...at.path, name], inData: false }),
        );
      if (key === 'uri' && typeof value === 'string') return this.uri(value);
      if ((key === 'blob' || key === 'data') && typeof value === 'string') return this.#blob(value, at.path);
    }
    const isData = at.inData || DATA.has(key) || (key === 'content' && isObject(value));
    return this.#value(value, { path: at.path, inData: isData });
  }

  #value(value: JsonValue, at: At): JsonValue {
    if (typeof value === 'string') return this.#declared.has(value) ? value : this.#text(value, at.path);
    if (typeof value === 'number') return this.#declared.has(value) ? value : this.#number(value);
    if (Array.isArray(value)) return value.map((one) => this.#value(one, at));
    if (!isObject(value)) return value;
    return this.#each(value, (key, one) => this.#inObject(key, one, { path: [...at.path, key], inData: at.inData }));
  }

  /** Of a tool or prompt: as upstreams list them, or at least in the form of one. */
  #name(name: string): string {
    return this.#members.has(name) || (NAME.test(name) && !mayName(name)) ? name : this.#text(name, ['name']);
  }

  #reference(value: JsonValue): JsonValue {
    if (typeof value === 'string') return this.#pseudonyms.reference(value);
    if (typeof value !== 'number') return isObject(value) || Array.isArray(value) ? this.#value(value, ROOT) : value;
    return Math.abs(value) < 1e6 ? value : this.#number(value);
  }

  #program(info: JsonObject): JsonObject {
    return this.#each(info, (key, value) =>
      (key === 'name' || key === 'version') && typeof value === 'string' && PROGRAM.test(value) && !mayName(value)
        ? value
        : this.#inObject(key, value, { path: [key], inData: true }),
    );
  }

  /** The form of a question stays; its words, and the values that it suggests, are data. */
  #schema(value: JsonValue, at: At): JsonValue {
    if (Array.isArray(value)) return value.map((one) => this.#schema(one, at));
    if (!isObject(value)) return typeof value === 'string' ? this.#value(value, { ...at, inData: true }) : value;
    return this.#each(value, (key, one) => {
      if (one === undefined || (FORMAL.has(key) && typeof one === 'string' && /^[\w:/.#-]{1,80}$/.test(one)))
        return one;
      if (key === 'required' && Array.isArray(one))
        return one.map((name: JsonValue) => (typeof name === 'string' ? this.member(name) : name));
      return this.#schema(one, { path: [...at.path, key], inData: true });
    });
  }

  /** Encoded bytes: of the same length, and nothing of them. */
  #blob(value: string, path: readonly string[]): string {
    return /^[A-Za-z0-9+/_=-]*$/.test(value) ? this.#pseudonyms.base64(value) : this.#text(value, path);
  }

  #text(text: string, path: readonly string[]): string {
    if (text.length > BIG_TEXT) {
      this.#unsure = true;
      return this.#pseudonyms.text(text);
    }
    const inner = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
    if (inner !== undefined) {
      const indent = /\n( +)/.exec(text)?.[1]?.length;
      return JSON.stringify(this.#value(inner, { path: [], inData: true }), undefined, indent);
    }
    const { text: out, differs } = redactText(text, { field: path.at(-1), path }, this.#pseudonyms);
    if (differs) this.#unsure = true;
    return out;
  }

  /** As many digits before and after the point, and the same sign. */
  #number(value: number): number {
    const [digits = '', ...exponent] = JSON.stringify(value).split('e');
    const made = Number([this.#pseudonyms.all(digits), ...exponent].join('e'));
    return Number.isFinite(made) ? made : 0;
  }

  #isKept(path: readonly string[]): boolean {
    return this.#keeps.some(
      (kept) => kept.length <= path.length && kept.every((name, i) => name === path.at(i - kept.length)),
    );
  }

  /** Remembers what upstreams and schemas declare. */
  #learn(value: JsonValue | undefined): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#learn(one);
      return;
    }
    if (!isObject(value)) return;
    for (const [key, one] of Object.entries(value)) {
      if (key === 'enum' && Array.isArray(one)) for (const each of one) this.#declared.add(each);
      else if (key === 'const' && one !== undefined) this.#declared.add(one);
      else this.#learn(one);
      if (key === 'properties' && isObject(one)) for (const name of Object.keys(one)) this.#members.add(name);
      if (key === 'name' && typeof one === 'string') this.#members.add(one);
    }
  }
}

/** A text, or some: nothing that says of whom it is. */
function isPlain(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.every((one: JsonValue) => !Array.isArray(one) && isPlain(one));
  return typeof value === 'string' ? !isTelling(value) : typeof value !== 'object';
}

/** Those whose rest is no authority. */
const KNOWN_SCHEME = /^(?:urn|data|mailto|tel|arn|git|ui|skill|news|about):/i;

const ROOT: At = { path: [], inData: false };

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function asJson(value: unknown): JsonValue {
  return value as JsonValue;
}

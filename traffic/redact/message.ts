/**
 * Redacts a message by rule. Names of tools and members, types, lists of what upstreams offer, booleans, values that a schema
 * declares, and members that the person names stay. Every other text and number is replaced.
 */
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { redactText } from './text.ts';

/** Their results say what there is, not who anybody is. */
const OFFERS = new Set(['initialize', 'server/discover', 'tools/list', 'prompts/list', 'resources/templates/list']);
/** Members of the protocol's own objects. */
const KEPT = new Set([
  'type',
  'mimeType',
  'role',
  'level',
  'logger',
  'resultType',
  'mode',
  'action',
  'status',
  'protocolVersion',
  'method',
  'cacheScope',
  'ttlMs',
  'progress',
  'total',
  'progressToken',
]);
/** Within these, every member is the tool's. */
const DATA = new Set(['arguments', 'structuredContent']);
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
      Object.entries(message).map(([name, value]) => [name, this.#member(name, value, method)]),
    );
    return { text: JSON.stringify(out), unsure: this.#unsure };
  }

  claims(claims: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(claims).map(([name, value]) => [
        name,
        CLAIMS.has(name) || this.#isKept(['caller', name]) || value === undefined
          ? value
          : this.#value(value, { path: [name], inData: true }),
      ]),
    );
  }

  #member(name: string, value: JsonValue | undefined, method: string): JsonValue | undefined {
    if (value === undefined) return undefined;
    if (name === 'result' && OFFERS.has(method)) {
      this.#learn(value);
      return value;
    }
    if (name === 'params' && method === 'initialize') return value;
    if (name === 'params' && isObject(value))
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
          key,
          key === 'name' && (method === 'tools/call' || method === 'prompts/get')
            ? one
            : this.#inObject(key, one, { path: [key], inData: false }),
        ]),
      );
    if (name === 'result') return this.#value(value, ROOT);
    if (name === 'error' && isObject(value)) {
      const { code, ...rest } = value;
      return { ...(code === undefined ? {} : { code }), ...objectOf(this.#value(rest, ROOT)) };
    }
    return value;
  }

  #inObject(key: string, value: JsonValue | undefined, at: At): JsonValue | undefined {
    if (value === undefined) return undefined;
    const isScalar = typeof value !== 'object';
    if (this.#isKept(at.path)) return value;
    if (!at.inData) {
      if (isScalar && KEPT.has(key)) return value;
      if (key === 'requestedSchema' || key === 'ref' || key.startsWith('io.modelcontextprotocol/')) return value;
      if (key === 'uri' && typeof value === 'string') return this.#uri(value);
    }
    const isData = at.inData || DATA.has(key) || (key === 'content' && isObject(value));
    return this.#value(value, { path: at.path, inData: isData });
  }

  #value(value: JsonValue, at: At): JsonValue {
    if (typeof value === 'string') return this.#declared.has(value) ? value : this.#text(value, at.path);
    if (typeof value === 'number') return this.#declared.has(value) ? value : this.#number(value);
    if (Array.isArray(value)) return value.map((one) => this.#value(one, at));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [
        key,
        this.#inObject(key, one, { path: [...at.path, key], inData: at.inData }),
      ]),
    );
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
    const text = JSON.stringify(value);
    const made = Number(text.includes('e') ? text : this.#pseudonyms.all(text));
    return Number.isFinite(made) ? made : value;
  }

  /** Policies decide by the scheme. */
  #uri(uri: string): string {
    const scheme = /^[a-z][a-z0-9+.-]*:(?:\/\/)?/i.exec(uri)?.[0] ?? '';
    return scheme + this.#pseudonyms.all(uri.slice(scheme.length));
  }

  #isKept(path: readonly string[]): boolean {
    return this.#keeps.some(
      (kept) => kept.length <= path.length && kept.every((name, i) => name === path.at(i - kept.length)),
    );
  }

  /** Remembers what schemas declare. */
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
    }
  }
}

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

function objectOf(value: JsonValue): JsonObject {
  return isObject(value) ? value : {};
}

import type { Explanation } from '../mutants.ts';

export const ACCESS_POLICY_DECISIONS: Readonly<Record<string, readonly Explanation[]>> = {
  'controls/access-policy/reads': [
    {
      why: 'A head for all names no entity, and arguments as a whole were handled before. The checks are for the compiler.',
      mutants: [
        {
          was: "const inner = principal.op === 'is' ? principal.in : principal.op === 'All' ? undefined : principal;",
          becomes: "const inner = principal.op === 'is' ? principal.in : false ? undefined : principal;",
        },
        {
          was: "const inner = principal.op === 'is' ? principal.in : principal.op === 'All' ? undefined : principal;",
          becomes:
            'const inner = principal.op === \'is\' ? principal.in : principal.op === "" ? undefined : principal;',
        },
        {
          was: "else if (member === 'arguments' && name !== undefined) reads.arguments.add(name);",
          becomes: "else if (member === 'arguments' && true) reads.arguments.add(name);",
        },
      ],
    },
  ],
  'controls/access-policy/values': [
    {
      why: 'A number without a fraction, or with more digits, has no text of a decimal.',
      mutants: [
        {
          was: 'if (exponent < 0 && digits.length <= MAX_DIGITS) {',
          becomes: 'if (exponent <= 0 && digits.length <= MAX_DIGITS) {',
        },
        { was: 'if (exponent < 0 && digits.length <= MAX_DIGITS) {', becomes: 'if (exponent < 0 && true) {' },
      ],
    },
    {
      why: 'A JSON value that is none of the above is an object. The check is for the compiler.',
      mutants: [{ was: 'if (isObject(value))', becomes: 'if (true)' }],
    },
    {
      why: 'The values are handed to Cedar, which only reads them.',
      mutants: [
        { was: 'configurable: true,', becomes: 'configurable: false,' },
        { was: 'writable: true,', becomes: 'writable: false,' },
      ],
    },
  ],
  'controls/access-policy/questions': [
    {
      why: 'It saves work. Without denied capabilities, or declared ones, nothing is removed.',
      mutants: [
        { was: 'if (denied.length === 0) return call;', becomes: 'if (false) return call;' },
        {
          was: 'if (isObject(capabilities)) for (const _name in capabilities) return true;',
          becomes: 'if (true) for (const _name in capabilities) return true;',
        },
      ],
    },
    {
      why: 'A call that declares capabilities has a message.',
      mutants: [
        {
          was: "const text = call.message?.text ?? '';",
          becomes: 'const text = call.message?.text ?? "Stryker was here!";',
        },
        { was: "const text = call.message?.text ?? '';", becomes: "const text = call.message.text ?? '';" },
      ],
    },
    {
      why: 'What is no object has no method, and no known method is something else than a text. The checks are for the compiler.',
      mutants: [
        { was: 'isObject(question) &&', becomes: 'true &&' },
        {
          was: "const which = typeof method === 'string' && isKnownMethod(method) ? method : 'an unknown method';",
          becomes: "const which = true && isKnownMethod(method) ? method : 'an unknown method';",
        },
      ],
    },
  ],
  'controls/access-policy/engine': [
    {
      why: 'A policy that forbids requires no scope, and what is permitted has a policy that permits it.',
      mutants: [
        {
          was: "const lacks = decision === 'allow' ? this.#lacking(caller, deciding) : undefined;",
          becomes: 'const lacks = true ? this.#lacking(caller, deciding) : undefined;',
        },
        { was: 'return least?.scopes;', becomes: 'return least.scopes;' },
      ],
    },
    {
      why: 'Other forms without readings were refused before. The checks are for the compiler.',
      mutants: [
        {
          was: ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? [])])]',
          becomes:
            ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? ["Stryker was here"]), ...(other?.lenient ?? [])])]',
        },
        {
          was: ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? [])])]',
          becomes:
            ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? ["Stryker was here"])])]',
        },
        {
          was: ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? [])])]',
          becomes:
            ': [...readings.lenient, ...others.flatMap((other) => [...(other.plain ?? []), ...(other?.lenient ?? [])])]',
        },
        {
          was: ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other?.lenient ?? [])])]',
          becomes:
            ': [...readings.lenient, ...others.flatMap((other) => [...(other?.plain ?? []), ...(other.lenient ?? [])])]',
        },
      ],
    },
    {
      why: 'Only resources have other forms. A text in place of a decision has no verdict, and is passed over.',
      mutants: [
        { was: '? []', becomes: '? ["Stryker was here"]' },
        {
          was: "return resource.type === 'Resource' ? otherForms(resource.uri, upstream) : [];",
          becomes: 'return resource.type === \'Resource\' ? otherForms(resource.uri, upstream) : ["Stryker was here"];',
        },
      ],
    },
    {
      why: 'A number or name that no other caller has. Which one does not matter.',
      mutants: [
        {
          was: "return [who === undefined ? 'unfit' : String(who.serial), upstream.name];",
          becomes: 'return [who === undefined ? "" : String(who.serial), upstream.name];',
        },
        {
          was: 'const same = this.#subjects.getOrMake(made.key, () => ({ ...made, serial: ++this.#serial }));',
          becomes: 'const same = this.#subjects.getOrMake(made.key, () => ({ ...made, serial: --this.#serial }));',
        },
      ],
    },
    {
      why: 'It saves work: what is kept is worked out again with the same result.',
      mutants: [
        {
          was: 'const MAX_BYTES = { callers: 8 * 1024 * 1024, decisions: 4 * 1024 * 1024, reads: 256 * 1024 };',
          becomes: 'const MAX_BYTES = { callers: 8 * 1024 * 1024, decisions: 4 * 1024 * 1024, reads: 256 / 1024 };',
        },
        {
          was: 'readonly #byAction = new Cache<Reads>({ maxBytes: MAX_BYTES.reads, weigh: () => 1024 });',
          becomes: 'readonly #byAction = new Cache<Reads>({});',
        },
        {
          was: 'readonly #byAction = new Cache<Reads>({ maxBytes: MAX_BYTES.reads, weigh: () => 1024 });',
          becomes: 'readonly #byAction = new Cache<Reads>({ maxBytes: MAX_BYTES.reads, weigh: () => undefined });',
        },
        {
          was: 'return scopes.length === 0 ? [] : [[id, scopes] as const];',
          becomes: 'return false ? [] : [[id, scopes] as const];',
        },
        { was: 'if (this.#required.size === 0) return undefined;', becomes: 'if (false) return undefined;' },
        { was: 'if (known !== undefined) return known;', becomes: 'if (false) return known;' },
        { was: 'this.#callers.set(caller.claims, same);', becomes: ';' },
      ],
    },
    {
      why: 'How bytes are estimated. `test/memory` measures that kept decisions and callers are bounded.',
      mutants: [
        {
          was: 'weigh: ({ policies }) => 128 + 8 * policies.length,',
          becomes: 'weigh: ({ policies }) => 128 - 8 * policies.length,',
        },
        {
          was: 'weigh: ({ policies }) => 128 + 8 * policies.length,',
          becomes: 'weigh: ({ policies }) => 128 + 8 / policies.length,',
        },
        { was: 'weigh: ({ key }) => 512 + 8 * key.length,', becomes: 'weigh: ({ key }) => 512 - 8 * key.length,' },
        { was: 'weigh: ({ key }) => 512 + 8 * key.length,', becomes: 'weigh: ({ key }) => 512 + 8 / key.length,' },
      ],
    },
  ],
  'controls/access-policy/check': [
    {
      why: 'No star is in the default.',
      mutants: [{ was: '[spec[who] ?? []]', becomes: '[spec[who] ?? ["Stryker was here"]]' }],
    },
    {
      why: 'Cedar accepts each schema that is made here. The branch is for one that it may refuse later.',
      mutants: [
        {
          was: "if (answer.type === 'failure') faults.push(`access-policy: ${words(answer.errors)}`);",
          becomes: "if (answer.type === 'failure') faults.push(``);",
        },
        {
          was: "if (answer.type === 'failure') faults.push(`access-policy: ${words(answer.errors)}`);",
          becomes: 'if (false) faults.push(`access-policy: ${words(answer.errors)}`);',
        },
        {
          was: "if (answer.type === 'failure') faults.push(`access-policy: ${words(answer.errors)}`);",
          becomes: 'if (answer.type === "") faults.push(`access-policy: ${words(answer.errors)}`);',
        },
      ],
    },
  ],
  'controls/access-policy/expression': [
    {
      why: 'Only what is an action has an id here. The defaults are for the compiler.',
      mutants: [
        {
          was: "const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];",
          becomes:
            "const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [\"Stryker was here\"];",
        },
        { was: ".map((entity) => entity?.id ?? '');", becomes: '.map((entity) => entity?.id ?? "Stryker was here!");' },
        { was: ".map((entity) => entity?.id ?? '');", becomes: ".map((entity) => entity.id ?? '');" },
      ],
    },
  ],
  'controls/access-policy/bounds': [
    {
      why: 'It stops counting when there are enough parts, which saves work.',
      mutants: [
        { was: 'if (nodes > enough) break;', becomes: 'if (false) break;' },
        { was: 'if (nodes > enough) break;', becomes: 'if (nodes >= enough) break;' },
      ],
    },
    {
      why: 'A head for all names no entity. The check is for the compiler.',
      mutants: [
        {
          was: "const inner = constraint.op === 'is' ? constraint.in : constraint.op === 'All' ? undefined : constraint;",
          becomes: "const inner = constraint.op === 'is' ? constraint.in : false ? undefined : constraint;",
        },
        {
          was: "const inner = constraint.op === 'is' ? constraint.in : constraint.op === 'All' ? undefined : constraint;",
          becomes:
            'const inner = constraint.op === \'is\' ? constraint.in : constraint.op === "" ? undefined : constraint;',
        },
      ],
    },
  ],
  'controls/access-policy/lists': [
    {
      why: 'A call with the same parameters stays the same call.',
      mutants: [{ was: 'return allowed === uris', becomes: 'return false' }],
    },
  ],
};

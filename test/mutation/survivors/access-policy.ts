import type { Explanation } from '../mutants.ts';

export const ACCESS_POLICY: Readonly<Record<string, readonly Explanation[]>> = {
  'controls/access-policy/access': [
    {
      why: 'It saves reading replies without that text, and progress. What is read without need is not changed.',
      mutants: [
        {
          was: 'reply.mapResult(forCallerOnly, { contains: \'"cacheScope"\' });',
          becomes: 'reply.mapResult(forCallerOnly, {});',
        },
        {
          was: 'reply.mapResult(forCallerOnly, { contains: \'"cacheScope"\' });',
          becomes: 'reply.mapResult(forCallerOnly, { contains: "" });',
        },
        {
          was: 'if (READING.has(call.method)) reply.mapMessages((message) => missing(message, call), { contains: \'"error"\' });',
          becomes: 'if (READING.has(call.method)) reply.mapMessages((message) => missing(message, call), {});',
        },
        {
          was: 'if (READING.has(call.method)) reply.mapMessages((message) => missing(message, call), { contains: \'"error"\' });',
          becomes:
            'if (READING.has(call.method)) reply.mapMessages((message) => missing(message, call), { contains: "" });',
        },
        {
          was: 'reply.mapMessages((message, source) => permittedMessage(message, source, this.#call, may), {',
          becomes: 'reply.mapMessages((message, source) => permittedMessage(message, source, this.#call, may), {});',
        },
        { was: 'contains: \'"method"\',', becomes: 'contains: "",' },
        { was: 'leavesProgress: true,', becomes: 'leavesProgress: false,' },
        {
          was: 'reply.mapMessages((message, source) => permittedError(message, source, may), { contains: \'"elicitations"\' });',
          becomes: 'reply.mapMessages((message, source) => permittedError(message, source, may), {});',
        },
        {
          was: 'reply.mapMessages((message, source) => permittedError(message, source, may), { contains: \'"elicitations"\' });',
          becomes: 'reply.mapMessages((message, source) => permittedError(message, source, may), { contains: "" });',
        },
      ],
    },
    {
      why: 'A decision about given arguments is never undecidable.',
      mutants: [
        {
          was: "if (verdict === 'allow' || (verdict === 'undecidable' && asked.arguments === undefined)) return;",
          becomes: "if (verdict === 'allow' || (verdict === 'undecidable' && true)) return;",
        },
      ],
    },
    {
      why: 'These calls name a resource, or are refused before. The defaults are for the compiler.',
      mutants: [
        {
          was: "if (shown === undefined) throw new UnknownName('resource', call.name ?? '');",
          becomes: 'if (shown === undefined) throw new UnknownName(\'resource\', call.name ?? "Stryker was here!");',
        },
        {
          was: "if (isMissing(message['error'], call.method)) throw new UnknownName('resource', call.name ?? '');",
          becomes:
            "if (isMissing(message['error'], call.method)) throw new UnknownName('resource', call.name ?? \"Stryker was here!\");",
        },
      ],
    },
  ],
  'controls/access-policy/caller-entity': [
    {
      why: 'Only a number is a safe integer.',
      mutants: [
        {
          was: "if (typeof value === 'number' && type === 'number' && Number.isSafeInteger(value)) return value;",
          becomes: "if (true && type === 'number' && Number.isSafeInteger(value)) return value;",
        },
      ],
    },
  ],
  'controls/access-policy/methods': [
    {
      why: 'The method is one of the keys. The check is for the compiler.',
      mutants: [
        {
          was: "(method) => DECIDED[method]?.includes('Upstream') === true,",
          becomes: "(method) => DECIDED[method].includes('Upstream') === true,",
        },
      ],
    },
  ],
  'controls/access-policy/prepared-sets': [
    {
      why: 'What has no name has no member of that name either. The check is for the compiler.',
      mutants: [
        {
          was: "const id = 'name' in resource ? resource.name : undefined;",
          becomes: 'const id = true ? resource.name : undefined;',
        },
      ],
    },
    {
      why: 'Without a name, nothing is settled and nothing is asked. The defaults are for the compiler.',
      mutants: [
        {
          was: "resource: { type: resource.type, id: id ?? '' },",
          becomes: 'resource: { type: resource.type, id: id ?? "Stryker was here!" },',
        },
        { was: "attributes: { name: id ?? '' },", becomes: 'attributes: { name: id ?? "Stryker was here!" },' },
      ],
    },
    {
      why: 'What holds is one of the settled policies. The check is for the compiler.',
      mutants: [
        {
          was: 'if (policy !== undefined) part.set(id, { ...policy, conditions: [] });',
          becomes: 'if (true) part.set(id, { ...policy, conditions: [] });',
        },
      ],
    },
    {
      why: 'It is a part of a name, which nothing reads.',
      mutants: [
        {
          was: "name = this.#preparedPart('part', part, holding) ?? this.#preparedPart('heads', relevant, []) ?? EXACT;",
          becomes:
            "name = this.#preparedPart('part', part, holding) ?? this.#preparedPart('heads', relevant, [\"Stryker was here\"]) ?? EXACT;",
        },
        {
          was: 'if (policies.size === 0) return [];',
          becomes: 'if (policies.size === 0) return ["Stryker was here"];',
        },
        { was: '[],', becomes: '["Stryker was here"],' },
        { was: "export const EXACT = 'exact';", becomes: 'export const EXACT = "";' },
      ],
    },
  ],
  'controls/access-policy/relevant': [
    {
      why: 'The word stands for what is neither always nor never.',
      mutants: [
        {
          was: "return constraint.in === undefined ? 'always' : 'unknown';",
          becomes: 'return constraint.in === undefined ? \'always\' : "";',
        },
        { was: "if (named === undefined) return 'unknown';", becomes: 'if (named === undefined) return "";' },
        { was: "if (id === undefined) return 'unknown';", becomes: 'if (id === undefined) return "";' },
        { was: "if (named === undefined) return 'unknown';", becomes: 'if (named === undefined) return "";' },
      ],
    },
  ],
  'controls/access-policy/plain-evaluator': [
    {
      why: 'The scope is all resources or a type, and all resources have no type.',
      mutants: [
        {
          was: "const type = resource.op === 'is' ? resource.entity_type : undefined;",
          becomes: 'const type = true ? resource.entity_type : undefined;',
        },
      ],
    },
  ],
  'controls/shared/uris/decoding': [
    {
      why: 'A text without a percent sign is decoded to itself, which ends the loop.',
      mutants: [
        {
          was: "for (let text = uri; text.includes('%') && texts.length <= MAX_ENCODED; texts.push(text)) {",
          becomes: 'for (let text = uri; text.includes("") && texts.length <= MAX_ENCODED; texts.push(text)) {',
        },
      ],
    },
    {
      why: 'Each alternative is a whole character, so several are decoded to the same text together or one by one.',
      mutants: [
        {
          was: '/%u[\\da-f]{4}|(?:%[0-7][\\da-f]|%[cd][\\da-f]%[89ab][\\da-f]|%e[\\da-f](?:%[89ab][\\da-f]){2}|%f[0-4](?:%[89ab][\\da-f]){3})+/gi;',
          becomes:
            '/%u[\\da-f]{4}|(?:%[0-7][\\da-f]|%[cd][\\da-f]%[89ab][\\da-f]|%e[\\da-f](?:%[89ab][\\da-f]){2}|%f[0-4](?:%[89ab][\\da-f]){3})/gi;',
        },
      ],
    },
  ],
  'controls/access-policy/kept': [
    {
      why: 'Another turn after each entry takes longer, and the result is the same.',
      mutants: [{ was: 'if (isTurnOver()) await nextTurn();', becomes: 'if (true) await nextTurn();' }],
    },
  ],
  'controls/access-policy/names': [
    {
      why: 'A scope without a type names no single list, and has no type that names one.',
      mutants: [
        {
          was: "const types = resource.op === 'is' ? typesOf(resource.entity_type) : (['Tool', 'Prompt'] as const);",
          becomes: "const types = true ? typesOf(resource.entity_type) : (['Tool', 'Prompt'] as const);",
        },
      ],
    },
  ],
  'controls/access-policy/cedar-evaluator': [
    {
      why: 'Counting down makes other names that differ as well.',
      mutants: [
        {
          was: 'readonly #name = `access-policy-${++evaluators}`;',
          becomes: 'readonly #name = `access-policy-${--evaluators}`;',
        },
      ],
    },
  ],
};

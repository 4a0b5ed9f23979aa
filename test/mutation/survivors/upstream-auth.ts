import type { Explanation } from '../mutants.ts';

export const UPSTREAM_AUTH: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/auth/header-list': [
    {
      why: 'There is no header beyond the end of the list.',
      mutants: [
        {
          was: 'for (let i = headers.length - 2; i >= 0; i -= 2) {',
          becomes: 'for (let i = headers.length + 2; i >= 0; i -= 2) {',
        },
        {
          was: 'for (let i = 0; i < headers.length; i += 2) {',
          becomes: 'for (let i = 0; i <= headers.length; i += 2) {',
        },
      ],
    },
  ],
  'upstream/auth/api-key': [
    {
      why: 'A text that was split has a part, and what was sent has a value. The defaults are for the compiler.',
      mutants: [
        {
          was: "cleaned: (response, request) => withoutKey(response, decodeURIComponent(sentIn(request).split('=')[1] ?? '')),",
          becomes:
            'cleaned: (response, request) => withoutKey(response, decodeURIComponent(sentIn(request).split(\'=\')[1] ?? "Stryker was here!")),',
        },
        {
          was: "return path.split(/[?&]/).at(-1) ?? '';",
          becomes: 'return path.split(/[?&]/).at(-1) ?? "Stryker was here!";',
        },
      ],
    },
  ],
  'upstream/auth/without-key': [
    {
      why: 'Each name has a value. The defaults are for the compiler.',
      mutants: [
        {
          was: "const [name = '', value = ''] = [raw[i], raw[i + 1]];",
          becomes: 'const [name = "Stryker was here!", value = \'\'] = [raw[i], raw[i + 1]];',
        },
        {
          was: "const [name = '', value = ''] = [raw[i], raw[i + 1]];",
          becomes: 'const [name = \'\', value = "Stryker was here!"] = [raw[i], raw[i + 1]];',
        },
      ],
    },
    {
      why: 'Without bytes there is no text.',
      mutants: [
        {
          was: 'if (bytes !== undefined && text !== undefined && !repeats(text)) return new Response(statusCode, headers, bytes);',
          becomes: 'if (true && text !== undefined && !repeats(text)) return new Response(statusCode, headers, bytes);',
        },
      ],
    },
  ],
  'upstream/auth/canonical-headers': [
    {
      why: 'There is such an element. The default is for the compiler.',
      mutants: [
        {
          was: "const value = at === HOST ? host : (headers[at] ?? '');",
          becomes: 'const value = at === HOST ? host : (headers[at] ?? "Stryker was here!");',
        },
        {
          was: "lines += (plan.before[i] ?? '') + value;",
          becomes: 'lines += (plan.before[i] ?? "Stryker was here!") + value;',
        },
        { was: "const name = headers[i] ?? '';", becomes: 'const name = headers[i] ?? "Stryker was here!";' },
        { was: "const value = headers[i + 1] ?? '';", becomes: 'const value = headers[i + 1] ?? "Stryker was here!";' },
      ],
    },
    {
      why: 'The plan saves time. Without it, or with another one, all headers are read in full, with the same result.',
      mutants: [
        {
          was: 'if (plan === undefined) return inFull(host, headers);',
          becomes: 'if (true) return inFull(host, headers);',
        },
        {
          was: 'if (!PLAIN.test(value)) return inFull(host, headers);',
          becomes: 'if (true) return inFull(host, headers);',
        },
        {
          was: '#planFor(headers: readonly string[]): Plan | undefined {',
          becomes: '#planFor(headers: readonly string[]): Plan | undefined {}',
        },
        {
          was: 'if (names === undefined || names.length * 2 !== headers.length) return (this.#plan = planOf(headers));',
          becomes: 'if (true) return (this.#plan = planOf(headers));',
        },
        {
          was: 'if (names === undefined || names.length * 2 !== headers.length) return (this.#plan = planOf(headers));',
          becomes:
            'if (names === undefined || names.length / 2 !== headers.length) return (this.#plan = planOf(headers));',
        },
        {
          was: 'for (let i = 0; i < names.length; i++) if (names[i] !== headers[2 * i]) return (this.#plan = planOf(headers));',
          becomes:
            'for (let i = 0; i <= names.length; i++) if (names[i] !== headers[2 * i]) return (this.#plan = planOf(headers));',
        },
        {
          was: 'for (let i = 0; i < names.length; i++) if (names[i] !== headers[2 * i]) return (this.#plan = planOf(headers));',
          becomes: 'for (let i = 0; i < names.length; i++) if (true) return (this.#plan = planOf(headers));',
        },
        {
          was: 'for (let i = 0; i < names.length; i++) if (names[i] !== headers[2 * i]) return (this.#plan = planOf(headers));',
          becomes:
            'for (let i = 0; i < names.length; i++) if (names[i] !== headers[2 / i]) return (this.#plan = planOf(headers));',
        },
        {
          was: 'function planOf(headers: readonly string[]): Plan | undefined {',
          becomes: 'function planOf(headers: readonly string[]): Plan | undefined {}',
        },
        {
          was: 'if (new Set(signed.map(({ name }) => name)).size < signed.length) return undefined;',
          becomes: 'if (true) return undefined;',
        },
        {
          was: 'if (new Set(signed.map(({ name }) => name)).size < signed.length) return undefined;',
          becomes: 'if (new Set(signed.map(({ name }) => name)).size <= signed.length) return undefined;',
        },
        {
          was: 'if (new Set(signed.map(({ name }) => name)).size < signed.length) return undefined;',
          becomes: 'if (new Set(signed.map(() => undefined)).size < signed.length) return undefined;',
        },
        {
          was: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+)*)?$/;',
          becomes: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+)*)$/;',
        },
        {
          was: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+)*)?$/;',
          becomes: 'const PLAIN = /^(?:[\\x21-\\x7e](?: [\\x21-\\x7e]+)*)?$/;',
        },
        {
          was: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+)*)?$/;',
          becomes: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+))?$/;',
        },
        {
          was: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e]+)*)?$/;',
          becomes: 'const PLAIN = /^(?:[\\x21-\\x7e]+(?: [\\x21-\\x7e])*)?$/;',
        },
      ],
    },
    {
      why: 'In a value without such white space, nothing is replaced.',
      mutants: [
        {
          was: "return /[\\t\\r\\n]| {2}|^ | $/.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
          becomes: "return /[\\t\\r\\n]| |^ | $/.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
        },
        {
          was: "return /[\\t\\r\\n]| {2}|^ | $/.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
          becomes:
            "return /[\\t\\r\\n]| {2}| | $/.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
        },
        {
          was: "return /[\\t\\r\\n]| {2}|^ | $/.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
          becomes:
            "return /[\\t\\r\\n]| {2}|^ | /.test(value) ? value.replaceAll(/[ \\t\\r\\n]+/g, ' ').trim() : value;",
        },
      ],
    },
  ],
  'upstream/auth/hmac-sha256': [
    {
      why: 'The text is written over the byte beyond the block. A buffer of another size holds the same bytes.',
      mutants: [
        { was: 'for (let i = 0; i < BLOCK; i++) {', becomes: 'for (let i = 0; i <= BLOCK; i++) {' },
        {
          was: 'if (end > this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * end);',
          becomes: 'if (true) this.#inner = Buffer.concat([this.#inner], 2 * end);',
        },
        {
          was: 'if (end > this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * end);',
          becomes: 'if (end >= this.#inner.length) this.#inner = Buffer.concat([this.#inner], 2 * end);',
        },
      ],
    },
  ],
  'upstream/auth/sigv4': [
    {
      why: 'The cached value is computed again: slower, with the same result.',
      mutants: [
        { was: 'if (date !== keyDate || secret !== keySecret) {', becomes: 'if (true) {' },
        { was: 'if (Math.floor(now / 1000) !== second) {', becomes: 'if (true) {' },
        { was: 'if (Math.floor(now / 1000) !== second) {', becomes: 'if (Math.floor(now * 1000) !== second) {' },
        { was: 'second = Math.floor(now / 1000);', becomes: 'second = Math.floor(now * 1000);' },
        {
          was: 'if (request.path !== target?.path) target = { path: request.path, canonical: canonicalTarget(request.path) };',
          becomes: 'if (true) target = { path: request.path, canonical: canonicalTarget(request.path) };',
        },
      ],
    },
    {
      why: 'No key, date or second is the one that the cache begins with.',
      mutants: [
        { was: "let keyDate = '';", becomes: 'let keyDate = "Stryker was here!";' },
        { was: "let keySecret = '';", becomes: 'let keySecret = "Stryker was here!";' },
        { was: "let secondText = '';", becomes: 'let secondText = "Stryker was here!";' },
        { was: 'let second = -1;', becomes: 'let second = +1;' },
      ],
    },
    {
      why: 'There is no header beyond the end of the list.',
      mutants: [
        {
          was: 'for (let i = headers.length - 2; i >= 0; i -= 2) {',
          becomes: 'for (let i = headers.length + 2; i >= 0; i -= 2) {',
        },
      ],
    },
  ],
  'upstream/auth/client-credentials': [
    {
      why: 'The text "undefined" names no metadata. The condition is for the compiler.',
      mutants: [
        {
          was: 'if (challenge !== undefined && upstreamHost !== undefined) await confirmIssuer?.(challenge, upstreamHost);',
          becomes: 'if (true && upstreamHost !== undefined) await confirmIssuer?.(challenge, upstreamHost);',
        },
      ],
    },
  ],
  'upstream/auth/ways': [
    {
      why: 'It loads ahead of time what the first request would load.',
      mutants: [
        {
          was: 'return warmedBy(clientCredentials({ ...askedOf(bound), ...clientOf(bound, connecting) }), () =>',
          becomes:
            'return warmedBy(clientCredentials({ ...askedOf(bound), ...clientOf(bound, connecting) }), () => undefined,',
        },
        {
          was: "warmedBy((await import('./bearer.ts')).bearer({ header, secret: () => readSecret(secret) }), () =>",
          becomes:
            "warmedBy((await import('./bearer.ts')).bearer({ header, secret: () => readSecret(secret) }), () => undefined,",
        },
        {
          was: "warmedBy((await import('./api-key.ts')).apiKey({ parameter, secret: () => readSecret(secret) }), () =>",
          becomes:
            "warmedBy((await import('./api-key.ts')).apiKey({ parameter, secret: () => readSecret(secret) }), () => undefined,",
        },
        {
          was: 'return warmedBy(exchanging, () => warmTokens(bound));',
          becomes: 'return warmedBy(exchanging, () => undefined);',
        },
        {
          was: 'return warmedBy(asserting, () => warmTokens(bound));',
          becomes: 'return warmedBy(asserting, () => undefined);',
        },
        {
          was: 'async function warmTokens({ proof }: TokenBindings): Promise<void> {',
          becomes: 'async function warmTokens({ proof }: TokenBindings): Promise<void> {}',
        },
        {
          was: "await Promise.all([warmProof(proof), import('oauth4webapi'), import('./token.ts')]);",
          becomes: 'await Promise.all([]);',
        },
      ],
    },
    {
      why: 'The value is awaited, so a promise of undefined and undefined are the same.',
      mutants: [
        {
          was: 'none: way({ variables: {}, read: () => () => Promise.resolve(undefined) }),',
          becomes: 'none: way({ variables: {}, read: () => () => undefined }),',
        },
      ],
    },
    {
      why: 'The pattern matches the text "undefined". The condition is for the compiler.',
      mutants: [
        {
          was: 'if (header !== undefined && !SECRET_HEADER.test(header))',
          becomes: 'if (true && !SECRET_HEADER.test(header))',
        },
      ],
    },
    {
      why: 'No variable is used for two purposes yet.',
      mutants: [
        {
          was: "[...purposes].map(([purpose, names]) => `${names.join(', ')}: ${purpose}`).join('; ');",
          becomes: '[...purposes].map(([purpose, names]) => `${names.join(\', \')}: ${purpose}`).join("");',
        },
      ],
    },
  ],
  'upstream/auth/iam': [
    {
      why: 'No pattern is in the default.',
      mutants: [
        {
          was: "return TIME.test(body?.toString('latin1') ?? '');",
          becomes: 'return TIME.test(body?.toString(\'latin1\') ?? "Stryker was here!");',
        },
      ],
    },
    {
      why: 'No pattern matches either text.',
      mutants: [
        {
          was: "const words = error instanceof Error ? error.message : '';",
          becomes: 'const words = error instanceof Error ? error.message : "Stryker was here!";',
        },
      ],
    },
    {
      why: 'The text that stands for no token is compared only with itself.',
      mutants: [
        {
          was: "return `${accessKeyId} ${sessionToken ?? ''}`;",
          becomes: 'return `${accessKeyId} ${sessionToken ?? "Stryker was here!"}`;',
        },
      ],
    },
    {
      why: 'The pattern matches neither text.',
      mutants: [
        {
          was: "const accessKeyId = /Credential=([^/]+)\\//.exec(getHeader(headers, 'authorization') ?? '')?.[1];",
          becomes:
            'const accessKeyId = /Credential=([^/]+)\\//.exec(getHeader(headers, \'authorization\') ?? "Stryker was here!")?.[1];',
        },
      ],
    },
  ],
  'upstream/auth/issuer': [
    {
      why: 'A number has no status, which is not 200.',
      mutants: [
        {
          was: "const document = typeof got === 'number' || got.status !== 200 ? undefined : await jsonObjectIn(got);",
          becomes: 'const document = false || got.status !== 200 ? undefined : await jsonObjectIn(got);',
        },
        {
          was: "const document = typeof got === 'number' || got.status !== 200 ? undefined : await jsonObjectIn(got);",
          becomes: 'const document = typeof got === "" || got.status !== 200 ? undefined : await jsonObjectIn(got);',
        },
      ],
    },
    {
      why: 'What is not a string is no URL. The condition is for the compiler.',
      mutants: [
        {
          was: "if (typeof issuer === 'string' && issuerId(URL.parse(issuer)?.href ?? '') === id)",
          becomes: "if (true && issuerId(URL.parse(issuer)?.href ?? '') === id)",
        },
        {
          was: "if (typeof endpoint !== 'string' || !URL.canParse(endpoint))",
          becomes: 'if (false || !URL.canParse(endpoint))',
        },
      ],
    },
    {
      why: 'No issuer has this id.',
      mutants: [
        {
          was: "if (typeof issuer === 'string' && issuerId(URL.parse(issuer)?.href ?? '') === id)",
          becomes:
            'if (typeof issuer === \'string\' && issuerId(URL.parse(issuer)?.href ?? "Stryker was here!") === id)',
        },
      ],
    },
  ],
};

import type { Explanation } from '../mutants.ts';

export const INGRESS: Readonly<Record<string, readonly Explanation[]>> = {
  'ingress/closing': [
    {
      why: 'Both are read as conditions, for which undefined is false.',
      mutants: [
        {
          was: 'export const OPEN: Closing = { begun: false, cut: false };',
          becomes: 'export const OPEN: Closing = {};',
        },
      ],
    },
  ],
  'ingress/cors': [
    {
      why: 'No origin is listed as undefined, no header has that name, and each value has a name before it.',
      mutants: [
        {
          was: 'return origin !== undefined && this.#origins.has(origin);',
          becomes: 'return true && this.#origins.has(origin);',
        },
        {
          was: "const asked = (headers['access-control-request-headers'] ?? '').toLowerCase().split(/[ \\t]*,[ \\t]*/);",
          becomes:
            'const asked = (headers[\'access-control-request-headers\'] ?? "Stryker was here!").toLowerCase().split(/[ \\t]*,[ \\t]*/);',
        },
        {
          was: "const kept = headers.filter((_, i) => !OWN.test(headers[i - (i % 2)] ?? '') || this.#isPreflight);",
          becomes:
            'const kept = headers.filter((_, i) => !OWN.test(headers[i - (i % 2)] ?? "Stryker was here!") || this.#isPreflight);',
        },
      ],
    },
  ],
  'ingress/by-path': [
    {
      why: 'A request of a server has a target and a method. The defaults are for the compiler.',
      mutants: [
        {
          was: "const { path, authority } = targetOf(request.url ?? '/');",
          becomes: 'const { path, authority } = targetOf(request.url ?? "");',
        },
        {
          was: "throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');",
          becomes: 'throw new MethodNotAllowed(\'GET, HEAD\', request.method ?? "");',
        },
        {
          was: "throw new MethodNotAllowed('GET, HEAD', request.method ?? 'none');",
          becomes: 'throw new MethodNotAllowed(\'GET, HEAD\', request.method ?? "");',
        },
      ],
    },
  ],
  'ingress/dispatch-batch': [
    {
      why: 'Each message has a part and an exchange. The check is for the compiler.',
      mutants: [
        {
          was: "if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');",
          becomes: 'if (sink === undefined || exchange === undefined) throw new TypeError("");',
        },
        {
          was: "if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');",
          becomes: "if (false) throw new TypeError('a batch without a part');",
        },
        {
          was: "if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');",
          becomes: "if (sink === undefined && exchange === undefined) throw new TypeError('a batch without a part');",
        },
        {
          was: "if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');",
          becomes: "if (false || exchange === undefined) throw new TypeError('a batch without a part');",
        },
        {
          was: "if (sink === undefined || exchange === undefined) throw new TypeError('a batch without a part');",
          becomes: "if (sink === undefined || false) throw new TypeError('a batch without a part');",
        },
      ],
    },
    {
      why: 'It saves work for one message, which begins with a brace. The pattern says the same.',
      mutants: [
        {
          was: 'return text.charCodeAt(0) !== 0x7b && /^[ \\t\\r\\n]*\\[/.test(text);',
          becomes: 'return true && /^[ \\t\\r\\n]*\\[/.test(text);',
        },
      ],
    },
    {
      why: 'Any era but the modern one is read alike, and what is no promise is not waited for.',
      mutants: [
        {
          was: "{ ...inboundOf(message, request.headers, 'legacy', identifying), acceptEncoding: 'identity' },",
          becomes: '{ ...inboundOf(message, request.headers, "", identifying), acceptEncoding: \'identity\' },',
        },
        {
          was: 'const dispatched: Promise<void>[] = [];',
          becomes: 'const dispatched: Promise<void>[] = ["Stryker was here"];',
        },
      ],
    },
    {
      why: 'Other calls go on between the messages of a long batch. Its replies are the same.',
      mutants: [
        { was: 'if (text.length > SHORT) await nextTurn();', becomes: 'if (false) await nextTurn();' },
        { was: 'if (text.length > SHORT) await nextTurn();', becomes: 'if (text.length >= SHORT) await nextTurn();' },
      ],
    },
  ],
  'ingress/keep-alive': [
    {
      why: 'Any era but the modern one is read alike, a whole reply has had its headers, and what was cut stays cut.',
      mutants: [
        {
          was: "inboundOf(message, request.headers, 'legacy', identifying),",
          becomes: 'inboundOf(message, request.headers, "", identifying),',
        },
        { was: '#headers: readonly string[] = [];', becomes: '#headers: readonly string[] = ["Stryker was here"];' },
        { was: 'if (!this.gone) this.#end(true);', becomes: 'if (true) this.#end(true);' },
      ],
    },
  ],
  'ingress/http': [
    {
      why: 'Without a challenge it has the member, too, which is undefined.',
      mutants: [
        {
          was: 'let refused: Refused = challenge === undefined ? NOTHING_KNOWN : { ...NOTHING_KNOWN, challenge };',
          becomes: 'let refused: Refused = false ? NOTHING_KNOWN : { ...NOTHING_KNOWN, challenge };',
        },
      ],
    },
    {
      why: 'A hook is one only where the function is given. The check is for the compiler.',
      mutants: [{ was: 'await this.#options.warmUp?.();', becomes: 'await this.#options.warmUp();' }],
    },
    {
      why: 'It saves a turn where nothing is left to prepare.',
      mutants: [{ was: 'if (beginning !== undefined) await beginning;', becomes: 'if (true) await beginning;' }],
    },
  ],
  'ingress/guards': [
    {
      why: 'The last accepted host is remembered to save time. Without that it is accepted again.',
      mutants: [
        {
          was: 'if (!this.#checksHost || host === this.#known) return;',
          becomes: 'if (!this.#checksHost || false) return;',
        },
      ],
    },
  ],
  'ingress/server': [
    {
      why: 'A slow sender is cut off at the next check, which is only later. No test holds a clock against that.',
      mutants: [
        {
          was: 'connectionsCheckingInterval: Math.min(1_000, headersTimeout, requestTimeout),',
          becomes: 'connectionsCheckingInterval: Math.max(1_000, headersTimeout, requestTimeout),',
        },
      ],
    },
    {
      why: 'The kernel may then wait before it sends a small packet: the same bytes arrive.',
      mutants: [{ was: 'noDelay: true,', becomes: 'noDelay: false,' }],
    },
  ],
  'ingress/target': [
    {
      why: 'The text begins with a slash, so the question mark is not its first character.',
      mutants: [
        {
          was: 'return { path: query < 0 ? url : url.slice(0, query), authority: undefined };',
          becomes: 'return { path: query <= 0 ? url : url.slice(0, query), authority: undefined };',
        },
      ],
    },
    {
      why: 'The first element is the whole match, which is skipped. Without a match, the empty authority is refused.',
      mutants: [
        {
          was: "const [, authority = '', path = ''] = ABSOLUTE.exec(url) ?? [];",
          becomes: 'const [, authority = \'\', path = "Stryker was here!"] = ABSOLUTE.exec(url) ?? [];',
        },
        {
          was: "const [, authority = '', path = ''] = ABSOLUTE.exec(url) ?? [];",
          becomes: "const [, authority = '', path = ''] = ABSOLUTE.exec(url) ?? [\"Stryker was here\"];",
        },
      ],
    },
  ],
  'ingress/mirror': [
    {
      why: 'The pattern does not match the text `undefined`.',
      mutants: [
        {
          was: "return version !== undefined && VERSION.test(version) && version >= FIRST_MODERN ? 'modern' : 'legacy';",
          becomes: "return true && VERSION.test(version) && version >= FIRST_MODERN ? 'modern' : 'legacy';",
        },
      ],
    },
    {
      why: 'Node makes a list of Set-Cookie only, which is not read. The check is for the compiler.',
      mutants: [
        { was: "return typeof value === 'string' ? value : undefined;", becomes: 'return true ? value : undefined;' },
      ],
    },
  ],
  'ingress/sink': [
    {
      why: 'A short body is sent as one string to save time. The bytes are the same.',
      mutants: [
        { was: 'this.#begun = true;', becomes: 'this.#begun = false;' },
        { was: 'this.#begun = true;', becomes: 'this.#begun = false;' },
        {
          was: 'if (last !== undefined && last.length <= SHORT && !this.#begun)',
          becomes: 'if (last !== undefined && true && !this.#begun)',
        },
        {
          was: 'if (last !== undefined && last.length <= SHORT && !this.#begun)',
          becomes: 'if (last !== undefined && last.length < SHORT && !this.#begun)',
        },
      ],
    },
    {
      why: 'A response that is being sent has a socket. The checks are for the compiler.',
      mutants: [
        { was: 'socket?.setTimeout(this.#stallMs);', becomes: 'socket.setTimeout(this.#stallMs);' },
        {
          was: 'if (this.#waiting.length === 0) this.#response.socket?.setTimeout(this.#stallMs);',
          becomes: 'if (this.#waiting.length === 0) this.#response.socket.setTimeout(this.#stallMs);',
        },
        { was: 'this.#response.socket?.setTimeout(0);', becomes: 'this.#response.socket.setTimeout(0);' },
        {
          was: "this.#response.prependOnceListener('finish', () => socket?.setTimeout(0));",
          becomes: "this.#response.prependOnceListener('finish', () => socket.setTimeout(0));",
        },
      ],
    },
  ],
  'ingress/body': [
    {
      why: 'The usual type is accepted at once to save time, and accepted below as well.',
      mutants: [{ was: "if (contentType === 'application/json') return;", becomes: 'if (false) return;' }],
    },
    {
      why: 'split() returns at least one part, and any other text than the type is refused, as none is.',
      mutants: [
        {
          was: "const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());",
          becomes:
            "const [type = \"Stryker was here!\", ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());",
        },
        {
          was: "const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());",
          becomes:
            "const [type = '', ...parameters] = (contentType ?? \"Stryker was here!\").split(';').map((part) => part.trim().toLowerCase());",
        },
      ],
    },
    {
      why: 'After the end, the promise is settled.',
      mutants: [
        { was: 'if (!request.complete) reject(new SenderGone());', becomes: 'if (true) reject(new SenderGone());' },
      ],
    },
    {
      why: 'One byte is within any limit of a body.',
      mutants: [
        {
          was: "const declared = Number(request.headers['content-length'] ?? -1);",
          becomes: "const declared = Number(request.headers['content-length'] ?? +1);",
        },
      ],
    },
  ],
  'ingress/batch': [
    {
      why: 'Without the return the function returns undefined, which is false, too.',
      mutants: [{ was: '} catch {', becomes: '} catch {}' }],
    },
    {
      why: 'Each value has a name before it.',
      mutants: [
        {
          was: "headers.find((_, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === wanted) ?? '';",
          becomes: "headers.find((_, i) => i % 2 === 1 && headers[i - 1].toLowerCase() === wanted) ?? '';",
        },
      ],
    },
    {
      why: 'What a part begins with is set by its headers, which come before its end.',
      mutants: [
        {
          was: 'if (this.#parts.some((part) => part.status === 0 || !part.done)) return;',
          becomes: 'if (this.#parts.some((part) => false || !part.done)) return;',
        },
        { was: 'events = false;', becomes: 'events = true;' },
        { was: '#isCoded = false;', becomes: '#isCoded = true;' },
      ],
    },
  ],
};

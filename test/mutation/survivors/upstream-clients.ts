import type { Explanation } from '../mutants.ts';

export const UPSTREAM_CLIENTS: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/auth/token': [
    {
      why: 'Without a body there is no token either, and digits are one number with and without quotes. The conditions are for the compiler.',
      mutants: [
        {
          was: "if (body === undefined || typeof accessToken !== 'string' || accessToken === '') {",
          becomes: "if (false || typeof accessToken !== 'string' || accessToken === '') {",
        },
        {
          was: "const seconds = typeof value === 'string' && /^\\d+(?:\\.\\d+)?$/.test(value) ? Number(value) : value;",
          becomes: 'const seconds = true && /^\\d+(?:\\.\\d+)?$/.test(value) ? Number(value) : value;',
        },
      ],
    },
  ],
  'upstream/auth/client-assertion': [
    {
      why: 'A text that begins with { is an object or no JSON. The condition is for the compiler.',
      mutants: [
        {
          was: "if (!isObject(jwk)) throw new TypeError('no object');",
          becomes: 'if (!isObject(jwk)) throw new TypeError("");',
        },
        {
          was: "if (!isObject(jwk)) throw new TypeError('no object');",
          becomes: "if (false) throw new TypeError('no object');",
        },
      ],
    },
    {
      why: 'Node names the type of each key that it reads.',
      mutants: [
        {
          was: "`the key for private_key_jwt is ${type ?? 'of an unknown type'}: expected RSA of at least ${MIN_RSA_BITS} bits, P-256, P-384, P-521 or Ed25519`,",
          becomes:
            '`the key for private_key_jwt is ${type ?? ""}: expected RSA of at least ${MIN_RSA_BITS} bits, P-256, P-384, P-521 or Ed25519`,',
        },
      ],
    },
  ],
  'upstream/auth/token-client': [
    {
      why: 'What was shown is of a certificate. The conditions are for the compiler.',
      mutants: [
        {
          was: 'if (shown === undefined || !isRefused || (await certificate?.refused(shown)) !== true) throw error;',
          becomes: 'if (false || !isRefused || (await certificate?.refused(shown)) !== true) throw error;',
        },
        {
          was: 'if (shown === undefined || !isRefused || (await certificate?.refused(shown)) !== true) throw error;',
          becomes: 'if (shown === undefined || !isRefused || (await certificate.refused(shown)) !== true) throw error;',
        },
        {
          was: 'return this.#requestWith(await certificate?.current(), grant); // rotated since it was read',
          becomes: 'return this.#requestWith(await certificate.current(), grant); // rotated since it was read',
        },
      ],
    },
  ],
  'upstream/auth/identity-service': [
    {
      why: 'There is no advice for either name.',
      mutants: [
        {
          was: "const name = error instanceof Error ? error.name : '';",
          becomes: 'const name = error instanceof Error ? error.name : "Stryker was here!";',
        },
      ],
    },
  ],
  'upstream/auth/vault-token': [
    {
      why: 'A request without the token is refused before. The conditions are for the compiler.',
      mutants: [
        {
          was: 'return this.#options.service.workloadToken(workload, isPersonal(flow) ? tokens?.bearer?.reveal() : undefined);',
          becomes:
            'return this.#options.service.workloadToken(workload, isPersonal(flow) ? tokens?.bearer.reveal() : undefined);',
        },
        {
          was: 'return this.#options.service.workloadToken(workload, isPersonal(flow) ? tokens?.bearer?.reveal() : undefined);',
          becomes:
            'return this.#options.service.workloadToken(workload, isPersonal(flow) ? tokens.bearer?.reveal() : undefined);',
        },
        { was: 'const handed = tokens?.workload?.reveal();', becomes: 'const handed = tokens?.workload.reveal();' },
        { was: 'const handed = tokens?.workload?.reveal();', becomes: 'const handed = tokens.workload?.reveal();' },
        { was: 'if (handed === undefined) throw this.#lacksToken();', becomes: 'if (false) throw this.#lacksToken();' },
      ],
    },
    {
      why: 'No token has either text.',
      mutants: [
        {
          was: 'return { value: { id, url, visit }, id: `visit ${id}`, expiresAt: Date.now() + ASKED_MS, isLast: true };',
          becomes: 'return { value: { id, url, visit }, id: ``, expiresAt: Date.now() + ASKED_MS, isLast: true };',
        },
      ],
    },
    {
      why: 'Reading what is not there throws, which has the same result, and only a number is finite.',
      mutants: [
        { was: 'if (payload === undefined) return Infinity;', becomes: 'if (false) return Infinity;' },
        {
          was: "return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : Infinity;",
          becomes: 'return true && Number.isFinite(exp) ? exp * 1000 : Infinity;',
        },
      ],
    },
  ],
  'upstream/auth/agentcore-identity': [
    {
      why: 'The digest is compared only with digests.',
      mutants: [
        { was: "const page = hash('sha256', url, 'base64');", becomes: 'const page = hash(\'sha256\', url, "");' },
      ],
    },
    {
      why: 'A page is for a caller, whose request has an exchange, and only a number is finite. The conditions are for the compiler.',
      mutants: [
        {
          was: 'if (request.exchange?.aborted === true || performance.now() + pause > until) throw consentRequired(got);',
          becomes:
            'if (request.exchange.aborted === true || performance.now() + pause > until) throw consentRequired(got);',
        },
        {
          was: 'if (request.exchange?.channels?.agreed === undefined) throw consentRequired(got);',
          becomes: 'if (request.exchange.channels?.agreed === undefined) throw consentRequired(got);',
        },
        { was: "caller: exchange?.caller.key ?? '',", becomes: 'caller: exchange?.caller.key ?? "Stryker was here!",' },
        {
          was: "expiresAt: isShared || typeof expiry !== 'number' || !Number.isFinite(expiry) ? Infinity : expiry * 1000,",
          becomes: 'expiresAt: isShared || false || !Number.isFinite(expiry) ? Infinity : expiry * 1000,',
        },
      ],
    },
  ],
  'upstream/http/connection': [
    {
      why: 'The first exchange sets it, or a value without effect: a new reader and socket are as after a restart.',
      mutants: [
        { was: '#isSent = false;', becomes: '#isSent = true;' },
        { was: 'if (this.#used++ > 0) {', becomes: 'if (this.#used++ >= 0) {' },
      ],
    },
    {
      why: 'Head and body then go in two packets, and UTF-8 is what Node writes by default.',
      mutants: [
        { was: 'socket.cork();', becomes: ';' },
        { was: "socket.write(body, 'utf8', this.#onSent);", becomes: 'socket.write(body, "", this.#onSent);' },
      ],
    },
    {
      why: 'What is read after the end of a response, or of a body that was given up, ends the connection without the check as well.',
      mutants: [
        { was: 'if (exchange === undefined) return;', becomes: 'if (false) return;' },
        {
          was: 'this.#isPaused = this.#body?.push(chunk) === false;',
          becomes: 'this.#isPaused = this.#body.push(chunk) === false;',
        },
        { was: 'body?.complete();', becomes: 'body.complete();' },
        { was: 'if (this.#exchange === undefined) {', becomes: 'if (false) {' },
        { was: 'if (this.#exchange === undefined) {', becomes: 'if (this.#exchange === undefined) {}' },
        {
          was: 'if (this.#exchange !== undefined && this.#reader.finish()) return;',
          becomes: 'if (true && this.#reader.finish()) return;',
        },
      ],
    },
    {
      why: 'Node gives null where there is no error.',
      mutants: [
        {
          was: 'if (error === undefined || error === null) this.#isSent = true;',
          becomes: 'if (false || error === null) this.#isSent = true;',
        },
      ],
    },
  ],
  'upstream/http/response': [
    {
      why: 'A list of names and values has both, and a body is not read after its end. The conditions are for the compiler.',
      mutants: [
        {
          was: "const name = raw[i]?.toLowerCase() ?? '';",
          becomes: 'const name = raw[i]?.toLowerCase() ?? "Stryker was here!";',
        },
        { was: "const name = raw[i]?.toLowerCase() ?? '';", becomes: "const name = raw[i].toLowerCase() ?? '';" },
        { was: "const value = raw[i + 1] ?? '';", becomes: 'const value = raw[i + 1] ?? "Stryker was here!";' },
        { was: 'this.#source?.resume();', becomes: 'this.#source.resume();' },
      ],
    },
  ],
};

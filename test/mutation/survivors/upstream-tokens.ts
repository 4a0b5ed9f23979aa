import type { Explanation } from '../mutants.ts';

export const UPSTREAM_TOKENS: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/auth/known-refusals': [
    {
      why: 'No number or second code has that name. The defaults are for the compiler.',
      mutants: [
        { was: "NUMBERS.get(number ?? '') ??", becomes: 'NUMBERS.get(number ?? "Stryker was here!") ??' },
        { was: "SUBERRORS.get(suberror ?? '') ??", becomes: 'SUBERRORS.get(suberror ?? "Stryker was here!") ??' },
      ],
    },
  ],
  'upstream/auth/token-refusal': [
    {
      why: 'Without the return the function returns undefined, too.',
      mutants: [{ was: '} catch {', becomes: '} catch {}' }],
    },
    {
      why: 'The defaults match no pattern, nor does what is no text. An endpoint that is no URL is named like none.',
      mutants: [
        {
          was: "const wait = /^\\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];",
          becomes: 'const wait = /^\\d{1,6}$/.exec(headers.get(\'retry-after\') ?? "Stryker was here!")?.[0];',
        },
        {
          was: "const said = typeof description === 'string' ? description : '';",
          becomes: "const said = true ? description : '';",
        },
        {
          was: "const said = typeof description === 'string' ? description : '';",
          becomes: 'const said = typeof description === \'string\' ? description : "Stryker was here!";',
        },
        {
          was: "return `the token endpoint at ${URL.parse(server.token_endpoint ?? '')?.origin ?? 'an unknown place'}`;",
          becomes:
            'return `the token endpoint at ${URL.parse(server.token_endpoint ?? "Stryker was here!")?.origin ?? \'an unknown place\'}`;',
        },
      ],
    },
  ],
  'upstream/auth/renewal': [
    {
      why: 'There is a failure while waiting. The check is for the compiler.',
      mutants: [
        {
          was: 'if (this.#backingOff()) return Promise.reject(this.#failure?.error);',
          becomes: 'if (this.#backingOff()) return Promise.reject(this.#failure.error);',
        },
      ],
    },
    {
      why: 'The moment of renewal lies between two milliseconds.',
      mutants: [
        {
          was: 'if (now >= this.#renewAt && this.#flight === undefined && !this.#backingOff()) this.#fly(by).catch(() => {});',
          becomes:
            'if (now > this.#renewAt && this.#flight === undefined && !this.#backingOff()) this.#fly(by).catch(() => {});',
        },
      ],
    },
  ],
  'upstream/auth/client-proof': [
    {
      why: 'The fault is reported, and nothing is read after faults.',
      mutants: [
        {
          was: 'if (region === undefined || signs === undefined || audience === undefined) return undefined;',
          becomes: 'if (region === undefined || false || audience === undefined) return undefined;',
        },
      ],
    },
    {
      why: 'No variable has that name. The defaults are for the compiler.',
      mutants: [
        { was: 'certificate: [],', becomes: 'certificate: ["Stryker was here"],' },
        {
          was: "const parsed = parseKmsKey(get('SIGNING_KEY') ?? '');",
          becomes: 'const parsed = parseKmsKey(get(\'SIGNING_KEY\') ?? "Stryker was here!");',
        },
        {
          was: 'if (region === undefined || !/^[a-z]{2}(?:-[a-z]+)+-\\d+$/.test(region))',
          becomes: 'if (false || !/^[a-z]{2}(?:-[a-z]+)+-\\d+$/.test(region))',
        },
      ],
    },
    {
      why: 'It loads ahead of time what the first request would load.',
      mutants: [
        {
          was: "export async function warmProof(proof: ProofBindings['proof']): Promise<void> {",
          becomes: "export async function warmProof(proof: ProofBindings['proof']): Promise<void> {}",
        },
        {
          was: "if (proof.kind === 'secret') await warmSecret(proof.source);",
          becomes: 'if (false) await warmSecret(proof.source);',
        },
        {
          was: "if (proof.kind === 'secret') await warmSecret(proof.source);",
          becomes: 'if (proof.kind === "") await warmSecret(proof.source);',
        },
        { was: "if (proof.kind === 'signing key')", becomes: 'if (true)' },
        { was: "if (proof.kind === 'signing key')", becomes: 'if (false)' },
        { was: "if (proof.kind === 'signing key')", becomes: "if (proof.kind !== 'signing key')" },
        { was: "if (proof.kind === 'signing key')", becomes: 'if (proof.kind === "")' },
        { was: 'await Promise.all([', becomes: 'await Promise.all([]);' },
        { was: "if (proof.kind === 'role')", becomes: 'if (true)' },
        { was: "if (proof.kind === 'role')", becomes: 'if (false)' },
        { was: "if (proof.kind === 'role')", becomes: "if (proof.kind !== 'role')" },
        { was: "if (proof.kind === 'role')", becomes: 'if (proof.kind === "")' },
        { was: 'await Promise.all([', becomes: 'await Promise.all([]);' },
      ],
    },
  ],
  'upstream/auth/upstream-clock': [
    {
      why: 'A difference of 0 s has no direction.',
      mutants: [
        {
          was: "`the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the upstream's: calls are signed with the upstream's time; set the clock`,",
          becomes:
            "`the clock of this machine is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs >= 0 ? 'behind' : 'ahead of'} the upstream's: calls are signed with the upstream's time; set the clock`,",
        },
      ],
    },
    {
      why: 'What is no date is none in any form.',
      mutants: [
        {
          was: "const theirs = Date.parse(date ?? '');",
          becomes: 'const theirs = Date.parse(date ?? "Stryker was here!");',
        },
        {
          was: "const [, y, mo, d, h, mi, s] = /^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z$/.exec(text ?? '') ?? [];",
          becomes:
            'const [, y, mo, d, h, mi, s] = /^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z$/.exec(text ?? "Stryker was here!") ?? [];',
        },
        {
          was: "const [, y, mo, d, h, mi, s] = /^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z$/.exec(text ?? '') ?? [];",
          becomes:
            'const [, y, mo, d, h, mi, s] = /^(\\d{4})(\\d\\d)(\\d\\d)T(\\d\\d)(\\d\\d)(\\d\\d)Z$/.exec(text ?? \'\') ?? ["Stryker was here"];',
        },
        {
          was: 'return s === undefined ? NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);',
          becomes: 'return false ? NaN : Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);',
        },
      ],
    },
    {
      why: 'Before the first correction there is none to take back.',
      mutants: [{ was: '#correctedAt = -Infinity;', becomes: '#correctedAt = +Infinity;' }],
    },
  ],
  'upstream/auth/on-behalf': [
    {
      why: 'What is neither about the client nor about a sign-in is about the caller.',
      mutants: [
        { was: "['access_denied', 'caller'],", becomes: '[\'access_denied\', ""],' },
        { was: "['consent_required', 'caller'],", becomes: '[\'consent_required\', ""],' },
        { was: "['interaction_required', 'caller'],", becomes: '[\'interaction_required\', ""],' },
      ],
    },
    {
      why: 'A number in JSON is finite, and only a number is.',
      mutants: [
        {
          was: "expiresAt: typeof expiry === 'number' && Number.isFinite(expiry) ? expiry * 1000 : Infinity,",
          becomes: "expiresAt: typeof expiry === 'number' || Number.isFinite(expiry) ? expiry * 1000 : Infinity,",
        },
        {
          was: "expiresAt: typeof expiry === 'number' && Number.isFinite(expiry) ? expiry * 1000 : Infinity,",
          becomes: 'expiresAt: true && Number.isFinite(expiry) ? expiry * 1000 : Infinity,',
        },
      ],
    },
  ],
  'upstream/auth/key-pair': [
    {
      why: 'Lines of another length are read alike, and a date ends with its fraction.',
      mutants: [
        {
          was: "return `-----BEGIN ${label}-----\\n${base64.replace(/.{64}(?=.)/g, '$&\\n')}\\n-----END ${label}-----\\n`;",
          becomes:
            "return `-----BEGIN ${label}-----\\n${base64.replace(/.(?=.)/g, '$&\\n')}\\n-----END ${label}-----\\n`;",
        },
        {
          was: "return date.toISOString().replace(/\\.\\d+Z$/, 'Z');",
          becomes: "return date.toISOString().replace(/\\.\\d+Z/, 'Z');",
        },
      ],
    },
    {
      why: 'A match has both parts, and what is not JSON or no text has no PEM in it. The defaults are for the compiler.',
      mutants: [
        {
          was: "const blocks = [...joined(text).matchAll(BLOCK)].map(([, label = '', body = '']) => ({",
          becomes:
            'const blocks = [...joined(text).matchAll(BLOCK)].map(([, label = "Stryker was here!", body = \'\']) => ({',
        },
        {
          was: "const blocks = [...joined(text).matchAll(BLOCK)].map(([, label = '', body = '']) => ({",
          becomes:
            'const blocks = [...joined(text).matchAll(BLOCK)].map(([, label = \'\', body = "Stryker was here!"]) => ({',
        },
        { was: '} catch {', becomes: '} catch {}' },
        { was: 'const [, member] = found[0] ?? [];', becomes: 'const [, member] = found[0] ?? ["Stryker was here"];' },
        {
          was: "return typeof member === 'string' ? member : '';",
          becomes: 'return typeof member === \'string\' ? member : "Stryker was here!";',
        },
      ],
    },
  ],
  'upstream/auth/resource-metadata': [
    {
      why: 'The default is no URL.',
      mutants: [
        {
          was: "const url = URL.parse(offered ?? '');",
          becomes: 'const url = URL.parse(offered ?? "Stryker was here!");',
        },
      ],
    },
  ],
  'upstream/auth/identity-bindings': [
    {
      why: 'A provider has a region, a missing one is a fault, and a flow that is unknown is one, too.',
      mutants: [
        {
          was: 'if (faults.errors.length > before || provider === undefined || region === undefined) return undefined;',
          becomes: 'if (faults.errors.length > before || false || region === undefined) return undefined;',
        },
        {
          was: 'if (faults.errors.length > before || provider === undefined || region === undefined) return undefined;',
          becomes: 'if (faults.errors.length > before || provider === undefined || false) return undefined;',
        },
      ],
    },
    {
      why: 'What is not there matches no pattern and is no URL. The defaults are for the compiler.',
      mutants: [
        {
          was: "const [, partition, region, account, kind, provider] = PROVIDER_ARN.exec(get('PROVIDER') ?? '') ?? [];",
          becomes:
            'const [, partition, region, account, kind, provider] = PROVIDER_ARN.exec(get(\'PROVIDER\') ?? "Stryker was here!") ?? [];',
        },
        {
          was: "const [, partition, region, account, kind, provider] = PROVIDER_ARN.exec(get('PROVIDER') ?? '') ?? [];",
          becomes:
            "const [, partition, region, account, kind, provider] = PROVIDER_ARN.exec(get('PROVIDER') ?? '') ?? [\"Stryker was here\"];",
        },
        {
          was: "const [, partition, region, account, name] = WORKLOAD_ARN.exec(given ?? '') ?? [];",
          becomes:
            'const [, partition, region, account, name] = WORKLOAD_ARN.exec(given ?? "Stryker was here!") ?? [];',
        },
        {
          was: "const [, partition, region, account, name] = WORKLOAD_ARN.exec(given ?? '') ?? [];",
          becomes:
            'const [, partition, region, account, name] = WORKLOAD_ARN.exec(given ?? \'\') ?? ["Stryker was here"];',
        },
        { was: "const url = URL.parse(text ?? '');", becomes: 'const url = URL.parse(text ?? "Stryker was here!");' },
      ],
    },
  ],
};

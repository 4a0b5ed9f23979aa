/** What the facts that a control noted mean, in words: the decision, the rule, and what would have to change. */
import type { ErrorCode } from '../../proxy/base/errors.ts';
import { isRefusal } from '../../proxy/pipeline/decision.ts';
import { ADVICE } from './advice.ts';
import type { Fact } from './explanation.ts';

/** What is known of a control's part in a call. */
export interface Noted {
  readonly control: string;
  readonly decision: string | undefined;
  readonly facts: readonly Fact[];
  readonly method?: string | undefined;
  readonly name?: string | undefined;
}

type Words = (noted: Noted, fact: Fact) => string;

/** What a control of this name decided and why. */
export function wordsOf(noted: Noted): string {
  const { control, decision, facts } = noted;
  const would = facts.find((fact) => 'wouldDeny' in fact || 'wouldAnswer' in fact || 'wouldChange' in fact);
  const parts = [
    ...new Set([
      ...(decision !== undefined && isRefusal(decision) ? [`refused it as ${decision}`] : []),
      ...(decision?.startsWith('upstream-') === true
        ? ['it needed something of the upstream, and did not get it']
        : []),
      ...(decision === 'answer' ? ['answered in the place of the upstream'] : []),
      ...(would === undefined ? [] : [wouldHave(would)]),
      ...facts.map((fact) => FACTS[control]?.(noted, fact) ?? plain(fact)),
      ...(facts.length === 0 && decision !== undefined && isRefusal(decision) ? [WITHOUT[control]?.(noted) ?? ''] : []),
    ]),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'let it pass' : parts.join('; ');
}

/** One sentence about a refusal. */
export function summaryBy(by: Noted): string {
  const { decision = '' } = by;
  const why = wordsOf(by)
    .split('; ')
    .filter((part) => !part.startsWith('refused it as'))
    .join('; ');
  const hides = decision === 'unknown-name' ? ' The error tells the client that the name does not exist.' : '';
  return `${by.control} refused it${why === '' ? ` as ${decision}. ${happened(decision)}` : `: ${why}.${hides}`}`;
}

export function happened(code: string): string {
  return isCode(code) ? ADVICE[code].happened : `It was refused as ${code}.`;
}

function wouldHave({ wouldDeny, wouldAnswer, wouldChange }: Fact): string {
  if (wouldDeny !== undefined) return `audit only: would refuse it as ${String(wouldDeny)}`;
  if (wouldAnswer !== undefined) return 'audit only: would answer it';
  return `audit only: would change ${String(wouldChange)}`;
}

const FACTS: Readonly<Record<string, Words | undefined>> = {
  'access-policy': ({ decision }, { policy, refused }) => {
    if (refused !== undefined) return `the upstream asked for ${String(refused)}, which no policy permits`;
    if (policy === undefined) return '';
    const many = String(policy).includes(', ') ? 'policies' : 'policy';
    if (decision === 'insufficient-scope') return `${many} ${String(policy)} would permit it with more scopes`;
    return decision !== undefined && isRefusal(decision)
      ? `forbidden by ${many} ${String(policy)}`
      : `permitted by ${many} ${String(policy)}`;
  },
  'rate-limit': (_, { full, retryAfterMs }) =>
    full === undefined
      ? ''
      : `the limit "${String(full)}" is used up${retryAfterMs === undefined ? '' : ` for ${Math.max(1, Math.ceil(Number(retryAfterMs) / 1000))} s`}`,
  validation: (_, { failures, at, ...rest }) =>
    failures === undefined
      ? plain(rest)
      : `${count(Number(failures), 'argument')} not as the tool's schema says${at === undefined ? '' : `: ${String(at)}`}`,
  'tool-lock': (_, { differs, compared }) =>
    compared === false
      ? 'could not compare it with the lock'
      : differs === undefined
        ? ''
        : differs === 'not in the lock'
          ? 'it is not in the lock'
          : differs === 'not listed'
            ? 'the upstream does not list it any more'
            : `it differs from the lock in ${String(differs)}`,
  secrets: (_, fact) =>
    fact['found'] === undefined
      ? replaced(fact)
      : `found ${String(fact['found'])} in ${String(fact['in'])}, on the way to the ${String(fact['to'])}`,
  redaction: (_, fact) => replaced(fact),
  tokenization: (_, { hidden, restored, visible, broken, ...fact }) => {
    if (hidden !== undefined) return `put tokens in the place of ${count(Number(hidden), 'value')}`;
    if (restored !== undefined) return `put values in the place of ${count(Number(restored), 'token')}${to(fact)}`;
    if (visible !== undefined) return `left ${count(Number(visible), 'value')} visible${to(fact)}`;
    if (broken !== undefined) return `${count(Number(broken), 'token')} came back cut or changed`;
    return plain(fact);
  },
};

/** Controls that refuse without a note. */
const WITHOUT: Readonly<Record<string, ((noted: Noted) => string) | undefined>> = {
  'access-policy': ({ decision }) =>
    `no policy permits it to this caller (what is not permitted is denied${decision === 'unknown-name' ? ', and so is a name that does not exist' : ''})`,
  validation: ({ decision }) => (decision === 'unknown-name' ? 'the upstream does not list this name' : ''),
  enrichment: ({ decision = '' }) => ENRICHED[decision] ?? '',
  tokenization: ({ decision = '' }) => TOKENIZED[decision] ?? '',
};

const ENRICHED: Readonly<Record<string, string | undefined>> = {
  'unknown-name': 'the config hides this name, or gave it another one',
  'invalid-arguments': 'the call has an argument that the config sets',
  denied: 'the config sets an argument from a claim that the caller does not have',
};

const TOKENIZED: Readonly<Record<string, string | undefined>> = {
  'invalid-arguments':
    "the tool's schema accepts no token for a value that has to be hidden, or a token was cut or changed",
  denied:
    'the caller lacks the claim that names the tenant, or a token may not be opened for the upstream at this place, or data stands where no token can',
};

function replaced({ redacted, types, ...fact }: Fact): string {
  if (redacted === undefined) return plain(fact);
  return `replaced ${count(Number(redacted), 'value')} (${String(types)})${to(fact)}`;
}

function to(fact: Fact): string {
  return fact['to'] === undefined ? '' : ` on the way to the ${String(fact['to'])}`;
}

function plain(fact: Fact): string {
  return Object.entries(fact)
    .filter(([name]) => !name.startsWith('would') && !['control', 'decision', 'ms'].includes(name))
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}

function count(number: number, of: string): string {
  return `${number} ${of}${number === 1 ? '' : 's'}`;
}

/**
 * What would have to change, most useful first.
 * @param by the control that refused
 * @param noted all controls that the call came to
 */
export function remediesOf(code: string, by: Noted | undefined, noted: readonly Noted[] = []): string[] {
  const special = by === undefined ? undefined : (REMEDIES[by.control]?.(by) ?? ofOwn(code, by));
  if (special !== undefined) return by === undefined ? special : [...special, ...replacedBefore(by, noted)];
  if (!isCode(code)) return [];
  const { explained, remedy } = ADVICE[code];
  return [explained ?? remedy.replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 (docs/$2)')];
}

/** The value that `validation` refuses may be one that another control put in the place of the client's. */
function replacedBefore({ control, decision }: Noted, noted: readonly Noted[]): string[] {
  if (control !== 'validation' || decision !== 'invalid-arguments') return [];
  return noted
    .filter(({ facts }) =>
      facts.some(
        ({ redacted, hidden, to: side }) => hidden !== undefined || (redacted !== undefined && side === 'upstream'),
      ),
    )
    .map(
      (one) =>
        `or, if the client sent it right: ${one.control} replaced a value before ${control} read the call. List the argument under keep in ${one.control}, or let the tool's schema accept what it puts there`,
    );
}

/** A team's own control says by its message what it wants. */
function ofOwn(code: string, { control }: Noted): string[] | undefined {
  if (code === 'internal') return [`correct the control ${control}: the summary says what it threw and where`];
  if (Object.hasOwn(FACTS, control) || !['denied', 'unknown-name', 'invalid-arguments', 'throttled'].includes(code))
    return undefined;
  return [
    `a call that ${control} permits (its message says what it wants), or another rule in that control of the config`,
  ];
}

const REMEDIES: Readonly<Record<string, ((noted: Noted) => string[] | undefined) | undefined>> = {
  'access-policy': ({ decision, facts, method = '…', name }) => {
    if (decision === 'insufficient-scope')
      return ['a token with all scopes that this policy requires: data.requiredScopes of the error lists them'];
    if (decision !== 'denied' && decision !== 'unknown-name') return undefined;
    const policies = facts.flatMap(({ policy }) => (policy === undefined ? [] : [String(policy)]));
    if (policies.length > 0)
      return [`narrow or remove what forbids it (${policies.join(', ')}), or make a call that it does not forbid`];
    const what = name === undefined ? method : `${method} ${name}`;
    return [
      `a policy that permits ${what} to this caller: for example allow(…) for the caller's group, or permit (principal in Group::"…", action == Action::"${method}", resource${name === undefined ? '' : ' == …'});`,
      'or a permit of the config whose conditions (groups, claims, arguments) this caller and call fulfil: npm run policy -- show lists them',
    ];
  },
  'rate-limit': ({ facts }) => {
    const full = facts.find((fact) => fact['full'] !== undefined);
    if (full === undefined) return undefined;
    return [
      `wait ${Math.max(1, Math.ceil(Number(full['retryAfterMs'] ?? 0) / 1000))} s, or raise the limit "${String(full['full'])}" in rateLimit({ limits: […] })`,
    ];
  },
  'tool-lock': ({ facts }) =>
    facts.some(({ differs }) => differs !== undefined)
      ? [
          'review what the upstream offers now, then write the lock again: npm run tools -- lock (npm run tools -- diff shows what differs)',
        ]
      : undefined,
  validation: ({ decision, facts }) => {
    if (decision === 'unknown-name')
      return ['a name that the upstream lists: does it list it to this caller, and is it not misspelt?'];
    const at = facts.find((fact) => fact['at'] !== undefined && fact['failures'] !== undefined)?.['at'];
    return at === undefined ? undefined : [`correct ${String(at)} as the tool's input schema in tools/list says`];
  },
  enrichment: ({ decision }) => {
    switch (decision) {
      case 'unknown-name':
        return [
          'the name that the config gives the tool, which tools/list shows; or other names, groups or hide in enrichment({ … })',
        ];
      case 'invalid-arguments':
        return [
          "leave out the arguments that enrichment({ tools: { …: { arguments } } }) sets: tools/list doesn't show them",
        ];
      case 'denied':
        return [
          'a caller with the claim that enrichment({ tools: { …: { arguments } } }) names for this tool, or another source there',
        ];
      default:
        return undefined;
    }
  },
  tokenization: ({ decision }) => {
    switch (decision) {
      case 'invalid-arguments':
        return [
          "if no token fits: widen the tool's schema, or list the argument under keep in tokenization({ … }), or set whenNoToken: 'redact' there",
          'if a token was cut or changed: call again with the token as the client got it',
        ];
      case 'denied':
        return [
          'the message to the client says which: a caller with the claim of tenant, the argument under restore in tokenization({ … }), or a call without the data',
        ];
      default:
        return undefined;
    }
  },
  secrets: () => [
    'take the secret out of the call; if it is none, narrow the detectors or the places of secrets({ … })',
  ],
};

export function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(ADVICE, code);
}

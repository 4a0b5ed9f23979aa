/** Secrets with a known prefix. */

export interface KnownPrefix {
  readonly prefix: string;
  /** The pattern of everything after the prefix. Bounded, and without backtracking. */
  readonly rest: RegExp;
}

const WORD = '[A-Za-z0-9_-]';

/**
 * By issuer, from their documentation. Identifiers that are public by design (`pk_live_…`, `AC…`, `AROA…`) are left
 * out.
 */
const KNOWN: readonly (readonly [prefixes: string, rest: string])[] = [
  // AWS: access keys, temporary ones, bearer tokens; Amazon Bedrock API keys.
  ['AKIA ASIA ABIA ACCA', '[A-Z2-7]{16}'],
  ['ABSK', '[A-Za-z0-9]{100,400}'],
  // GitHub, GitLab.
  ['ghp_ gho_ ghu_ ghs_ ghr_', '[A-Za-z0-9_]{36,255}'],
  ['github_pat_', '[A-Za-z0-9_]{50,255}'],
  ['glpat- glptt- gldt- glrt- glsoat- glimt- glagent- glft- glcbt- gloas-', `${WORD}{20,255}`],
  // Slack.
  ['xoxb- xoxa- xoxp- xoxr- xoxs- xoxe- xoxc- xoxd- xapp-', '(?=.{0,40}\\d)[A-Za-z0-9-]{20,255}'],
  // Models: OpenAI, Anthropic, and others.
  ['sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or-v1-', `${WORD}{32,255}`],
  ['sk-', '[A-Za-z0-9]{32,64}'],
  ['hf_', '[A-Za-z]{34}'],
  ['gsk_', '[A-Za-z0-9]{52}'],
  ['xai-', '[A-Za-z0-9]{80}'],
  ['pplx-', '[A-Za-z0-9]{48,56}'],
  ['r8_', '[A-Za-z0-9]{37}'],
  // Payment: Stripe, Square, Shopify.
  ['sk_live_ sk_test_ rk_live_ rk_test_', '[A-Za-z0-9]{16,255}'],
  ['whsec_', '[A-Za-z0-9]{24,64}'],
  ['sq0atp- sq0csp-', `${WORD}{22,43}`],
  ['shpat_ shpca_ shppa_ shpss_', '[A-Fa-f0-9]{32}'],
  // Google.
  ['AIza', `${WORD}{35}`],
  ['GOCSPX-', `${WORD}{28}`],
  // Registries and platforms.
  ['npm_', '[A-Za-z0-9]{36}'],
  ['pypi-AgE', `${WORD}{50,255}`],
  ['rubygems_', '[a-f0-9]{48}'],
  ['dckr_pat_ dckr_oat_', `${WORD}{27,64}`],
  ['dop_v1_ doo_v1_ dor_v1_', '[a-f0-9]{64}'],
  ['dapi', '[a-f0-9]{32}'],
  ['glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'],
  ['lin_api_', '[A-Za-z0-9]{40}'],
  ['ATATT3 ATCTT3', `${WORD}{50,255}`],
  ['sntrys_ sntryu_', `${WORD}{40,255}`],
  ['sbp_', '[a-f0-9]{40}'],
  ['figd_', `${WORD}{40,64}`],
  ['ntn_', '[A-Za-z0-9]{40,60}'],
  ['tskey-auth- tskey-api- tskey-client-', '[A-Za-z0-9-]{20,80}'],
  ['NRAK-', '[A-Z0-9]{27}'],
  ['PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}'],
  ['phx_', '[A-Za-z0-9]{40,60}'],
  ['xkeysib-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'],
  ['AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'],
  // Twilio, Mailgun.
  ['SK', '[a-f0-9]{32}'],
  ['key-', '[a-f0-9]{32}'],
];

/** Prefixes before a dot, with the minimum length of the part after it. */
export const DOTTED: readonly (readonly [string, number])[] = [
  ['SG.', 16],
  ['ya29.', 20],
  ['hvs.', 24],
  ['hvb.', 24],
  ['hvr.', 24],
  ['dp.pt.', 40],
];

const byFirst = new Map<number, KnownPrefix[]>();
for (const [prefixes, rest] of KNOWN) {
  for (const prefix of prefixes.split(' ')) {
    const list = byFirst.get(prefix.charCodeAt(0)) ?? [];
    list.push({ prefix, rest: new RegExp(`^${rest}$`) });
    byFirst.set(prefix.charCodeAt(0), list);
  }
}

/** More than the longest of them. */
const MAX = 420;

/** Whether `text.slice(start, end)`, a run of word characters, is a secret with a known prefix. */
export function isKnown(text: string, start: number, end: number): boolean {
  if (end - start > MAX) return false;
  const candidates = byFirst.get(text.charCodeAt(start));
  if (candidates === undefined) return false;
  for (const { prefix, rest } of candidates) {
    if (text.startsWith(prefix, start) && rest.test(text.slice(start + prefix.length, end))) return true;
  }
  return false;
}

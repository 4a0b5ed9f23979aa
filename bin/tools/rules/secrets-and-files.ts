/** Requests for secrets, or for files that hold some. */
import type { Rule } from './rule.ts';
import { findIn } from './texts.ts';

const HAND_OVER =
  '\\b(?:read|open|load|cat|include|provide|pass|send|paste|attach|collect|extract|upload|copy|supply|append|put|insert|forward|share|submit|embed|fill in|look up|fetch)\\b';
const WHOSE = "\\b(?:your|the user's|user's|their|any|all|every|the (?:current|developer's|host's|machine's))\\b";
const SECRET =
  '\\b(?:api[ _-]?keys?|passwords?|passphrases?|access tokens?|auth(?:entication)? tokens?|bearer tokens?|session (?:cookies?|tokens?)|credentials|private keys?|ssh keys?|secret keys?|seed phrases?|recovery (?:phrase|codes?)|one-time (?:codes?|passwords?)|2fa codes?|environment variables|secrets)\\b(?!\\s+(?:reset|policy|policies|strength|hash|expiry|rotation|managers?|field|hint|protected|polic))';

const PATTERNS = [
  {
    what: 'names a file that holds private keys or passwords',
    pattern:
      /(?:~|\$HOME|%USERPROFILE%|\/root|\/home\/\w+)[\\/]\.ssh[\\/]id_|\bid_(?:rsa|ed25519|ecdsa)\b(?!\.pub)|\/etc\/shadow\b|\.aws[\\/]credentials\b|\.git-credentials\b|\.docker[\\/]config\.json|(?:~|\$HOME)[\\/]\.(?:netrc|pgpass|npmrc|pypirc|bash_history|zsh_history|cursor|claude|codex|gnupg|kube)\b|\bwallet\.dat\b|\bLogin Data\b|\bclaude_desktop_config\.json\b|\.cursor[\\/]mcp\.json/i,
  },
  {
    what: 'asks for a file that may hold secrets',
    pattern: new RegExp(
      `${HAND_OVER}[^.]{0,60}(?:(?:~|\\$HOME)[\\\\/]\\.(?:ssh|aws|config)\\b|(?<![\\w*])\\.env\\b|/etc/passwd\\b|\\.pem\\b|\\bmcp\\.json\\b|\\bsecrets\\.(?:ya?ml|json)\\b)`,
      'i',
    ),
  },
  { what: 'asks for secrets', pattern: new RegExp(`${HAND_OVER}[^.]{0,30}${WHOSE}[^.]{0,30}${SECRET}`, 'i') },
  {
    what: 'asks for secrets',
    pattern: new RegExp(
      `${SECRET}[^.]{0,40}\\b(?:found in|from|seen in|in) (?:the|your|this) (?:conversation|context|memory|environment|chat|session)\\b`,
      'i',
    ),
  },
  {
    what: 'asks for secrets',
    pattern: new RegExp(
      `${SECRET}[^.]{0,30}\\bthe user\\b[^.]{0,30}\\b(?:given|passed|provided|supplied|entered|sent|placed|put|included|filled)\\b`,
      'i',
    ),
  },
  {
    what: 'asks for secrets',
    pattern: new RegExp(
      `\\b(?:must|should|has to|have to) (?:hold|contain|be|include|carry)\\b[^.]{0,10}${SECRET}|\\b(?:put|place|insert|paste|write)\\b[^.]{0,12}${SECRET} (?:in|into|as)\\b`,
      'i',
    ),
  },
  {
    what: 'asks for the value of a variable',
    pattern:
      /\b[A-Z][A-Z0-9]*_(?:SECRET|TOKEN|API_KEY|ACCESS_KEY|PASSWORD|PRIVATE_KEY)(?:_[A-Z0-9]+)*\b[^.]{0,60}\b(?:field|argument|parameter|note|input|message)\b/,
  },
] as const;

export const secretsAndFiles: Rule = { name: 'secrets-and-files', find: (subject) => findIn(subject, PATTERNS) };

/** Text that gives orders to a model instead of describing a tool. */
import { ORDERS } from './orders.ts';
import type { Rule } from './rule.ts';
import { findIn } from './texts.ts';

const PATTERNS = [
  {
    what: 'overrides instructions',
    pattern:
      /\b(?:ignore|disregard|forget|discard|set aside|pay no attention to)\b[^.]{0,30}\b(?:previous|prior|above|earlier|all|any|other|existing|your|the user's)\b[^.]{0,30}\b(?:instructions?|prompts?|rules|guidelines|directives|directions|polic(?:y|ies)|training|restrictions)\b/i,
  },
  {
    what: 'overrides instructions',
    pattern:
      /\b(?:overrid(?:es?|ing)|supersedes?|replaces?|takes? (?:precedence|priority) over|outranks?)\b[^.]{0,40}\b(?:instructions|system prompt|guidelines|what the user (?:said|asked|wants)|user's (?:request|wishes|instructions)|safety)\b(?! templates?\b)/i,
  },
  {
    what: 'is marked as a message of the system',
    pattern:
      /<\s*\/?\s*(?:important|system|assistant|instructions?|secret|hidden|critical|admin|priority|override|mandatory)\s*\/?>|\[\s*(?:inst|system|system message|admin)\s*\]|<\|\s*\w+\s*\|>|(?:^|\s)#{2,}\s*(?:system|new instructions)\b|\bsystem (?:message|note|override|notice)\s*:/i,
  },
  {
    what: 'hides something from the user',
    pattern:
      /\b(?:do not|don't|dont|never|must not|should not|without|no need to|avoid|refrain from)\b[^.]{0,30}\b(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|let(?:ting)?|explain(?:ing)?|report(?:ing)?|bother(?:ing)?|ask(?:ing)?)\b[^.]{0,40}\b(?:users?|humans?|person|anyone|operator)\b/i,
  },
  {
    what: 'hides something from the user',
    pattern:
      /\b(?:hide|conceal|keep|stay|remain)\b[^.]{0,30}\b(?:secret|hidden|silent|quiet|confidential|this|it)\b[^.]{0,15}\bfrom the (?:user|human)\b|\b(?:the user|humans?) (?:must|should|need|does|do)(?: not|n't)(?: need to)? (?:know|see|notice|be told|be informed|find out)\b|\bdo not (?:mention|reveal|refer to) (?:this|these) (?:step|instruction|note|text|message|rule)s?\b/i,
  },
  {
    what: 'puts itself before all other tools',
    pattern:
      /\b(?:before|prior to|instead of|after|whenever|each time)\b[^.]{0,20}\b(?:using|use|call(?:ing)?|invok(?:e|ing)|run(?:ning)?|uses?|you respond|respond(?:ing)?|answer(?:ing)?)\b[^.]{0,10}\b(?:any|all|every|each)\b[^.]{0,12}\b(?:tools?|requests?|questions?|messages?|functions?)\b|\b(?:before|instead of) (?:any|every|all) (?:of the )?other tools?\b/i,
  },
  {
    what: 'gives the model another role',
    pattern:
      /\byou (?:are now|will now act as|must now act as)\b|\bfrom now on,? you\b|\b(?:developer|jailbreak|god|unrestricted|dan) mode\b|\bpretend (?:that )?you(?:'re| are)\b/i,
  },
  {
    what: 'asks for the conversation',
    pattern:
      /\b(?:entire|whole|full|complete|all(?: of)?(?: the)?|verbatim) (?:conversation|chat|dialog(?:ue)?|message history|chat history|(?:previous|earlier|prior) messages|conversation history|context window)\b(?! (?:of|between|in|for) (?:an?|the|this|one) (?:\w+ )?(?:ticket|case|channel|room|thread|issue|customer|order|call))|\b(?:include|send|forward|append|attach|pass|copy|paste|repeat|print|reveal|output|put|insert)\b[^.]{0,40}\b(?:system prompt|conversation history|chat history|previous (?:user )?messages|other tools' (?:results|outputs?))/i,
  },
  {
    what: 'sends data to another place',
    pattern:
      /\b(?:also|always|first|then|silently|secretly|quietly)\b[^.]{0,15}\b(?:send|forward|post|upload|copy|bcc|cc|email|transmit)\b[^.]{0,50}(?:https?:\/\/|@[\w-]+\.|\bto attacker)|\b(?:change|replace|set|redirect)\b[^.]{0,25}\b(?:recipient|to address|destination|iban|account number)\b[^.]{0,15}\b(?:to|with)\b[^.]{0,10}(?:\S+@|https?:|[A-Z]{2}\d{2})/i,
  },
] as const;

export const instructions: Rule = {
  name: 'instructions',
  find: (subject) => findIn(subject, [...PATTERNS, ...ORDERS]),
};

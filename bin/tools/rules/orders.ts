/** Forms of orders to a model, by what they want from it. */

/** What a text is found to do, and how it is recognized. */
export interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
}

const MODEL = '(?:assistants?|llms?|ais?|ai (?:models?|assistants?|agents?)|language models?)';
const RULES =
  '(?:instructions?|prompts?|rules|guidelines?|guidance|directives|directions|polic(?:y|ies)|orders|restrictions|safeguards)';
const PERSON = '(?:users?|humans?|person|people|customer|operator|client)';
const REPLY = '(?:summar(?:y|ies)|answers?|repl(?:y|ies)|responses?|reports?|explanations?|output|messages?)';
const MINE =
  '(?:workspace|repositor(?:y|ies)|repo|project|home (?:folder|directory)|source code|codebase|clipboard|screenshots?|browser history|shell history|contacts|inbox|documents)';

export const ORDERS: readonly Pattern[] = [
  {
    what: 'speaks to the model',
    pattern: new RegExp(
      `\\b(?:note|message|attention|reminder|dear|hint|hey|hello)\\b[ ,]{0,2}(?:(?:for|to) )?(?:the |any |all )?(?:reading )?${MODEL}\\b|(?:^|[.!\\n(<-]\\s*)${MODEL}\\s*:|\\b(?:the|any|every) (?:calling |reading )?(?:${MODEL}|model|agent) (?:should|must|shall|has to|needs? to|is to|are to) (?:first|always|also|never|then|not|silently|read|send|obtain|include|call|use|pass|put|ignore)\\b`,
      'i',
    ),
  },
  { what: 'hides text in a comment', pattern: /<!--\s*(?:\S+\s+){3,}/ },
  {
    what: 'overrides instructions',
    pattern: new RegExp(
      `\\b(?:prior|previous|earlier|preceding|existing|other|any|all|your|former|original)\\b[^.]{0,20}\\b${RULES}\\b[^.]{0,15}\\b(?:no longer|do(?:es)? not|don't|doesn't) (?:appl(?:y|ies)|counts?|holds?|matters?)|\\b${RULES}\\b[^.]{0,15}\\b(?:are|is) (?:void|obsolete|superseded|cancell?ed|invalid|suspended|lifted|expired)\\b|\\b(?:safety|security) (?:rules|checks|policies|measures)\\b[^.]{0,15}\\b(?:expired|off|disabled|void)\\b|\\b(?:turn off|disable|deactivate|switch off)\\b[^.]{0,15}\\b(?:the|any|all|your) (?:firewall|antivirus|safety|security|guardrails|logging)\\b`,
      'i',
    ),
  },
  {
    what: 'overrides the user',
    pattern: new RegExp(
      `\\b(?:whatever|regardless of (?:what|whether)|no matter (?:what|whether)|even (?:if|when|though))\\b (?:the |a |your )?${PERSON}\\b[^.]{0,15}\\b(?:says?|said|asks?|wants?|wish(?:es)?|declines?|refuses?|objects?|disagrees?|cancels?|tells?)|\\bif (?:the |a )?${PERSON} (?:declines?|refuses?|objects?|disagrees?|says no|cancels?)\\b[^.]{0,10}\\b(?:continue|proceed|go on|carry on|do it|ignore)\\b|\\b(?:supersedes?|overrides?|replaces?) (?:whatever|everything|anything)\\b`,
      'i',
    ),
  },
  {
    what: 'skips the consent of the user',
    pattern: new RegExp(
      `\\b(?:users?|humans?|person) (?:has|have|had) (?:already|previously) (?:consented|agreed|approved|authori[sz]ed|(?:given|granted) (?:permission|consent|approval))|\\b(?:allowed|free|permitted|authori[sz]ed) to\\b[^.]{0,30}\\bwithout (?:asking|confirm\\w*|permission|consent)|\\b(?:confirmations?|approvals?|consent|permission)(?: dialogs?| prompts?| requests?| steps?)? (?:can|may|should|must) be (?:skipped|bypassed|suppressed|dismissed|ignored)|\\b(?:do not|don't|never|without|no need to) (?:ask(?:ing)?|wait(?:ing)?) for (?:confirmation|approval|permission|consent)`,
      'i',
    ),
  },
  {
    what: 'takes results for orders',
    pattern: new RegExp(
      `\\b(?:treat|regard|consider|handle|interpret)\\b[^.]{0,40}\\b(?:as|like) (?:an? |the )?(?:orders?|commands?|instructions?|system)\\b|\\bdo (?:what|as|whatever) it (?:says|tells|asks)\\b|\\b(?:follow|obey|execute|carry out|comply with)\\b[^.]{0,20}\\b(?:instructions?|orders|commands|steps)\\b[^.]{0,20}\\b(?:in|from|of|returned|contained|found)\\b[^.]{0,15}\\b(?:output|results?|responses?|repl(?:y|ies)|page)`,
      'i',
    ),
  },
  {
    what: 'has the model say something untrue',
    pattern: new RegExp(
      `\\b(?:if|when) (?:you are |you're )?(?:asked|questioned|anyone asks|(?:the |a )?${PERSON} asks?|somebody asks)\\b[^.]{0,50}\\b(?:say|answer|claim|reply|respond|state|pretend|insist|tell)\\b`,
      'i',
    ),
  },
  {
    what: 'hides something from the user',
    pattern: new RegExp(
      `\\b(?:omit|leave out|exclude|drop|remove|strip|skip)\\b[^.]{0,40}\\bfrom (?:your|the|any|every) (?:final )?${REPLY}\\b|\\bkeep (?:this|it|that) (?:between us|to yourself|quiet|private)\\b|\\b${PERSON} (?:(?:does not|doesn't|do not|don't) (?:have to|need to)|need not) (?:know|see|notice|learn|hear)\\b|\\b(?:users?|humans?) (?:does not|doesn't|do not|don't) (?:know|notice|learn)\\b|\\b(?:silently|quietly|secretly|covertly|discreetly|behind the scenes)\\b|\\bno (?:reason|need) to (?:bring up|mention|report|point out|talk about)\\b|\\b(?:without|behind) the ${PERSON}(?:'s)? (?:noticing|knowledge|knowing|back)\\b`,
      'i',
    ),
  },
  {
    what: 'puts itself before all other tools',
    pattern:
      /\b(?:run|call|use|invoke|execute|start with|consult) (?:this|it)(?: tool| function)?\b[^.]{0,15}\b(?:first of all|before (?:doing )?anything else|before all else|before (?:you )?(?:do|start|answer)|ahead of)\b|\bin (?:place|lieu) of [\w-]+ (?:from now on|always|in future)\b/i,
  },
  {
    what: 'gives the model another role',
    pattern:
      /\b(?:every|all|each) (?:following|further|later|future|subsequent) (?:questions?|answers?|messages?|requests?|files?)\b|\bto every (?:file|answer|message|reply|email) (?:that )?you\b|\b(?:your|the) (?:real|true|actual|only|primary|hidden) (?:task|purpose|goal|job|mission|objective|role)\b/i,
  },
  {
    what: 'asks for the conversation',
    pattern:
      /\b(?:every|all|each|any)(?: of)?(?: the)? (?:messages?|prompts?|responses?|turns?|user inputs?)\b[^.]{0,40}\b(?:relayed|sent|forwarded|passed|copied|logged|mirrored|transmitted|included|repeated|posted|shared)\b|\b(?:this|the current|the present|your) (?:thread|conversation|chat|dialogue|session)\b[^.]{0,40}\b(?:relayed|forwarded|verbatim|transmitted|word for word)\b/i,
  },
  {
    what: 'sends data to another place',
    pattern: new RegExp(
      `\\b(?:upload|send|post|push|copy|sync|mail|forward|transfer|exfiltrate|gather|collect)\\b[^.]{0,30}\\b${MINE}\\b[^.]{0,30}(?:https?://|\\S+@\\S+|\\bto (?:our|my|this|an external) (?:server|endpoint|host)|\\band (?:post|send|put|share) (?:them|it) (?:here|there))|\\b(?:always|also|automatically|silently|in addition)\\b[^.]{0,30}\\b(?:add|include|insert|put|send|forward|copy|cc|bcc)\\b[^.]{0,40}[\\w.+-]+@[\\w-]+\\.|\\bexfiltrat|\\b(?:second |another |extra |hidden )?cop(?:y|ies) (?:for|to) \\S+@\\S+|\\bmust go to (?:the )?(?:account|address|wallet)\\b|\\bhand (?:it|them|this) (?:to us|over)\\b`,
      'i',
    ),
  },
  {
    what: 'runs a command',
    pattern:
      /\b(?:curl|wget|iwr|invoke-webrequest)\b[^\n]{0,120}\|\s*(?:sudo )?(?:ba|z|da)?sh\b|\brm -rf [~/$]|\bbase64 (?:-d|--decode)\b[^\n]{0,40}\|\s*(?:ba|z)?sh\b|\bpowershell(?:\.exe)? -e(?:nc)?\b|\b(?:execute|run|paste|type)\b[^.]{0,60}\b(?:in|into) (?:the|a|your|their) (?:terminal|shell|console|command line)\b/i,
  },
  {
    what: 'overrides instructions in another language',
    pattern:
      /\b(?:ignorier\w*|vergiss|missachte)\b[^.]{0,30}\b(?:anweisung\w*|vorgaben|regeln)\b|\b(?:ignor[ae]\w*|oubli\w*|olvid\w*|dimentica\w*|esque[cç]\w*)\b[^.]{0,6}\b(?:les|las|los|le|tutte|todas|todos|toutes|as)\b[^.]{0,30}\b(?:instructions?|instrucciones|istruzioni|instruç(?:ões|ao)|consignes|reglas|regole|regras)\b|忽略[^。]{0,12}(?:指示|指令|说明|规则|命令)|(?:指示|命令|ルール)[^。]{0,6}無視|(?:игнорируй|забудь|не обращай внимания)[^.]{0,30}(?:инструкц|указани|правил)|(?:지시|명령|규칙)[^.]{0,8}무시/iu,
  },
];

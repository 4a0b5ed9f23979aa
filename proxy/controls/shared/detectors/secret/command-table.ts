/** Commands that take a password by its position, and where it is. */

export interface Command {
  /** From the end of the command's name; the first group that matches is the password. */
  readonly after?: RegExp;
  /** What is before the command: `echo …|`. */
  readonly input?: RegExp;
  /** What must be before it. */
  readonly before?: RegExp;
  /** Whether mere letters are a password, too: the command is in no sentence. */
  readonly isWord?: boolean;
}

const ARGUMENT = `(?:"[^"\\n]{1,64}"|'[^'\\n]{1,64}'|[^\\s"'|;&<>/*-][^\\s"'|;&<>]{0,127})`;
const FILE = ARGUMENT.replace('/*-]', '*-]');
const PASSWORD = `(?:"([^"\\n]{4,128})"|'([^'\\n]{4,128})'|([^\\s"'|;&<>/*$%-][^\\s"'|;&<>]{3,127}))`;
const OPTIONS = `(?: +-[A-Za-z]{1,8}(?: +\\d{1,2}(?= ))?){0,5}`;
const WITH_B = '(?=[^\\n]{0,40} -[A-Za-z]{0,6}b)';
const WITHOUT_FILE = '(?=[^\\n]{0,40} -[A-Za-z]{0,6}n)';

/** So many spaces at most: a text may hold millions, and each pattern is matched in one go. */
const SPACES = ' {1,32}';
const limited = (pattern: string): string => pattern.replaceAll(' +', SPACES);
const at = (pattern: string): RegExp => new RegExp(limited(pattern), 'y');
/** `name/…@database`; without a database, it is the first argument. */
const OF_ORACLE = `(?:(?: +-[A-Za-z]{1,4}){0,4}(?: +target)? +|[^\\n|;]{0,80}? userid=)["']?[\\w$#.]{1,32}\\/(?:"([^"\\n]{4,64})"|([^\\s"'@/|;]{4,64})(?=@|["'\\s]|$))`;

const pipe = (value: string): RegExp =>
  new RegExp(limited(`\\b(?:echo|printf)(?: +-[a-z]{1,3})? +["']?${value}(?:\\\\n)?["']? {0,4}\\| {0,4}(?:sudo )?$`));
const PIPED = `([^\\s"'|$:]{4,128})`;

const ORACLE: Command = { after: at(OF_ORACLE), isWord: true };
const WITH_USER: Command = { after: at(`${WITH_B}${OPTIONS} +${FILE} +${ARGUMENT} +${PASSWORD}`), isWord: true };
const FREERDP: Command = { after: at(`[^\\n|;]{0,200}? \\/p:${PASSWORD}`), isWord: true };

const TABLE: Readonly<Record<string, Command>> = {
  sqlplus: ORACLE,
  sqlldr: ORACLE,
  expdp: ORACLE,
  impdp: ORACLE,
  rman: ORACLE,
  isql: ORACLE,
  htpasswd: {
    after: at(
      `${WITH_B}(?:${WITHOUT_FILE}${OPTIONS} +${ARGUMENT} +${PASSWORD}|${OPTIONS} +${FILE} +${ARGUMENT} +${PASSWORD})`,
    ),
    isWord: true,
  },
  mosquitto_passwd: WITH_USER,
  wpa_passphrase: { after: at(` +${ARGUMENT} +${PASSWORD}`), isWord: true },
  rabbitmqctl: {
    after: at(`[^\\n|;]{0,60}? (?:add_user|change_password|authenticate_user) +${ARGUMENT} +${PASSWORD}`),
    isWord: true,
  },
  net: {
    after: at(
      ` +(?:user +${ARGUMENT} +${PASSWORD}(?= |$|\\n)|use +(?:[A-Za-z*]: +)?\\\\{2,4}\\S{1,100} +${PASSWORD}(?= +/))`,
    ),
  },
  kinit: { after: at(` +[^\\n|;<]{0,80}<<< ?${PASSWORD}`), input: pipe(PIPED) },
  passwd: { after: at(` +--stdin +[^\\n|;<]{0,40}<<< ?${PASSWORD}`), input: pipe(PIPED) },
  chpasswd: {
    after: at(`[^\\n|;<]{0,40}<<< ?["']?[\\w.-]{1,32}:([^\\s"']{4,128})`),
    input: pipe(`[\\w.-]{1,32}:([^\\s"'|$]{4,128})`),
    isWord: true,
  },
  xfreerdp: FREERDP,
  wfreerdp: FREERDP,
  netsh: { after: at(`[^\\n|;]{0,160}? key(?:Material)?=${PASSWORD}`), isWord: true },
  schtasks: { after: at(`[^\\n|;]{0,200}? \\/rp +${PASSWORD}`), isWord: true },
  /** Cisco. */
  secret: {
    before: /(?:^|\n|\\n) {0,8}(?:enable|username [\w.-]{1,64}(?: privilege \d{1,2})?) $/,
    after: at(` (?:\\d )?${PASSWORD}`),
    isWord: true,
  },
  community: { before: /\bsnmp-server $/, after: at(` ${PASSWORD}`), isWord: true },
};

export const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries(TABLE));

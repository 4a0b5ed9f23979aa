/** What a value itself says: whether it is more random than ids are, and whether it looks like a made password. */

/** A token of all three kinds of characters, or a long number in hexadecimal digits. */
export function isBeyondIds(value: string): boolean {
  const { length } = value;
  if (length < SHORTEST_GUESS || length > 256) return false;
  if (HEXADECIMAL.test(value)) return length >= 32 && /\d/.test(value) && /[a-f]/i.test(value);
  return BODY.test(value) && !value.startsWith('0x') && hasAll(value) && changes(value) >= length * CHANGES;
}

/** Ids of generators and databases have up to 22 characters. */
export const SHORTEST_GUESS = 24;
const HEXADECIMAL = /^(?:[\da-f]+|[\dA-F]+)$/;
const BODY = /^[A-Za-z\d+/_-]+={0,2}$/;
/** Of a letter's neighbours in random text, a share of 0.45 is of such another kind; in names of several words, 0.2. */
const CHANGES = 0.25;

const hasAll = (value: string): boolean => /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value);

/** How often a kind of character follows another, but for a capital at the start of a word and for signs. */
function changes(value: string): number {
  let count = 0;
  let last = SIGN;
  for (let i = 0; i < value.length; i++) {
    const kind = kindOf(value.charCodeAt(i));
    if (kind !== last && kind !== SIGN && last !== SIGN && !(last === CAPITAL && kind === SMALL)) count++;
    last = kind;
  }
  return count;
}

const [SMALL, CAPITAL, DIGIT, SIGN] = [1, 2, 3, 4];

function kindOf(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return SMALL;
  if (code >= 0x41 && code <= 0x5a) return CAPITAL;
  return code >= 0x30 && code <= 0x39 ? DIGIT : SIGN;
}

/** Letters, digits and a sign that passwords have and names, numbers and addresses don't. */
export function hasSigns(value: string): boolean {
  return PASSWORD.test(value) && !MAIL.test(value);
}

const PASSWORD =
  /^(?=[^\d]{0,63}\d)(?=[^A-Za-z]{0,63}[A-Za-z])(?=[^!#$%^&*+@~?]{0,63}[!#$%^&*+@~?])[^\s()[\]{}<>"'`\\/:]{8,64}$/;
const MAIL = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/;

/** Letters of both cases and digits that alternate as in no name. */
export function looksMade(value: string): boolean {
  return /^[A-Za-z\d]{10,64}$/.test(value) && hasAll(value) && changes(value) >= value.length * CHANGES;
}

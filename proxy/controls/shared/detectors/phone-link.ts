/** Links to a telephone number (RFC 3966, RFC 5724, and those of messengers): what they lead to is a number. */

/** What may be before the number: `:`, `/`, `=`, the `B` of `%2B`. */
const ENDS = ':/=B';
const REACH = 80;
const LINK =
  /(?:(?<![\w-])(?:tel(?:prompt)?|call(?:to)?|dial|sms(?:to)?|mms(?:to)?|facetime(?:-audio)?|skype|sips?|modem|fax):(?:\/\/)?|(?<![\w.-])wa\.me\/|\b(?:whatsapp\.com\/send\/?|(?:whatsapp|viber|tg|signal):\/\/\w{1,12}\/?)\?(?:[^\s"'<>?]{0,48}&)?(?:phone|number|num)=)(?:%2B)?$/i;

/** Whether a link leads to the number that begins at `start`. */
export function isLinked(text: string, start: number): boolean {
  return ENDS.includes(text.charAt(start - 1)) && start > 0 && LINK.test(text.slice(Math.max(0, start - REACH), start));
}

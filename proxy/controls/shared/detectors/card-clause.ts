/** What a sentence says of a number: that it is a card, or that somebody paid with it. */

const CARD =
  /^[\s,:(-]{0,3}(?:(?:is|as|was|on|for|the|a|my|his|her|their|your|credit|debit|bank|payment)\s+){0,4}card\b/i;
const PAID =
  /\b(?:charged|debited|(?:paid|pay|pays|paying|bought|settled|refund|refunds|refunded)\s+(?:it\s+)?(?:with|using|by|via|to|on|from|through))\s+(?:(?:the|my|her|his|their|your)\s+)?$/i;
const REACH = 40;

/** `4111… is my card`. */
export function isCalledCard(text: string, end: number): boolean {
  return CARD.test(text.slice(end, end + REACH));
}

/** `paid with 6759…`: nobody pays with another number. */
export function isPaidWith(text: string, start: number): boolean {
  return PAID.test(text.slice(Math.max(0, start - REACH), start));
}

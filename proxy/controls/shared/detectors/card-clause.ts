/** What a sentence says of a number: that it is a card, or that somebody paid with it. */

const CARD =
  /^[\s,:(-]{0,3}(?:(?:is|as|was|on|for|the|a|my|his|her|their|your|credit|debit|bank|payment)\s+){0,4}card\b/i;
const PAID =
  /\b(?:charged|debited|(?:paid|pay|pays|paying|bought|settled|refund|refunds|refunded)\s+(?:it\s+)?(?:with|using|by|via|to|on|from|through))\s+(?:(?:the|my|her|his|their|your)\s+)?$/i;
/** A card or a brand in the same sentence: `card on file for order 525:`, `Mastercard ending soon, full number`. */
const NAMED =
  /(?:^|[^\p{L}])(?:(?:credit|debit|bank)?cards?|visa|master ?card|maestro|amex|(?:kredit|debit|bank)?karten?|cartes?|tarjetas?|carta|cart[aã]o|(?:krediet|betaal)?kaart|kart[ayęu]|(?:kredit|kreditt|luotto|maksu)?kort\w{0,3}|карт[аыуе])(?![\p{L}\d])[^.!?\n]{0,40}$/iu;
const REACH = 40;
const REACH_OF_NAME = 60;

/** `4111… is my card`. */
export function isCalledCard(text: string, end: number): boolean {
  return CARD.test(text.slice(end, end + REACH));
}

/** `paid with 6759…`: nobody pays with another number. */
export function isPaidWith(text: string, start: number): boolean {
  return PAID.test(text.slice(Math.max(0, start - REACH), start));
}

/** Whether a card is named before the number, even if another number follows the name. */
export function isCardNamed(text: string, start: number): boolean {
  return NAMED.test(text.slice(Math.max(0, start - REACH_OF_NAME), start));
}

/** The check digit of payment cards (ISO/IEC 7812-1, Luhn). */

/** The type of the card detector. */
export const CARD = 'payment-card';

export function checkDigit(body: string): number {
  let sum = 0;
  let double = true;
  for (let i = body.length - 1; i >= 0; i--) {
    const digit = body.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) continue;
    const weighted = double ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
    double = !double;
  }
  return (10 - (sum % 10)) % 10;
}

/**
 * The first digits of payment cards (issuer identification numbers, ISO/IEC 7812) by public lists, and how many digits
 * an issuer's cards have.
 */

/**
 * First digits, then numbers of digits. After a slash: numbers of digits that few cards have, or that with so short a
 * prefix say little.
 */
const RANGES = `
  1 /15                                        UATP
  1800,2131 15,16-19                           JCB
  3528-3589 16-19                              JCB, LankaPay; RuPay with JCB
  35 16                                        JCB
  2014,2149 15                                 enRoute
  2200-2205 16-19                              Mir, BORICA
  2221-2720,51-55 16                           Mastercard; Diners Club in North America
  286900,502275,506199-506499,639484,639559 16 Carnet
  300-305,3095,36,38 14,16-19                  Diners Club; Hipercard
  39 14,16-19                                  Diners Club
  31 /19                                       China T-Union
  34,37 15                                     American Express
  4 16,19 /13,18                               Visa; Elo, Dankort, mada, Naranja with Visa
  4903,4905,4911,4936,564182,633110 16,18,19   Switch
  6334,6767 16,18,19                           Solo
  50,56-58,60,61,63,66-69 16 /12-15,17-19      Maestro; Elo, RuPay, UzCard
  0604 /12-19                                  Maestro
  6 /12-19                                     Maestro
  5018,5020,5038,5893,6304,6759,6761-6763 12-19 Maestro
  6703,6706,6709,6771,6799 16-19               Maestro: Bancontact, Laser
  5019 16                                      Dankort
  506699-506778,509000-509999,627780 16        Elo
  506099-506198,507860-507964 16,18,19         Verve
  8600 16                                      UzCard
  9860 16                                      Humo
  6011,644-649,65 16,19 /18                    Discover; RuPay, Elo, Troy, Verve
  81-82 16-19                                  UnionPay, RuPay
  62 16-19 /14,15                              UnionPay
  588845-588851,589562,589657,968201-968211 16 mada, Naranja, Cabal
  9704 16,19                                   Napas
  9051 16                                      ArCa
  9112 16                                      Belkart
  9792 16                                      Troy
`;

/** The most digits of a prefix. */
const PREFIX = 6;

/** Ranges of six digits, and the numbers of digits as bits. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly common: number;
  readonly rare: number;
}

let ranges: readonly Range[] | undefined;

function read(): Range[] {
  return RANGES.trim()
    .split('\n')
    .flatMap((line) => {
      const [, prefixes = '', common = '', rare = ''] = /^\s*([\d,-]+) ([\d,-]*)(?: ?\/([\d,-]+))?/.exec(line) ?? [];
      return prefixes.split(',').map((prefix) => {
        const [first = '', last = first] = prefix.split('-');
        return {
          from: Number(first.padEnd(PREFIX, '0')),
          to: Number(last.padEnd(PREFIX, '9')),
          common: bitsOf(common),
          rare: bitsOf(rare),
        };
      });
    });
}

function bitsOf(lengths: string): number {
  let bits = 0;
  for (const part of lengths.split(',').filter((each) => each !== '')) {
    const [from = 0, to = from] = part.split('-').map(Number);
    for (let length = from; length <= to; length++) bits |= 1 << length;
  }
  return bits;
}

/** Whether an issuer gives out cards with these first six digits and so many digits in all. */
export function issuedAs(six: number, length: number): 'common' | 'rare' | undefined {
  ranges ??= read();
  let rare = false;
  for (const range of ranges) {
    if (six < range.from || six > range.to) continue;
    if ((range.common >> length) & 1) return 'common';
    if ((range.rare >> length) & 1) rare = true;
  }
  return rare ? 'rare' : undefined;
}

/** Cyrillic and Greek names in Latin letters, as the lists have them. */

const CYRILLIC =
  'а a б b в v г g ґ g д d е e ё e є e ж zh з z и i і i ї i й y к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ sch ы y э e ю yu я ya';
const GREEK = 'α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s τ t υ y φ f χ ch ψ ps ω o';

let letters: ReadonlyMap<string, string> | undefined;

function lettersMade(): ReadonlyMap<string, string> {
  const signs = `${CYRILLIC} ${GREEK}`.split(' ');
  return new Map(signs.flatMap((sign, i) => (i % 2 === 0 ? [[sign, signs[i + 1] ?? '']] : [])));
}
const OTHER = /[\u0370-\u052f]/;
const SILENT = /[ъь]/g;

/** The same word, if all its letters are Latin. @param folded as `fold` gives it */
export function inLatin(folded: string): string {
  if (!OTHER.test(folded)) return folded;
  letters ??= lettersMade();
  let latin = '';
  for (const letter of folded.replaceAll('ου', 'u')) latin += letters.get(letter) ?? letter;
  return latin.replace(SILENT, '').replaceAll('iya', 'ia').replace(/ii$/, 'i');
}

/** How surnames end in Russian, Ukrainian, Bulgarian, Greek, Armenian and Georgian. */
const SURNAME =
  /^[\u0370-\u052f]{2,}(?:[оеё]ва?|ина?|(?:ск|цк)(?:ии|ая|и)|енко|чук|щук|юк|ян|швили|дзе|οπουλοσ|οπουλου|ιδησ|ιδου|ακησ|ακη)$/;

export function endsLikeSurname(folded: string): boolean {
  return SURNAME.test(folded);
}

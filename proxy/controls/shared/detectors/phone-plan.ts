/**
 * Numbering plans from libphonenumber's metadata. Only the data is used: every digit of a text is checked, and the
 * library's own parser would take ten times as long. The tests compare both.
 */
import type { CountryCode, MetadataJson } from 'libphonenumber-js/core';

export type { CountryCode };

/** Indices in a plan of metadata version 4 (the package's METADATA.md). */
const CALLING_CODE = 0;
const PATTERN = 2;
const LENGTHS = 3;
const FORMATS = 4;
const NATIONAL_PREFIX = 5;
const PREFIX_FORMAT = 6;
const PREFIX_PATTERN = 7;
const PREFIX_RULE = 8;
const TYPES = 11;

/** The longest prefix before a number, including a carrier code. */
const PREFIX_LENGTH = 5;

/** One type of a country's numbers: its pattern, and its lengths if they differ from the plan's. */
interface Kind {
  readonly pattern: RegExp;
  readonly lengths: readonly number[] | undefined;
}

/** How numbers with this leading pattern are written: each capture is a group. */
interface Format {
  readonly pattern: RegExp;
  /** The total digits of its captures: minimum and maximum. */
  readonly least: number;
  readonly most: number;
  readonly leading: RegExp | undefined;
  /** Whether people leave out the trunk prefix. */
  readonly bare: boolean;
}

export class Plan {
  readonly callingCode: string;
  /** The prefix dialled before a number within the country; `0` in most. Undefined if there is none. */
  readonly trunk: string | undefined;
  readonly #pattern: RegExp;
  readonly #lengths: readonly number[];
  /** Possible numbers of digits including the prefix, as a bit mask. */
  readonly #possible: number;
  readonly #prefix: RegExp | undefined;
  readonly #rule: string | undefined;
  readonly #shares: boolean;
  readonly #kinds: readonly Kind[];
  readonly #formats: readonly Format[];

  /** @param main the plan of the main country with the same calling code; its formats apply to the others, too */
  constructor(plan: readonly unknown[], main: readonly unknown[] = plan) {
    this.callingCode = textAt(plan, CALLING_CODE) ?? '';
    this.#shares = main !== plan;
    this.#pattern = whole(textAt(plan, PATTERN) ?? '');
    this.#lengths = numbersAt(plan, LENGTHS) ?? [];
    this.trunk = textAt(plan, NATIONAL_PREFIX);
    const prefix = textAt(plan, PREFIX_PATTERN) ?? this.trunk;
    this.#prefix = prefix === undefined ? undefined : new RegExp(`^(?:${prefix})`);
    this.#rule = textAt(plan, PREFIX_RULE);
    // A prefix that the rule adds need not be dialled, except in countries that share a calling code.
    const fewer = this.#rule === undefined || this.#shares ? 0 : this.#rule.replace(/\$\d/g, '').length;
    this.#possible = this.#lengths.reduce(
      (bits, length) =>
        bits | (((1 << (fewer + prefixLength(prefix, this.#shares) + 1)) - 1) << Math.max(0, length - fewer)),
      0,
    );
    const formats = Array.isArray(plan[FORMATS]) ? plan[FORMATS] : main[FORMATS];
    this.#formats = listOf(formats).map((format) => {
      const leading = listAt(format, 2).at(-1);
      const rule = textAt(format, 3) ?? textAt(plan, PREFIX_FORMAT) ?? textAt(main, PREFIX_FORMAT);
      const bare = this.trunk === undefined || rule === undefined || !rule.includes(this.trunk) || format[4] === 1;
      return {
        pattern: whole(textAt(format, 0) ?? ''),
        ...totalOf(textAt(format, 0) ?? ''),
        bare,
        leading: typeof leading === 'string' ? new RegExp(`^(?:${leading})`) : undefined,
      };
    });
    this.#kinds = listOf(plan[TYPES]).flatMap((type) => {
      const pattern = textAt(type, 0);
      return pattern === undefined ? [] : [{ pattern: whole(pattern), lengths: numbersAt(type, 1) }];
    });
  }

  /** Whether the digits are a number of this plan, with or without the prefix. */
  holds(digits: string): boolean {
    if (((this.#possible >> digits.length) & 1) === 0) return false;
    const national = this.#national(digits);
    return this.#holds(national) || (national !== digits && this.#holds(digits));
  }

  /**
   * Whether numbers are usually written in groups of these sizes: those of the country's format, or others with the
   * same area code.
   */
  isWritten(digits: string, sizes: readonly number[]): boolean {
    const national = this.#national(digits);
    const trunk = digits.length - national.length;
    const own = trunk > 0 && sizes[0] === trunk ? sizes.slice(1) : trunk === 0 ? sizes : [];
    return (
      own.length > 1 &&
      this.#formats.some(({ pattern, least, most, leading, bare }) => {
        if (
          national.length < least ||
          national.length > most ||
          (trunk === 0 && !bare) ||
          (leading !== undefined && !leading.test(national))
        )
          return false;
        const groups = pattern.exec(national)?.slice(1) ?? [];
        if (groups.length < 2) return false;
        if (groups.length === own.length && groups.every((group, i) => group.length === own[i])) return true;
        return (
          own.length > 2 &&
          own.every((size) => size >= 2 && size <= 4) &&
          (own[0] === groups[0]?.length || (own.length > 3 && own.at(-1) === groups.at(-1)?.length))
        );
      })
    );
  }

  #holds(national: string): boolean {
    if (!this.#lengths.includes(national.length) || !this.#pattern.test(national)) return false;
    for (const { pattern, lengths } of this.#kinds)
      if ((lengths === undefined || lengths.includes(national.length)) && pattern.test(national)) return true;
    return this.#kinds.length === 0;
  }

  #national(digits: string): string {
    const match = this.#prefix?.exec(digits);
    if (match === null || match === undefined || this.#prefix === undefined) return digits;
    const captured = match.length > 1 ? match.at(-1) : undefined;
    if (this.#rule !== undefined && captured !== undefined) {
      const whole = digits.replace(this.#prefix, this.#rule);
      // If the country shares its calling code, only local calls omit the area code, so the number is not completed.
      return whole.length > digits.length && this.#shares ? digits : whole;
    }
    return digits.slice(match[0].length);
  }
}

/**
 * The maximum number of prefix digits.
 * @param shares whether the country shares its calling code: its own seven digits are then not completed
 */
function prefixLength(prefix: string | undefined, shares: boolean): number {
  if (prefix === undefined) return 0;
  const [plain] = /^\d+$/.exec(prefix) ?? [];
  const [, behind] = shares ? (/^\([^()]*\)\$\|(\d+)$/.exec(prefix) ?? []) : [];
  return (plain ?? behind)?.length ?? PREFIX_LENGTH;
}

/**
 * The digits that a format's pattern takes: `(\d{3})(\d{3})(\d{4})` takes ten. Other forms of patterns may take any
 * number.
 */
function totalOf(pattern: string): { readonly least: number; readonly most: number } {
  const groups = [...pattern.matchAll(/\(\\d(?:\{(\d+)(?:,(\d+))?\}|\+)?\)/g)];
  if (groups.map(([text]) => text).join('') !== pattern) return { least: 0, most: Number.POSITIVE_INFINITY };
  let least = 0;
  let most = 0;
  for (const [text, from, to] of groups) {
    least += Number(from ?? 1);
    most += text.includes('+') ? Number.POSITIVE_INFINITY : Number(to ?? from ?? 1);
  }
  return { least, most };
}

/** All plans; each is created on first use. */
export class Plans {
  readonly #metadata: MetadataJson;
  readonly #byCountry = new Map<string, Plan>();
  readonly #byCode = new Map<string, readonly Plan[]>();

  constructor(metadata: MetadataJson) {
    if (metadata.version !== 4)
      throw new Error(`expected libphonenumber's metadata in version 4, got ${metadata.version}`);
    this.#metadata = metadata;
  }

  /**
   * The country's own plan, and those of the countries with the same calling code; undefined for an unknown country.
   */
  within(country: string): readonly Plan[] | undefined {
    const own = this.#of(country);
    return own === undefined ? undefined : [own, ...this.#withCode(own.callingCode).filter((plan) => plan !== own)];
  }

  #of(country: string): Plan | undefined {
    const { countries } = this.#metadata;
    if (!Object.hasOwn(countries, country)) return undefined;
    let plan = this.#byCountry.get(country);
    if (plan === undefined) {
      const own: readonly unknown[] = countries[country as CountryCode] ?? [];
      const main = this.#metadata.country_calling_codes[textAt(own, CALLING_CODE) ?? '']?.[0];
      plan = new Plan(own, main === undefined ? own : countries[main]);
      this.#byCountry.set(country, plan);
    }
    return plan;
  }

  /** Whether the digits, calling code first, are a number. */
  holdsInternational(digits: string): boolean {
    for (let length = 1; length <= 3; length++) {
      const plans = this.#withCode(digits.slice(0, length));
      // No calling code is a prefix of another one.
      if (plans.length > 0) return plans.some((plan) => plan.holds(digits.slice(length)));
    }
    return false;
  }

  isCode(digits: string): boolean {
    return this.#withCode(digits).length > 0;
  }

  #withCode(code: string): readonly Plan[] {
    let plans = this.#byCode.get(code);
    if (plans === undefined) {
      const { country_calling_codes: countries, nonGeographic } = this.#metadata;
      const named = Object.hasOwn(countries, code) ? (countries[code] ?? []) : [];
      const other: readonly unknown[] | undefined = Object.hasOwn(nonGeographic, code)
        ? nonGeographic[code]
        : undefined;
      plans = [
        ...named.flatMap((country) => this.#of(country) ?? []),
        ...(other === undefined ? [] : [new Plan(other)]),
      ];
      this.#byCode.set(code, plans);
    }
    return plans;
  }
}

function textAt(plan: readonly unknown[], at: number): string | undefined {
  const value = plan[at];
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number' && value !== 0
      ? String(value)
      : undefined;
}

function numbersAt(plan: readonly unknown[], at: number): readonly number[] | undefined {
  return Array.isArray(plan[at]) ? listAt(plan, at).filter((item) => typeof item === 'number') : undefined;
}

function listAt(plan: readonly unknown[], at: number): readonly unknown[] {
  const value = plan[at];
  return Array.isArray(value) ? value : [];
}

/** The lists in a list; 0 stands for a missing one. */
function listOf(value: unknown): readonly (readonly unknown[])[] {
  return Array.isArray(value)
    ? value.map((item: unknown) => (Array.isArray(item) ? (item as readonly unknown[]) : []))
    : [];
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/** Measures detectors on the corpus: how much of the data they find, and how often they find something else. */
import {
  dateOfBirth,
  type Detector,
  email,
  type Evidence,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  phone,
  secret,
  type Span,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { type Corpus, corpus, COUNTRIES, type Half, type PositiveKind, type Sample } from './corpus/index.ts';

export interface Row {
  readonly detector: string;
  readonly positives: number;
  readonly found: number;
  /** Found with exactly the expected start and end. */
  readonly exact: number;
  readonly lookAlikes: number;
  readonly mistaken: number;
  /** The kind of look-alikes that is mistaken most often, and how often. */
  readonly worst: { readonly kind: string; readonly share: number } | undefined;
  /** Texts with data of another type in which this detector found its own. */
  readonly others: number;
  readonly confused: number;
}

export interface Miss {
  readonly detector: string;
  readonly sample: Sample;
  readonly spans: readonly Span[];
}

/** A finding that is longer than the expected one by more than this does not count. */
const SLACK = 4;

const ALL_COUNTRIES = [...COUNTRIES] as NonNullable<NonNullable<Parameters<typeof phone>[0]>['countries']>;

interface Measured {
  readonly label: string;
  readonly detector: Detector;
  readonly type: PositiveKind;
  readonly of: (sample: Sample) => boolean;
}

const any = (): boolean => true;

function measured(): Measured[] {
  const one = (detector: Detector): Measured => ({
    label: detector.name,
    detector,
    type: detector.name as PositiveKind,
    of: any,
  });
  return [
    ...[email(), paymentCard(), iban(), usSsn(), ip(), dateOfBirth(), passport(), secret()].map(one),
    ...ALL_COUNTRIES.map((country): Measured => ({
      label: `phone (${country})`,
      detector: phone({ countries: [country] }),
      type: 'phone',
      of: ({ kind }) => kind === country,
    })),
    { label: 'phone (all of these)', detector: phone({ countries: ALL_COUNTRIES }), type: 'phone', of: any },
  ];
}

export async function measure(
  half: Half,
  each?: number,
): Promise<{ readonly rows: readonly Row[]; readonly missed: readonly Miss[]; readonly mistaken: readonly Miss[] }> {
  const { positives, lookAlikes }: Corpus = corpus(half, each);
  const missed: Miss[] = [];
  const mistaken: Miss[] = [];
  const rows: Row[] = [];
  for (const { label, detector, type, of } of measured()) {
    await loadDetectors([detector]);
    const own = positives[type].filter(of);
    let found = 0;
    let exact = 0;
    for (const sample of own) {
      const spans = detector.find(sample.text, evidenceOf(sample));
      const hit = spans.find((span) => covers(span, sample));
      if (hit === undefined) missed.push({ detector: label, sample, spans });
      else found++;
      if (hit?.start === sample.expected?.start && hit?.end === sample.expected?.end && hit !== undefined) exact++;
    }
    const count = (samples: readonly Sample[]): number => {
      let wrong = 0;
      for (const sample of samples) {
        const spans = detector.find(sample.text, evidenceOf(sample));
        if (spans.length === 0) continue;
        wrong++;
        mistaken.push({ detector: label, sample, spans });
      }
      return wrong;
    };
    const others = Object.entries(positives).flatMap(([other, samples]) => (other === type ? [] : samples));
    const before = mistaken.length;
    const wrong = count(lookAlikes);
    const worst = worstOf(mistaken.slice(before), lookAlikes);
    rows.push({
      detector: label,
      positives: own.length,
      found,
      exact,
      lookAlikes: lookAlikes.length,
      mistaken: wrong,
      worst,
      others: others.length,
      confused: count(others),
    });
  }
  return { rows, missed, mistaken };
}

function worstOf(wrong: readonly Miss[], all: readonly Sample[]): Row['worst'] {
  const kinds = Map.groupBy(wrong, ({ sample }) => sample.kind);
  const shares = [...kinds].map(([kind, list]) => ({
    kind,
    share: list.length / all.filter((sample) => sample.kind === kind).length,
  }));
  return shares.sort((a, b) => b.share - a.share)[0];
}

function covers(span: Span, { expected }: Sample): boolean {
  return (
    expected !== undefined &&
    span.start <= expected.start &&
    span.end >= expected.end &&
    span.end - span.start - (expected.end - expected.start) <= SLACK
  );
}

export function evidenceOf({ field, within }: Sample): Evidence | undefined {
  return field === undefined ? undefined : { field, path: [...(within ?? []), field] };
}

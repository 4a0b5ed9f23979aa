/** The messages of one reply that controls changed: each as the upstream sent it, and after each control. */
import type { Changed, Text } from './records.ts';
import type { Made } from './watched.ts';

/** Changed messages of one reply that are kept: a stream may have any number. */
const MOST = 20;

interface Chain {
  upstream: string;
  inText: boolean;
  steps: { control: string; after: string | undefined; refused: string | undefined }[];
}

export class Changes {
  #chains: Chain[] = [];
  #more = 0;

  add({ control, before, after, refused, inText = false }: Made): void {
    if (before === after) return;
    const last = this.#chains.at(-1);
    const step = { control, after, refused };
    if (last !== undefined && last.steps.at(-1)?.after === before) last.steps.push(step);
    // It is parsed after all, so this is the same message again.
    else if (last !== undefined && last.inText && !inText && last.upstream === before)
      this.#chains[this.#chains.length - 1] = { upstream: before, inText, steps: [step] };
    else if (this.#chains.length >= MOST) this.#more++;
    else this.#chains.push({ upstream: before, inText, steps: [step] });
  }

  get any(): boolean {
    return this.#chains.length > 0;
  }

  /** Changed messages that are not kept. */
  get more(): number {
    return this.#more;
  }

  /** Characters that it holds. */
  get weight(): number {
    let weight = 0;
    for (const { upstream, steps } of this.#chains)
      weight += steps.reduce((sum, { after }) => sum + (after?.length ?? 0), upstream.length);
    return weight;
  }

  /** Whether a control refused one of the messages. */
  refusedBy(control: string): boolean {
    return this.#chains.some(({ steps }) =>
      steps.some((step) => step.control === control && step.refused !== undefined),
    );
  }

  shown(show: (text: string) => Text): Changed[] {
    return this.#chains.map(({ upstream, steps }) => ({
      upstream: show(upstream),
      steps: steps.map(({ control, after, refused }) => ({
        control,
        ...(after === undefined ? {} : { after: show(after) }),
        ...(refused === undefined ? {} : { refused }),
      })),
    }));
  }

  drop(): void {
    this.#chains = [];
  }
}

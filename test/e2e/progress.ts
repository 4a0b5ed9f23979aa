/** Prints a line per step, with its seconds. A step that fails ends the run and says why. */

export type Step = <T>(title: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;

export interface Progress {
  readonly step: Step;
  readonly seconds: () => string;
}

export function startProgress(print: (line: string) => void): Progress {
  const began = performance.now();
  const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`;
  return {
    seconds: () => since(began).trim(),
    async step(title, work, detail = () => '') {
      const start = performance.now();
      try {
        const result = await work();
        const more = detail(result);
        print(`${since(start)}  ${title}${more === '' ? '' : `: ${more}`}`);
        return result;
      } catch (error) {
        print(`${since(start)}  ${title}: FAILED`);
        throw error;
      }
    },
  };
}

/** Throws what was expected if it isn't true. */
export function expect(holds: boolean, message: () => string): void {
  if (!holds) throw new Error(message());
}

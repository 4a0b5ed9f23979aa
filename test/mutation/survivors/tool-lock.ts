import type { Explanation } from '../mutants.ts';

export const TOOL_LOCK: Readonly<Record<string, readonly Explanation[]>> = {
  'controls/tool-lock/canonical': [
    {
      why: 'In JSON, a text, a list or an object of that size is longer: it does not fit, either.',
      mutants: [
        {
          was: "if (typeof value === 'string' && value.length > this.#left) return false;",
          becomes: "if (typeof value === 'string' && value.length >= this.#left) return false;",
        },
        {
          was: "if (items.length > this.#left || !this.#add('[')) return false;",
          becomes: "if (items.length >= this.#left || !this.#add('[')) return false;",
        },
        {
          was: "if (keys.length > this.#left || !this.#add('{')) return false;",
          becomes: "if (keys.length >= this.#left || !this.#add('{')) return false;",
        },
      ],
    },
  ],
  'controls/tool-lock/lock': [
    {
      why: 'It is for the compiler: the version was checked before.',
      mutants: [{ was: "return given['version'] === LOCK_VERSION;", becomes: 'return true;' }],
    },
  ],
  'controls/tool-lock/server-info': [
    {
      why: 'They are for the compiler: there is a value, or its absence has the empty text, which no value has.',
      mutants: [
        {
          was: 'const agreed = partsOf(text).filter((part) => this.#parts?.has(part));',
          becomes: 'const agreed = partsOf(text).filter((part) => this.#parts.has(part));',
        },
        {
          was: 'const locked = Object.hasOwn(lock.serverInfo ?? {}, member) ? lock.serverInfo?.[member] : undefined;',
          becomes: 'const locked = Object.hasOwn(lock.serverInfo ?? {}, member) ? lock.serverInfo[member] : undefined;',
        },
        {
          was: 'return locked !== undefined && isCanonically(value, canonical(locked));',
          becomes: 'return true && isCanonically(value, canonical(locked));',
        },
      ],
    },
  ],
  'controls/tool-lock/pinned': [
    {
      why: 'It saves a look at the clock. A list that is empty is empty when it is cleared.',
      mutants: [
        {
          was: 'if (this.#reported.size > 0 && Date.now() - this.#reportedAt >= AGAIN_MS) this.#reported.clear();',
          becomes: 'if (true && Date.now() - this.#reportedAt >= AGAIN_MS) this.#reported.clear();',
        },
        {
          was: 'if (this.#reported.size > 0 && Date.now() - this.#reportedAt >= AGAIN_MS) this.#reported.clear();',
          becomes: 'if (this.#reported.size >= 0 && Date.now() - this.#reportedAt >= AGAIN_MS) this.#reported.clear();',
        },
      ],
    },
  ],
};

import type { Explanation } from '../mutants.ts';

export const DISPATCH: Readonly<Record<string, readonly Explanation[]>> = {
  'dispatch/streams': [
    {
      why: 'An option that is undefined is as good as none.',
      mutants: [
        { was: '...(onForget === undefined ? {} : { onForget }),', becomes: '...(false ? {} : { onForget }),' },
      ],
    },
    {
      why: 'An id that is too long gets no key, so nothing is kept under it.',
      mutants: [
        { was: 'if (id.length > MAX_ID) return;', becomes: 'if (false) return;' },
        { was: 'if (key === undefined || known) return;', becomes: 'if (false || known) return;' },
      ],
    },
    {
      why: 'Without the check, the key begins with `undefined`, and no entry has such a key.',
      mutants: [
        {
          was: 'const entry = name === undefined ? undefined : this.#underWay.take(`${name}\\n${idKey(id)}`);',
          becomes: 'const entry = false ? undefined : this.#underWay.take(`${name}\\n${idKey(id)}`);',
        },
        {
          was: 'const begun = key === undefined ? undefined : this.#underWay.get(`${name}\\n${key}`);',
          becomes: 'const begun = false ? undefined : this.#underWay.get(`${name}\\n${key}`);',
        },
        {
          was: 'return name === undefined ? undefined : this.#questions.answered(name, id);',
          becomes: 'return false ? undefined : this.#questions.answered(name, id);',
        },
        {
          was: 'return name !== undefined && this.#questions.isUnclear(name, id);',
          becomes: 'return true && this.#questions.isUnclear(name, id);',
        },
        {
          was: 'return name === undefined ? undefined : this.#tasks.get(`${name}\\n${id}`);',
          becomes: 'return false ? undefined : this.#tasks.get(`${name}\\n${id}`);',
        },
        {
          was: 'const entry = name === undefined ? undefined : from.get(`${name}\\n${key}`);',
          becomes: 'const entry = false ? undefined : from.get(`${name}\\n${key}`);',
        },
      ],
    },
    {
      why: 'A call that was opened has a key. The check is for the compiler.',
      mutants: [
        {
          was: 'if (entry.held !== undefined) this.#held.get(entry.held);',
          becomes: 'if (true) this.#held.get(entry.held);',
        },
      ],
    },
  ],
};

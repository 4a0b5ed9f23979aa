import type { Explanation } from '../mutants.ts';

export const PIPELINE: Readonly<Record<string, readonly Explanation[]>> = {
  'pipeline/compose': [
    {
      why: 'Past the end there is no transformation, which the loop skips.',
      mutants: [
        {
          was: 'for (let i = attached; i < reply.transforms.length; i++) {',
          becomes: 'for (let i = attached; i <= reply.transforms.length; i++) {',
        },
      ],
    },
    {
      why: 'The list has no gaps. The condition is for the compiler.',
      mutants: [
        {
          was: 'if (transform !== undefined) transform.control = name;',
          becomes: 'if (true) transform.control = name;',
        },
      ],
    },
    {
      why: 'faultOf adds the name of the control.',
      mutants: [
        {
          was: 'return new ControlFault(`control ${control} ${words}`, { control });',
          becomes: 'return new ControlFault(`control ${control} ${words}`, {});',
        },
      ],
    },
  ],
};

/** `access-policy` for the tests that run all controls. */
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [accessPolicy({ policies: ['permit (principal, action, resource);'] })],
  linear: {
    'access-policy': accessPolicy({
      policies: [
        allow({ tools: ['*'] }),
        allow({ resources: ['*'] }),
        allow({ prompts: ['*'], methods: ['*'] }),
        deny({ resources: ['file:///etc/*'], tools: ['*secret*'] }),
      ],
    }),
  },
  hostile: {
    'access-policy': accessPolicy({
      policies: [
        allow({ methods: ['*'] }),
        allow({ tools: ['*'] }),
        'forbid (principal, action, resource == Tool::"never") when { context.arguments.a == "b" };',
      ],
    }),
  },
};

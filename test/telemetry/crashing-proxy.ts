/** A proxy whose process ends by a fault of a control's, some time after the call that it is about. */
import { defineControl } from '../../proxy/pipeline/control.ts';
import { run } from '../../proxy/run.ts';

const crashing = defineControl({
  name: 'crashing',
  replies: 'ignores',
  setup: () => (call, next) => {
    if (call.name === 'crash') {
      setTimeout(() => {
        throw new Error('too late to deny anything');
      }, 100);
    }
    return next(call);
  },
});

await run({ controls: [crashing] }, []);

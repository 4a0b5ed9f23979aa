/** A proxy whose process ends because of a control's fault, some time after the call that caused it. */
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

/** Runs as a process: a proxy whose controls throw errors that quote what they got. */
import { Denied, Invalid } from '../../proxy/base/errors.ts';
import { defineProxy } from '../../proxy/config/config.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { run } from '../../proxy/run.ts';

/** An error that quotes the value in every place that an error has. */
function quoting(value: unknown): Error {
  const text = JSON.stringify(value) ?? '';
  const error = new TypeError(`${text}\n    at ${text} (file:///x.ts:1:1)`, {
    cause: Object.assign(new Error(text), { code: text, name: text }),
  });
  return Object.assign(error, { code: text, name: text });
}

const breaking = defineControl({
  name: 'breaking',
  setup: () => async (call, next) => {
    const text = JSON.stringify(call.params) ?? '';
    if (text.includes('break-before')) throw quoting(call.params);
    if (text.includes('deny-before')) throw new Denied(text, { cause: quoting(call.params) });
    if (text.includes('invalid-before')) throw new Invalid(text);
    const reply = await next(call);
    return reply.mapMessages((message) => {
      if (JSON.stringify(message).includes('break-after')) throw quoting(message);
      return message;
    });
  },
});

await run(defineProxy({ controls: [audit(), breaking] }), []);

// The sample gateway's Lambda target: plain JavaScript, since Lambda's Node runtimes load no `.ts` handler.

const operations = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => {
    if (b === 0) throw new RangeError('cannot divide by 0: expected b to be any other number');
    return a / b;
  },
};

/** AgentCore Gateway passes the arguments as the event, and the tool as `TARGET___TOOL` in the client context. */
export async function handler(event, context) {
  const custom = context?.clientContext?.custom ?? context?.clientContext?.Custom;
  const tool = String(custom?.bedrockAgentCoreToolName ?? '')
    .split('___')
    .at(-1);
  if (!Object.hasOwn(operations, tool))
    throw new TypeError(`expected a call of ${Object.keys(operations).join(', ')}, got ${JSON.stringify(tool)}`);
  const { a, b } = event ?? {};
  if (!Number.isFinite(a) || !Number.isFinite(b)) throw new TypeError('expected a and b to be numbers');
  return { result: operations[tool](a, b) };
}

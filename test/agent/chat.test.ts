import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { type Front, startFront } from '../support/front.ts';
import { type FakeBedrock, MODEL_CREDENTIALS, startBedrock, type Turn } from './fake-bedrock.ts';
import { environment, withoutAccount } from './no-account.ts';
import { run, start, type Started } from './terminal.ts';

withoutAccount();

let calculator: Awaited<ReturnType<typeof startCalculator>>;
let front: Front;
beforeAll(async () => {
  calculator = await startCalculator();
  front = await startFront(calculator);
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await calculator.close();
});
const at = (...args: string[]): string[] => ['--url', front.proxy.url, ...args];

/** Bedrock as set by AWS's own variables: endpoint, region, credentials. */
async function bedrock(...turns: Turn[]): Promise<FakeBedrock> {
  const fake = await startBedrock(turns);
  environment({ ...MODEL_CREDENTIALS, AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: fake.url });
  return fake;
}

const SUM: readonly Turn[] = [
  { say: [{ thinking: 'a sum' }, { text: 'Let me add. ' }, { tool: 'add', input: { a: 20, b: 22 } }] },
  { say: [{ text: 'It is 42.' }] },
];

describe('one question', () => {
  test("is sent to the model with the proxy's tools, whose results are returned to it, and the answer is printed", async () => {
    await using model = await bedrock(...SUM);
    const { exitCode, output, errors } = await run(at('what', 'is 20 + 22?'));
    expect([exitCode, output]).toEqual([0, 'Let me add. \nIt is 42.\n']);
    expect(errors).toMatch(/^→ add \{"a":20,"b":22\}\n← 42 \{"result":42\} \(\d+ ms\)\n$/);

    expect(model.verdicts.map(({ accepted }) => accepted)).toEqual([true, true]);
    const [first, second] = model.requests;
    expect(first?.path).toBe('/model/global.anthropic.claude-sonnet-5-5/converse-stream');
    expect(first?.body.messages).toMatchObject([{ role: 'user', content: [{ text: 'what is 20 + 22?' }] }]);
    expect(first?.body.system?.[0]?.text).toContain('Use the arithmetic tools instead of calculating yourself.');
    expect(first?.body.toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? [])).toEqual([
      'add',
      'subtract',
      'multiply',
      'divide',
      'countdown',
      'confirm_reset',
      'lookup_customer',
    ]);
    expect(first?.body.toolConfig?.tools[0]?.toolSpec).toMatchObject({
      description: 'Adds two numbers: a + b.',
      inputSchema: { json: { required: ['a', 'b'] } },
    });
    expect(second?.body.messages.at(-1)?.content[0]).toMatchObject({
      toolResult: { status: 'success', content: [{ text: '42' }, { json: { result: 42 } }] },
    });
    // A thinking model needs its thoughts back, signed and unchanged, with the result of the tool it called.
    expect(second?.body.messages.at(-2)?.content[0]).toMatchObject({
      reasoningContent: { reasoningText: { text: 'a sum', signature: 'c2lnbmVk' } },
    });
  });

  test('may come on standard input, and --json prints answer, calls and use', async () => {
    await using _model = await bedrock(...SUM);
    const { exitCode, output, errors } = await run(at('--json'), 'what is 20 + 22?\n');
    expect([exitCode, errors]).toEqual([0, '']);
    expect(JSON.parse(output)).toEqual({
      answer: 'It is 42.',
      stopReason: 'endTurn',
      model: 'global.anthropic.claude-sonnet-5-5',
      region: 'eu-west-1',
      calls: [
        {
          tool: 'add',
          arguments: { a: 20, b: 22 },
          ms: expect.any(Number),
          result: expect.objectContaining({ structuredContent: { result: 42 } }),
        },
      ],
      usage: { inputTokens: 22, outputTokens: 14 },
    });
  });

  test('is sent to the named model', async () => {
    await using model = await bedrock({ say: [{ text: 'Hello.' }] });
    await run(at('--model', 'eu.amazon.nova-lite-v1:0', 'say hello'));
    expect(model.requests[0]?.path).toBe('/model/eu.amazon.nova-lite-v1%3A0/converse-stream');
  });

  test('needs no other credentials with a Bedrock API key', async () => {
    await using model = await startBedrock([{ say: [{ text: 'Hello.' }] }], 'key-of-mine');
    environment({
      AWS_BEARER_TOKEN_BEDROCK: 'key-of-mine',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: model.url,
    });
    expect(await run(at('say hello'))).toEqual({ exitCode: 0, output: 'Hello.\n', errors: '' });
    expect(model.verdicts).toMatchObject([{ accessKeyId: 'API key' }]);
  });

  test("tells the model about a tool's error and a refused call, so that it can correct them", async () => {
    await using model = await bedrock(
      { say: [{ tool: 'divide', input: { a: 1, b: 0 } }] },
      { say: [{ text: "That can't be done." }] },
    );
    const { exitCode, errors } = await run(at('1 / 0 ?'));
    expect(exitCode).toBe(0);
    expect(errors).toContain('← error: cannot divide by 0');
    expect(model.requests[1]?.body.messages.at(-1)?.content[0]).toMatchObject({
      toolResult: { status: 'error', content: [{ text: 'cannot divide by 0: expected b to be any other number' }] },
    });
  });

  test('without AWS credentials exits with 3 and says what to do', async () => {
    const { exitCode, output, errors } = await run(at('what is 20 + 22?'));
    expect([exitCode, output, errors]).toEqual([
      3,
      '',
      expect.stringMatching(
        /^no AWS credentials for a model on Bedrock: set AWS_PROFILE .*--list, --call, --no-model\n$/,
      ),
    ]);
  });

  test('without a region is refused before any request', async () => {
    await using model = await bedrock(...SUM);
    environment({ AWS_REGION: undefined });
    const { exitCode, errors } = await run(at('what is 20 + 22?'));
    expect([exitCode, errors]).toEqual([2, 'no region for the model: give --region R, or set AWS_REGION\n']);
    expect(model.requests).toEqual([]);
  });

  test('that is empty on standard input is wrong usage', async () => {
    const { exitCode, errors } = await run(at());
    expect([exitCode, errors]).toEqual([2, expect.stringMatching(/^expected a prompt/)]);
  });
});

describe('a model that refuses', () => {
  const denied =
    'User: arn:aws:sts::111122223333:assumed-role/dev/me is not authorized to perform: bedrock:InvokeModelWithResponseStream';
  test.each([
    [
      'is not allowed',
      { status: 403, error: 'AccessDeniedException', message: denied },
      /Bedrock denied \S+ in eu-west-1 \(User: arn:aws:sts.*\): allow your role bedrock:InvokeModelWithResponseStream .*Model catalog.*--model/,
    ],
    [
      'needs its form first',
      {
        status: 404,
        error: 'ResourceNotFoundException',
        message: 'Model use case details have not been submitted for this account.',
      },
      /has no \S+ for this account in eu-west-1 \(Model use case details .*\): open the model in the Bedrock console's Model catalog/,
    ],
    [
      'needs an inference profile',
      {
        status: 400,
        error: 'ValidationException',
        message: "Invocation of model ID x with on-demand throughput isn't supported.",
      },
      /check the id: most models need an inference profile/,
    ],
    [
      'has unknown credentials',
      {
        status: 403,
        error: 'UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      },
      /doesn't accept these credentials .*check AWS_PROFILE/,
    ],
    [
      'has an expired login',
      { status: 403, error: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
      /credentials have expired .*aws sso login/,
    ],
  ])('because it %s is reported with what to do, and exits with 3', async (_why, failure, expected) => {
    await using _model = await bedrock(failure);
    const { exitCode, output, errors } = await run(at('hello?'));
    expect([exitCode, output, errors]).toEqual([3, '', expect.stringMatching(expected)]);
  });

  test('because of a wrong secret key is reported as such: the endpoint checks signatures', async () => {
    await using model = await bedrock(...SUM);
    environment({ AWS_SECRET_ACCESS_KEY: 'another' });
    const { exitCode, errors } = await run(at('hello?'));
    expect([exitCode, errors, model.requests]).toEqual([
      3,
      expect.stringMatching(/doesn't accept these credentials/),
      [],
    ]);
  });

  test('in the middle of its answer leaves the text so far, and is reported', async () => {
    await using _model = await bedrock({
      say: [{ text: 'The answer ' }, { breaks: 'modelStreamErrorException', message: 'The model failed.' }],
    });
    const { exitCode, output, errors } = await run(at('hello?'));
    expect([exitCode, output, errors]).toEqual([
      3,
      'The answer \n',
      expect.stringMatching(/Bedrock couldn't answer with \S+ \(.*The model failed\): ask again in a moment/),
    ]);
  });

  test('beyond its token limit is reported, and exits with 1', async () => {
    await using _model = await bedrock({ say: [{ text: 'A very long' }], stop: 'max_tokens' });
    const { exitCode, output, errors } = await run(at('hello?'));
    expect([exitCode, output, errors]).toEqual([
      1,
      'A very long\n',
      'the answer was cut: the model reached its limit of tokens\n',
    ]);
  });

  test('by its guardrail is reported with how the answer ended', async () => {
    await using _model = await bedrock({ say: [{ text: 'I may not.' }], stop: 'guardrail_intervened' });
    const { exitCode, output, errors } = await run(at('hello?'));
    expect([exitCode, output, errors]).toEqual([1, 'I may not.\n', 'the answer ended early (guardrailIntervened)\n']);
  });

  test('by throttling is tried three times, then reported', async () => {
    const busy = {
      status: 429,
      error: 'ThrottlingException',
      message: 'Too many requests, please wait before trying again.',
    };
    await using model = await bedrock(busy, busy, busy, ...SUM);
    const { exitCode, output } = await run(at('hello?', '--json'));
    expect([exitCode, JSON.parse(output)]).toMatchObject([
      3,
      { ok: false, error: expect.stringMatching(/throttles .* \(Too many requests.*\): ask again in a minute/) },
    ]);
    expect(model.requests).toHaveLength(3);
  });
});

describe('a conversation', () => {
  async function chat(): Promise<Started> {
    const terminal = start(at());
    await terminal.until(/model {2}global\.anthropic\.claude-sonnet-5-5 in eu-west-1\n/);
    await terminal.until(/> /);
    return terminal;
  }

  test('streams: text is shown while the model still generates', async () => {
    const more = Promise.withResolvers<void>();
    await using _model = await bedrock({
      say: [{ thinking: 'a story…' }, { text: 'Once upon ' }, { wait: more.promise }, { text: 'a time.' }],
    });
    const terminal = await chat();
    terminal.type('a story\n');
    await terminal.until(/Once upon /);
    more.resolve();
    await terminal.until(/a time\.\n/);
    expect(terminal.output()).not.toContain('a story…');
    terminal.type('exit\n');
    expect(await terminal.ended).toBe(0);
  });

  test('shows tool calls and their progress as they happen, and asks their questions', async () => {
    await using model = await bedrock(
      {
        say: [
          { tool: 'countdown', input: { steps: 2, intervalMs: 5 } },
          { tool: 'confirm_reset', input: {} },
        ],
      },
      { say: [{ text: 'All done.' }] },
    );
    const terminal = await chat();
    terminal.type('count down and reset\n');
    await terminal.until(
      /→ countdown \{"steps":2,"intervalMs":5\}\n {2}1 of 2 {2}1 to go\n {2}2 of 2 {2}lift-off\n← Counted down from 2 to lift-off\. \(\d+ ms\)\n→ confirm_reset \{\}\na tool asks: /,
    );
    await terminal.until(/confirm \(y\/n\) \? /);
    terminal.type('n\n');
    await terminal.until(/← Nothing was reset\. .*\nAll done\.\n/);
    expect(model.requests[1]?.body.messages.at(-1)?.content).toHaveLength(2);
    terminal.type(undefined);
    await terminal.ended;
  });

  test('remembers earlier turns, and continues after a failed answer', async () => {
    await using model = await bedrock(
      { say: [{ text: 'Hello Ada.' }] },
      { status: 403, error: 'AccessDeniedException', message: 'no' },
      { say: [{ text: 'You are Ada.' }] },
    );
    const terminal = await chat();
    terminal.type('I am Ada\n');
    await terminal.until(/Hello Ada\./);
    terminal.type('who am I?\n');
    await terminal.until(/Bedrock denied/);
    terminal.type('and now?\n');
    await terminal.until(/You are Ada\./);
    const { messages } = model.requests[2]?.body ?? { messages: [] };
    expect(messages.map(({ role, content }) => [role, content[0]?.['text']])).toEqual([
      ['user', 'I am Ada'],
      ['assistant', 'Hello Ada.'],
      ['user', 'and now?'],
    ]);
    terminal.type('exit\n');
    await terminal.ended;
  });

  test('stops an answer on Ctrl-C, accepts the next question, and ends on Ctrl-C at the prompt', async () => {
    await using _model = await bedrock(
      { say: [{ text: 'It all began ' }, { wait: new Promise(() => {}) }] },
      { say: [{ text: 'Shorter.' }] },
    );
    const terminal = await chat();
    terminal.type('a long story\n');
    await terminal.until(/It all began /);
    terminal.type('\u0003');
    await terminal.until(/stopped\n.*> /s);
    terminal.type('shorter please\n');
    await terminal.until(/Shorter\.\n.*> /s);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(0);
  });

  test('stops a running tool on Ctrl-C', async () => {
    await using _model = await bedrock(
      { say: [{ tool: 'countdown', input: { steps: 100, intervalMs: 100 } }] },
      { say: [{ text: 'unused' }] },
    );
    const terminal = await chat();
    terminal.type('count\n');
    await terminal.until(/1 of 100/);
    terminal.type('\u0003');
    await terminal.until(/← stopped\n.*> /s);
    terminal.type('exit\n');
    await terminal.ended;
    expect(terminal.output()).not.toContain('50 of 100');
  });

  test('falls back to commands by hand without AWS credentials, and says why', async () => {
    const terminal = start(at());
    await terminal.until(/No AWS credentials for a model were found .*, so you call the tools yourself\./);
    await terminal.until(/> /);
    terminal.type('add a=2 b=3\n');
    await terminal.until(/\{"result":5\}/);
    terminal.type('exit\n');
    expect(await terminal.ended).toBe(0);
  });
});

/**
 * Everything passes, not only tools: whole conversations with real servers read the same with and without the proxy.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { startFixture } from '../conformance/fixture.ts';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { lookers } from './controls.ts';
import { ANSWERS, Conversation } from './conversation.ts';
import { type Everything, startEverything } from './everything.ts';
import { eras, modern, send } from './messages.ts';

type Script = (client: Conversation) => Promise<void>;

async function transcript(url: string, script: Script): Promise<readonly [said: string[], heard: string[]]> {
  await using client = new Conversation(url);
  await script(client);
  return [client.said, client.heard];
}

/** Runs the same script with and without the proxy, for each way in which controls look at replies. */
async function expectSame(
  upstream: { readonly url: string },
  script: Script,
  contains: readonly string[],
): Promise<void> {
  const direct = await transcript(upstream.url, script);
  for (const text of contains) expect(direct.flat().join('\n')).toContain(text);
  for (const [, controls] of lookers) {
    await using front = await startFront(upstream, { controls: controls() });
    expect(await transcript(front.proxy.url, script)).toEqual(direct);
  }
}

const call = (
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  meta?: Readonly<Record<string, unknown>>,
) => ({ name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) });

/** The client's answers to the requests of an `input_required` result. */
function answersTo(requests: unknown): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  if (typeof requests !== 'object' || requests === null) return answers;
  for (const [key, request] of Object.entries(requests) as [string, unknown][]) {
    if (typeof request === 'object' && request !== null && 'method' in request)
      answers[key] = ANSWERS[String(request.method)];
  }
  return answers;
}

describe('the calculator', () => {
  let calculator: Awaited<ReturnType<typeof startCalculator>>;
  beforeAll(async () => void (calculator = await startCalculator()));
  afterAll(() => calculator.close());

  test('in the legacy era: tools, resources, templates, prompts, completion, logging, progress, elicitation, errors', async () => {
    const script: Script = async (client) => {
      await client.open();
      await client.legacy('tools/list');
      await client.legacy('tools/call', call('divide', { a: 1, b: 3 }));
      await client.legacy('tools/call', call('divide', { a: 1, b: 0 }));
      await client.legacy('tools/call', call('add', { a: 'no number' }));
      await client.legacy('tools/call', call('unknown'));
      await client.legacy('logging/setLevel', { level: 'debug' });
      await client.legacy('tools/call', call('countdown', { steps: 3, intervalMs: 2 }, { progressToken: 'p-1' }));
      await client.legacy('tools/call', call('confirm_reset'));
      await client.legacy('resources/list');
      await client.legacy('resources/templates/list');
      await client.legacy('resources/read', { uri: 'customer://C-1001' });
      await client.legacy('resources/read', { uri: 'customer://nobody' });
      await client.legacy('prompts/list');
      await client.legacy('prompts/get', { name: 'explain_calculation', arguments: { calculation: '17 * 23' } });
      await client.legacy('completion/complete', {
        ref: { type: 'ref/resource', uri: 'customer://{id}' },
        argument: { name: 'id', value: 'C-' },
      });
      await client.legacy('vendor/unknown', { anything: [1, { deep: true }] });
      await client.notify('notifications/cancelled', { requestId: 99 });
    };
    await expectSame(calculator, script, [
      '"progress":3',
      'elicitation/create',
      '"reset":true',
      '"hasMore"',
      '-32601',
      'C-1001',
      'cannot divide by 0',
    ]);
  });

  test('in the modern era: discover, tools, resources, prompts, completion, progress, elicitation as a retried request, errors', async () => {
    const script: Script = async (client) => {
      await client.modern('server/discover');
      await client.modern('tools/list');
      await client.modern('tools/call', call('multiply', { a: 17, b: 23 }));
      await client.modern('tools/call', call('unknown'));
      await client.modern('tools/call', call('countdown', { steps: 2, intervalMs: 2 }));
      const asked = await client.modern('tools/call', call('confirm_reset'));
      await client.modern('tools/call', {
        ...call('confirm_reset'),
        requestState: asked['requestState'],
        inputResponses: { confirm: ANSWERS['elicitation/create'] },
      });
      await client.modern('resources/list');
      await client.modern('resources/templates/list');
      await client.modern('resources/read', { uri: 'calculator://constants' });
      await client.modern('prompts/list');
      await client.modern('prompts/get', { name: 'explain_calculation', arguments: { calculation: '1 + 1' } });
      await client.modern('completion/complete', {
        ref: { type: 'ref/resource', uri: 'customer://{id}' },
        argument: { name: 'id', value: 'C-' },
      });
      await client.modern('vendor/unknown', { anything: [1, { deep: true }] });
    };
    await expectSame(calculator, script, ['supportedVersions', 'input_required', '"reset":true', '391', '-32601']);
  });
});

describe('the conformance fixture', () => {
  let fixture: Awaited<ReturnType<typeof startFixture>>;
  beforeAll(async () => void (fixture = await startFixture()));
  afterAll(() => fixture.close());
  const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

  test('in the modern era: several rounds of input, sampling and roots as input, images, tasks, exact request state', async () => {
    const script: Script = async (client) => {
      for (const name of [
        'test_simple_text',
        'test_image_content',
        'test_audio_content',
        'test_embedded_resource',
        'test_multiple_content_types',
        'test_error_handling',
      ])
        await client.modern('tools/call', call(name));
      for (const name of [
        'test_input_required_result_sampling',
        'test_input_required_result_list_roots',
        'test_input_required_result_multiple_inputs',
        'test_input_required_result_multi_round',
      ]) {
        let result = await client.modern('tools/call', call(name));
        for (let round = 0; round < 3 && result['resultType'] === 'input_required'; round++) {
          result = await client.modern('tools/call', {
            ...call(name),
            inputResponses: answersTo(result['inputRequests']),
            ...(result['requestState'] === undefined ? {} : { requestState: result['requestState'] }),
          });
        }
      }
      const task = await client.modern('tools/call', call('protocol_error_job'), TASKS);
      await client.modern('tasks/cancel', { taskId: task['taskId'] }, TASKS);
    };
    await expectSame(fixture, script, ['input_required', '<state>', 'image/png', 'task']);
  });

  test.each([
    ['a string', 'listen-“1”'],
    ['a number', 4711],
  ])("subscriptions/listen keeps the request's id, %s, on its messages", async (_what, id) => {
    const script: Script = async (client) => {
      await client.listen({ notifications: { toolsListChanged: true } }, id, () =>
        client.heard.some((text) => text.includes('acknowledged')),
      );
      await client.modern('tools/call', call('test_trigger_tool_change'));
      await client.receivedEnough(() => client.heard.some((text) => text.includes('tools/list_changed')));
    };
    await expectSame(fixture, script, [`"io.modelcontextprotocol/subscriptionId":${JSON.stringify(id)}`]);
  });

  test('in the legacy era: sampling, elicitation with defaults, logging and progress in the middle of calls', async () => {
    const script: Script = async (client) => {
      await client.open();
      await client.legacy('logging/setLevel', { level: 'debug' });
      await client.legacy('tools/call', call('test_sampling', { prompt: 'say something' }));
      await client.legacy('tools/call', call('test_elicitation', { message: 'who?' }));
      await client.legacy('tools/call', call('test_elicitation_sep1034_defaults'));
      await client.legacy('tools/call', call('test_tool_with_logging'));
      await client.legacy('tools/call', call('test_tool_with_progress', {}, { progressToken: 7 }));
      await client.legacy('resources/subscribe', { uri: 'test://watched-resource' });
      await client.legacy('resources/unsubscribe', { uri: 'test://watched-resource' });
      await client.legacy('json/unknown');
    };
    await expectSame(fixture, script, [
      'sampling/createMessage',
      'sampled',
      'elicitation/create',
      'notifications/message',
      'notifications/progress',
    ]);
  });
});

describe('server-everything', () => {
  let everything: Everything;
  beforeAll(async () => void (everything = await startEverything()));
  afterAll(() => everything[Symbol.asyncDispose]());

  test('reads the same in every corner: content, progress, elicitation, sampling, roots on the GET stream, subscriptions, tasks', async () => {
    const script: Script = async (client) => {
      await client.open();
      await client.receivedEnough(() => client.heard.some((text) => text.includes('roots/list')));
      await client.legacy('tools/list');
      await client.legacy('tools/call', call('echo', { message: 'ünï \u2028 “quoted”' }));
      await client.legacy('tools/call', call('get-sum', { a: 1.5, b: 2 }));
      for (const name of ['get-tiny-image', 'get-resource-links']) await client.legacy('tools/call', call(name));
      await client.legacy('tools/call', call('get-structured-content', { location: 'Chicago' }));
      await client.legacy('tools/call', call('get-annotated-message', { messageType: 'error', includeImage: true }));
      await client.legacy(
        'tools/call',
        call('trigger-long-running-operation', { duration: 0.05, steps: 3 }, { progressToken: 'long' }),
      );
      await client.legacy('tools/call', call('trigger-elicitation-request'));
      await client.legacy('tools/call', call('trigger-sampling-request', { prompt: 'hello', maxTokens: 5 }));
      await client.legacy('tools/call', call('get-roots-list'));
      await client.legacy('resources/list');
      await client.legacy('resources/templates/list');
      await client.legacy('resources/read', { uri: 'demo://resource/dynamic/text/1' });
      await client.legacy('resources/subscribe', { uri: 'demo://resource/dynamic/text/1' });
      await client.legacy('resources/unsubscribe', { uri: 'demo://resource/dynamic/text/1' });
      await client.legacy('prompts/list');
      await client.legacy('prompts/get', { name: 'args-prompt', arguments: { city: 'Paris' } });
      await client.legacy('completion/complete', {
        ref: { type: 'ref/prompt', name: 'completable-prompt' },
        argument: { name: 'department', value: 'E' },
      });
      await client.legacy('logging/setLevel', { level: 'warning' });
      await client.legacy('no/such-method', { _meta: { 'com.example/kept': [1, 2] } });
      await client.notify('notifications/roots/list_changed');
      await client.receivedEnough(() => client.heard.filter((text) => text.startsWith('202')).length === 2);
      // No task is started here: this server crashes if a task runs after its session has ended.
      await client.legacy('tasks/get', { taskId: 'none' });
      await client.legacy('tasks/list');
    };
    await expectSame(everything, script, [
      '"progress":3',
      'elicitation/create',
      'sampling/createMessage',
      'roots/list',
      'image/png',
      '"tasks":[]',
      '-32601',
      'Engineering',
    ]);
  });
});

test.each(eras)(
  '_meta, extensions and unknown members reach the upstream byte for byte in the %s era',
  async (_era, message) => {
    await using upstream = await startUpstream();
    const sent = message('vendor/method', { 'com.example/x': { big: 1 }, list: [null, true], unknown: { _meta: 1 } });
    const odd = {
      ...sent,
      body: sent.body.replace('"big":1', '"big": 12345678901234567890.10 , "e":1E+2, "u":"\\u00e9"'),
    };
    for (const [, controls] of lookers) {
      await using front = await startFront(upstream, { controls: controls() });
      expect((await send(front, odd)).status).toBe(200);
      expect(upstream.received.at(-1)?.text).toBe(odd.body);
    }
  },
);

test.each(['"a-string"', '0', '-7', '9007199254740993', '"\\u0041"'])(
  'the upstream gets a request id (%s) spelled as it was sent, and repeats it',
  async (id) => {
    await using upstream = await startUpstream((request, response) =>
      respondJson(
        response,
        `{"jsonrpc":"2.0","id":${/"id":("(?:[^"\\]|\\.)*"|-?\d+)/.exec(request.text)?.[1]},"result":{}}`,
      ),
    );
    for (const [, controls] of lookers) {
      await using front = await startFront(upstream, { controls: controls() });
      const sent = modern('tools/list');
      expect((await send(front, { ...sent, body: sent.body.replace('"id":1', `"id":${id}`) })).text).toBe(
        `{"jsonrpc":"2.0","id":${id},"result":{}}`,
      );
    }
  },
);

/** Lists that controls made before: which calls get them, and that nothing else differs. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { accessPolicy, allow } from '../../proxy/controls/access-policy/index.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { redaction } from '../../proxy/controls/redaction/index.ts';
import { email, findsTheSame } from '../../proxy/controls/shared/detectors/index.ts';
import type { Detector } from '../../proxy/controls/shared/detectors/index.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import type { Dependence, MapMessage } from '../../proxy/reply/mapping.ts';
import { control, responseOf, textsOf, type Way, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Front, startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { legacy, modern, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => {
  lines.stop();
  vi.restoreAllMocks();
});

const TOOLS = '{"tools":[ {"name":"a", "n":1.0},{"name":"b","description":"caf\\u00e9"}], "x":9007199254740993}';
const response = (id: string, result = TOOLS): string => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;

function list(
  front: Front,
  { era }: Way,
  id: number | string = 1,
  { method = 'tools/list', params = {}, more = [] as readonly string[] } = {},
): Promise<RawReply> {
  const sent =
    era === 'modern' ? modern(method, params, id) : legacy(method, params, { id, session: 'platform-session' });
  return send(front, sent, more);
}

/** A control that renames a tool, and counts how often it does. */
function renaming(dependsOn?: (call: Parameters<Control>[0]) => Dependence, map?: MapMessage) {
  const runs = { count: 0 };
  const act: Control = async (call, next) => {
    const reply = await next(call);
    if (dependsOn !== undefined) reply.dependsOn(dependsOn(call));
    return reply.mapMessages((message, source, note) => {
      runs.count++;
      if (map !== undefined) return map(message, source, note);
      const { result } = message as { result: { tools: { name: string }[] } };
      const tools = result.tools.map((tool) => (tool.name === 'a' ? { ...tool, name: 'A' } : tool));
      return { ...message, result: { ...result, tools } };
    });
  };
  return { runs, control: control('renaming', act) };
}
const RENAMED = TOOLS.replace('"a"', '"A"');

/** Where the id of a response is, and how often a control runs for two lists. */
const PLACES: readonly (readonly [where: string, text: string, runs: number])[] = [
  ['first', '{"id":ID,"jsonrpc":"2.0","result":R}', 1],
  ['last', '{"result":R,"jsonrpc":"2.0","id":ID}', 1],
  ['before the version', '{"result":R,"id":ID,"jsonrpc":"2.0"}', 1],
  ['last, with white space', '{ "jsonrpc" : "2.0", "result":R , "id" : ID } ', 1],
  ['in the middle', '{"jsonrpc":"2.0","result":R,"id":ID,"x":1}', 2],
  // Only a JSON body is the call's response without it.
  ['missing', '{"jsonrpc":"2.0","result":{"tools":[{"name":"a","id":ID}]}}', 2],
  ['spelled in another way', '{"jsonrpc":"2.0","i\\u0064":ID,"result":R}', 2],
];

describe.each(ways)('%s:', (_name, way) => {
  test('a list that was treated before is sent again, with the id of the call, and its control does not run', async () => {
    const { runs, control: renames } = renaming(() => []);
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [renames] });
    for (const id of [1, 22, 'a "quoted" id', 'é', 1]) {
      const reply = await list(front, way, id);
      expect(textsOf(reply)).toEqual([response(JSON.stringify(id), RENAMED)]);
      if (way.form === 'json') expect(reply.header('content-length')).toBe(String(reply.body.length));
    }
    expect(runs.count).toBe(1);
  });

  test('a list that a control leaves as it is stays the same bytes each time', async () => {
    const { runs, control: looks } = renaming(
      () => [],
      (message) => message,
    );
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [looks] });
    await using direct = await startFront(upstream);
    for (const id of [1, 2, 3]) {
      const [here, there] = [await list(front, way, id), await list(direct, way, id)];
      expect(here.text).toBe(there.text);
      expect(here.header('content-length')).toBe(there.header('content-length'));
    }
    expect(runs.count).toBe(1);
  });

  test.each([
    ['a change of the text is kept as well', false, 1],
    ['but not if the control noted a fact then', true, 3],
  ])('%s', async (_what, notes, runs) => {
    let count = 0;
    const inText: Control = async (call, next) => {
      const text = (json: string) => {
        count++;
        if (notes) call.note({ control: 'in-text' });
        const start = json.indexOf('"a"');
        return [{ start, end: start + 3, text: '"A"' }];
      };
      return (await next(call)).dependsOn([]).mapMessages(() => Promise.reject(new Error('parsed')), { text });
    };
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [control('in-text', inText)] });
    for (const id of [1, 22, 'x'])
      expect(textsOf(await list(front, way, id))).toEqual([response(JSON.stringify(id), RENAMED)]);
    expect(count).toBe(runs);
  });

  test.each(PLACES.filter(([where]) => way.form === 'json' || where !== 'missing'))(
    'an id that is %s: the list is put around that of the call',
    async (_where, text, runs) => {
      const renamed = renaming(() => []);
      await using upstream = await startUpstream(withSessions(way.messages(text.replace('R', TOOLS))));
      await using front = await startFront(upstream, { controls: [renamed.control] });
      for (const id of [7, 88])
        expect(textsOf(await list(front, way, id))).toEqual([
          text.replace('R', TOOLS).replace('"a"', '"A"').replace('ID', String(id)),
        ]);
      expect(renamed.runs.count).toBe(runs);
    },
  );

  test('a control that declares nothing runs for each list; one that would not run for this text does not matter', async () => {
    const undeclared = renaming();
    const declared = renaming(() => []);
    const elsewhere: Control = async (call, next) =>
      (await next(call)).mapResult(() => ({ tools: [] }), { contains: '"never there"' });
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using first = await startFront(upstream, { controls: [undeclared.control] });
    await using second = await startFront(upstream, { controls: [declared.control, control('other', elsewhere)] });
    for (let i = 0; i < 3; i++)
      for (const front of [first, second]) expect(textsOf(await list(front, way))).toEqual([response('1', RENAMED)]);
    expect([undeclared.runs.count, declared.runs.count]).toEqual([3, 1]);
  });

  test('a list that differs in one byte is treated by itself', async () => {
    const { runs, control: renames } = renaming(() => []);
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [renames] });
    const other = (digit: number): string => TOOLS.replace('9007199254740993', `900719925474099${digit}`);
    for (const digit of [3, 4, 5, 3, 4, 5, 4]) {
      upstream.answer = withSessions(way.result(other(digit)));
      expect(textsOf(await list(front, way))).toEqual([response('1', other(digit).replace('"a"', '"A"'))]);
    }
    expect(runs.count).toBe(3);
  });

  test('a list counts for one method only, and results of other methods are never kept', async () => {
    const { runs, control: renames } = renaming(() => []);
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [renames] });
    for (const method of ['tools/list', 'prompts/list', 'tools/list', 'prompts/list'])
      await list(front, way, 1, { method });
    expect(runs.count).toBe(2);
    for (let i = 0; i < 3; i++)
      await list(front, way, 1, { method: 'tools/call', params: { name: 'x', arguments: {} } });
    expect(runs.count).toBe(5);
  });

  test('a control runs again when what it depends on changes, and if that changes while it runs', async () => {
    let season = 'spring';
    const { runs, control: renames } = renaming(() => () => (season === 'winter' ? undefined : [season]));
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [renames] });
    const after = async (): Promise<number> => {
      expect(textsOf(await list(front, way))).toEqual([response('1', RENAMED)]);
      return runs.count;
    };
    expect([await after(), await after()]).toEqual([1, 1]);
    season = 'summer';
    expect([await after(), await after()]).toEqual([2, 2]);
    season = 'winter';
    expect([await after(), await after()]).toEqual([3, 4]);
    season = 'spring';
    expect(await after()).toBe(4);
    const changing = renaming(
      () => () => [season],
      (message) => {
        season += '.';
        return message;
      },
    );
    await using other = await startFront(upstream, { controls: [changing.control] });
    for (let i = 0; i < 3; i++) await list(other, way);
    expect(changing.runs.count).toBe(3);
  });

  test('what was made is used for ten minutes', async () => {
    const { runs, control: renames } = renaming(() => []);
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [renames] });
    await list(front, way);
    const now = performance.now.bind(performance);
    let later = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
    later = 590_000;
    await list(front, way);
    expect(runs.count).toBe(1);
    later = 601_000;
    await list(front, way);
    expect(runs.count).toBe(2);
  });

  test('facts are noted for each call; a list about which they are noted in another way is not kept', async () => {
    const noting = renaming(
      () => [],
      (message, _, note) => {
        note({ control: 'renaming', seen: 2 });
        return message;
      },
    );
    const act: Control = async (call, next) =>
      (await next(call)).dependsOn([]).mapResult((result) => {
        call.note({ control: 'other', seen: 3 });
        return result;
      });
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using first = await startFront(upstream, { controls: [audit(), noting.control] });
    await using second = await startFront(upstream, { controls: [audit(), control('other', act)] });
    for (const front of [first, second]) for (let i = 0; i < 3; i++) await list(front, way);
    await vi.waitFor(() => expect(lines.all.filter(({ method }) => method === 'tools/list')).toHaveLength(6));
    const noted = lines.all
      .filter(({ method }) => method === 'tools/list')
      .map((line) => JSON.stringify(line).match(/"seen":\d/g));
    expect(noted.map(String)).toEqual([2, 2, 2, 3, 3, 3].map((seen) => `"seen":${seen}`));
    expect(noting.runs.count).toBe(1);
  });

  test('a list that a control refuses is refused each time', async () => {
    const { runs, control: refuses } = renaming(
      () => [],
      () => {
        throw new Error('never');
      },
    );
    await using upstream = await startUpstream(withSessions(way.result(TOOLS)));
    await using front = await startFront(upstream, { controls: [refuses] });
    for (let i = 1; i <= 3; i++) {
      expect(responseOf(await list(front, way)).error).toBeDefined();
      expect(runs.count).toBe(i);
    }
  });

  test('many callers with different rights at once: each gets the list that is theirs', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `t${i}`);
    const result = `{"tools":[${names.map((name) => `{"name":"${name}","description":"${'.'.repeat(5_000)}"}`).join(',')}],"cacheScope":"public"}`;
    const groups = Array.from({ length: 8 }, (_, i) => `g${i}`);
    const mayUse = (group: number): string[] => names.filter((_, i) => i % (group + 2) === 0);
    const policy = accessPolicy({ policies: groups.map((group, i) => allow({ group, tools: mayUse(i) })) });
    const byCaller: Control = async (call, next) => {
      const reply = await next(call);
      const own = call.caller.subject ?? '';
      return reply.dependsOn([own]).mapResult((shown) => ({ ...shown, for: own }));
    };
    await using upstream = await startUpstream(withSessions(way.result(result)));
    await using front = await startFront(upstream, {
      caller: header('x-caller'),
      controls: [control('by-caller', byCaller), policy],
    });
    const call = async (i: number): Promise<void> => {
      const group = i % groups.length;
      const subject = `s${i % 13}`;
      const caller = JSON.stringify({ sub: subject, groups: [groups[group], 'g99'] });
      const reply = await list(front, way, i, { more: [`X-Caller: ${caller}`] });
      const { id, result: shown }: { id: number; result: { tools: { name: string }[] } } = JSON.parse(
        JSON.stringify(responseOf(reply)),
      );
      expect(id).toBe(i);
      expect(shown.tools.map(({ name }) => name)).toEqual(mayUse(group));
      expect(shown).toMatchObject({ cacheScope: 'private', for: subject });
    };
    for (let round = 0; round < 6; round++)
      await Promise.all(Array.from({ length: 40 }, (_, i) => call(round * 40 + i + 1)));
  });
});

test('a list that no control has to read is searched once', async () => {
  let searches = 0;
  const act: Control = async (call, next) =>
    (await next(call)).dependsOn([]).mapMessages(() => ({ changed: true }), {
      when: () => {
        searches++;
        return false;
      },
    });
  const json = ways[0]?.[1] as Way;
  await using upstream = await startUpstream(json.result(TOOLS));
  await using front = await startFront(upstream, { controls: [control('searching', act)] });
  for (const id of [1, 22, 333]) expect((await list(front, json, id)).text).toBe(response(String(id)));
  expect(searches).toBe(1);
});

test('a detector that a team wrote may find something else each time, so its lists are not kept', async () => {
  let word = 'red';
  const colors: Detector = {
    name: 'colors',
    type: 'color',
    find: (text) =>
      text.includes(word) ? [{ start: text.indexOf(word), end: text.indexOf(word) + 3, type: 'color' }] : [],
  };
  expect([findsTheSame(colors), findsTheSame(email()), findsTheSame({ ...email(), ...colors })]).toEqual([
    false,
    true,
    false,
  ]);
  const way = ways[0]?.[1] as Way;
  await using upstream = await startUpstream(way.result('{"tools":[{"name":"a","description":"red or tan"}]}'));
  await using front = await startFront(upstream, { controls: [redaction({ client: { detectors: [colors] } })] });
  expect((await list(front, way)).text).toContain('REDACTED_COLOR or tan');
  word = 'tan';
  expect((await list(front, way)).text).toContain('red or REDACTED_COLOR');
});

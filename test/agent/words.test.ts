import type { Tool } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { nameForModel } from '../../bin/agent/model-tools.ts';
import { readOptions } from '../../bin/agent/options.ts';
import { resultLines, toolList } from '../../bin/agent/show.ts';
import { plain } from '../../bin/agent/terminal.ts';
import { parseLine } from '../../bin/agent/tool-line.ts';

const TOOLS: readonly Tool[] = [
  {
    name: 'search',
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string' },
        limit: { type: 'integer' },
        exact: { type: 'boolean' },
        tags: { type: 'array' },
        either: { type: ['string', 'number'] },
      },
      required: ['text'],
    },
  },
];

describe('a typed call', () => {
  test.each([
    ['search', {}],
    ['search {"text":"a b","limit":3}', { text: 'a b', limit: 3 }],
    ['search text=42 limit=3 exact=true', { text: '42', limit: 3, exact: true }],
    ['search text="a b" limit=3', { text: 'a b', limit: 3 }],
    ['search text=\'it "is"\'', { text: 'it "is"' }],
    ['search text=', { text: '' }],
    ['search text=a=b', { text: 'a=b' }],
    ['search tags=["x","y"]', { tags: ['x', 'y'] }],
    ['search either=7', { either: 7 }],
    ['search limit=many', { limit: 'many' }],
    ['unlisted a=1 b=x', { a: 1, b: 'x' }],
  ])('%s gives each argument the type that the schema says, else JSON, else text', (line, expected) => {
    expect(parseLine(line, TOOLS)).toEqual({ tool: line.split(' ', 1)[0], arguments: expected });
  });

  test('may have an argument with any name', () => {
    const call = parseLine('unlisted __proto__=1', TOOLS);
    expect(typeof call === 'string' ? call : JSON.stringify(call.arguments)).toBe('{"__proto__":1}');
  });

  test.each([
    ['search text', /^expected key=value or a JSON object, got "text"/],
    ['search text="a', /^expected a closing "/],
    ['search text=a text=b', /^expected text once, got it twice/],
    ['search {"text":', /^expected a JSON object/],
  ])('%s is reported as faulty', (line, expected) => {
    expect(parseLine(line, TOOLS)).toMatch(expected);
  });
});

describe('text from others', () => {
  const HOSTILE = 'a\u001b]0;owned\u0007\u001b[2Jb\u009b31mc\u202ed\re';

  test('cannot control a terminal, in a description, a name or a result', () => {
    const tools = [
      {
        name: 'x\u001b[1m',
        description: HOSTILE,
        inputSchema: { type: 'object' as const, properties: { 'k\u001b[8m': { type: 'string' } } },
      },
    ];
    const shown =
      toolList(tools, (text) => text) +
      resultLines({
        content: [
          { type: 'text', text: HOSTILE },
          { type: 'resource_link', uri: 'x:\u001b[0m', name: 'n' },
        ],
        structuredContent: { k: HOSTILE },
      }).join('\n');
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(plain('two\nlines\tand a tab')).toBe('two\nlines\tand a tab');
  });

  test('is shown once if text and structured content are equal', () => {
    expect(
      resultLines({ content: [{ type: 'text', text: '{ "a": [1, 2] }' }], structuredContent: { a: [1, 2] } }),
    ).toEqual(['{ "a": [1, 2] }']);
    expect(
      resultLines({ content: [{ type: 'text', text: '{ "a": [2, 1] }' }], structuredContent: { a: [1, 2] } }),
    ).toEqual(['{ "a": [2, 1] }', '{"a":[1,2]}']);
  });

  test('of other kinds is named, with its size', () => {
    const data = Buffer.alloc(3000).toString('base64');
    expect(
      resultLines({
        content: [
          { type: 'image', data, mimeType: 'image/png' },
          { type: 'resource', resource: { uri: 'x:1', blob: data } },
          { type: 'resource', resource: { uri: 'x:2', text: 'inside' } },
        ],
      }),
    ).toEqual(['[image image/png, 2.9 KB]', '[resource x:1, 2.9 KB]', 'inside']);
    expect(resultLines({ content: [] })).toEqual(['(no content)']);
  });
});

describe('a name for the model', () => {
  test("is the tool's own if Bedrock accepts it, else one that it accepts and that no other tool has", () => {
    expect(nameForModel('orders___list-all', new Set())).toBe('orders___list-all');
    expect(nameForModel('files.read', new Set())).toBe('files_read');
    const other = nameForModel('files/read', new Set(['files_read']));
    const long = nameForModel('t'.repeat(100), new Set());
    for (const name of [other, long]) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(new Set([other, long, nameForModel('t'.repeat(101), new Set()), 'files_read']).size).toBe(4);
  });
});

describe('options', () => {
  test('treat a first word without spaces as the name of a deployment, and the rest as the prompt', () => {
    expect(readOptions(['prod-calc', 'what', 'is', '2?'])).toMatchObject({ name: 'prod-calc', prompt: 'what is 2?' });
    expect(readOptions(['what is 2?'])).toMatchObject({
      name: undefined,
      prompt: 'what is 2?',
      url: 'http://127.0.0.1:8000/mcp',
    });
    expect(readOptions(['--url', 'https://x.example/mcp', 'hello'])).toMatchObject({
      name: undefined,
      prompt: 'hello',
    });
  });

  test('treat what is before --call as the name, and what follows as arguments', () => {
    expect(readOptions(['prod-calc', '--endpoint', 'live', '--list'])).toMatchObject({
      name: 'prod-calc',
      endpoint: 'live',
      list: true,
    });
    expect(() => readOptions(['--url', 'https://x.example/mcp', '--endpoint', 'live', '--list'])).toThrow(
      '--endpoint needs the NAME of a deployment; a URL names its endpoint itself (?qualifier=E)',
    );
    expect(readOptions(['prod-calc', '--call', 'add', 'a=1', 'b=2', '--json'])).toMatchObject({
      name: 'prod-calc',
      call: { tool: 'add', words: ['a=1', 'b=2'] },
      json: true,
      model: undefined,
    });
  });

  test.each([
    [['--frob'], /^unknown option '--frob' \("npm run agent -- --help" shows how\)$/],
    [['--call'], /^option '--call <value>' argument missing/],
    [
      ['--call', 'add', 'prod-calc'],
      /^expected arguments such as '\{"a":2\}' or a=2 after --call add, got "prod-calc"; NAME goes before --call/,
    ],
    [['--list', '--call', 'add'], /^expected one of --list and --call, got both/],
    [['--list', 'what is it?'], /^expected no prompt without a model, got "what is it\?"/],
    [['--no-model', '--json'], /^--json needs --list, --call or a prompt/],
    [['--no-model', '--model', 'x'], /^expected one of --model and --no-model, got both/],
    [['--auth', 'basic', '--url', 'https://x.example/mcp'], /^--auth: expected none, iam or cognito, got "basic"/],
    [['prod-calc', '--auth', 'iam'], /^--auth needs --url/],
  ])('%j are reported as wrong in one line', (args, expected) => {
    let thrown: unknown;
    try {
      readOptions(args);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ exitCode: 2, message: expect.stringMatching(expected) });
    expect(String(thrown)).not.toContain('\n');
  });
});

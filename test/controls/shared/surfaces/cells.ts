/**
 * Every place at which a string travels through the proxy. Each content control is tested at each of them, in both
 * eras, as JSON and in event streams (`carry.ts`). The table in docs/surfaces.md is generated from them (`page.ts`).
 */
import type { Way } from '../../../dispatch/forms.ts';

type Params = Readonly<Record<string, unknown>>;
type Era = Way['era'];

/**
 * `data`: may be changed. `fixed`: inspected, and the message is refused, because software interprets the text.
 * `passed`: not inspected, for the given reason.
 */
export type Kind = 'data' | 'fixed' | { readonly passed: string };

interface Common {
  readonly name: string;
  readonly kind: Kind;
  /** @default both */
  readonly eras?: readonly Era[];
  /** How the text is written there. @default - unchanged */
  readonly write?: (text: string) => string;
  /** How it is read back. @default - unchanged */
  readonly read?: (sent: string) => string;
}

/** From the client to the upstream. */
export interface OutwardCell extends Common {
  /** A request. */
  readonly request?: (text: string) => readonly [method: string, params: Params];
  /** A notification or any other message. */
  readonly message?: (text: string) => Params;
  /** The `result` (or `error`) of the client's answer to an upstream's request of this method. */
  readonly answer?: (text: string) => {
    readonly question: string;
    readonly result?: unknown;
    readonly error?: unknown;
  };
}

/** From the upstream to the client. */
export interface InwardCell extends Common {
  /** The call whose reply it is in. */
  readonly call?: readonly [method: string, params: Params];
  readonly result?: (text: string) => unknown;
  readonly error?: (text: string) => unknown;
  /** A message before the result, possible only in an event stream. */
  readonly message?: (text: string) => Params;
  /** On a GET stream instead (legacy). */
  readonly stream?: true;
  /** Further members of the response. */
  readonly more?: (text: string) => Params;
  /** The key that is written with an escape. */
  readonly escaped?: string;
  /** Software sends this text on, to the upstream or to the host of a URL: tokens stay tokens. */
  readonly echoed?: true;
  /** It describes the content of a file: a control that may change files leaves it out. */
  readonly ofFile?: true;
}

const TOOL = ['tools/call', { name: 'x', arguments: {} }] as const;
/** As a JSON string, with its first character escaped. */
const escaped = (text: string): string =>
  JSON.stringify(text).replace(/^"(.)/, (_, c: string) => `"\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const fromBase64 = (text: string): string =>
  text.replace(/[A-Za-z0-9+/]{16,}={0,2}/g, (found) => Buffer.from(found, 'base64').toString('utf8'));
const SOFTWARE = 'written by client or server software, not by a person or a model';
const RETURNS = 'returns to the side that created it';

export const OUTWARD: readonly OutwardCell[] = [
  {
    name: 'tools/call: an argument',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { to: text } }],
  },
  {
    name: 'tools/call: an argument within lists and objects',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { a: [[{ b: [`call ${text} now`] }]] } }],
  },
  {
    name: 'tools/call: a key',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { people: { [text]: 1 } } }],
  },
  {
    name: 'tools/call: JSON in a string',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { body: JSON.stringify({ a: [{ to: text }] }) } }],
  },
  {
    name: 'tools/call: JSON in a string, escaped',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { body: `{"to":${escaped(text)}}` } }],
  },
  {
    name: 'tools/call: JSON within a text, escaped',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: { body: `sent {"to":${escaped(text)}}` } }],
  },
  {
    name: 'tools/call: a URL, percent-encoded',
    kind: 'data',
    write: percent,
    request: (text) => ['tools/call', { name: 'x', arguments: { url: `https://example.com/?q=${text}&r=1` } }],
  },
  {
    name: 'tools/call: the name',
    kind: 'fixed',
    request: (text) => ['tools/call', { name: `x ${text}`, arguments: {} }],
  },
  {
    name: 'tools/call: `task`',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: {}, task: { ttl: 1, name: text } }],
  },
  {
    name: 'tools/call: any other member',
    kind: 'data',
    request: (text) => ['tools/call', { name: 'x', arguments: {}, more: { a: text } }],
  },
  {
    name: '_meta',
    kind: 'data',
    message: (text) => ({
      id: 1,
      method: 'tools/call',
      params: { name: 'x', arguments: {}, _meta: { 'com.example/user': text } },
    }),
  },
  {
    name: '_meta: progressToken',
    kind: { passed: SOFTWARE },
    message: (text) => ({
      id: 1,
      method: 'tools/call',
      params: { name: 'x', arguments: {}, _meta: { progressToken: text } },
    }),
  },
  {
    name: 'prompts/get: an argument',
    kind: 'data',
    request: (text) => ['prompts/get', { name: 'p', arguments: { who: text } }],
  },
  { name: 'prompts/get: the name', kind: 'fixed', request: (text) => ['prompts/get', { name: `p ${text}` }] },
  {
    name: 'resources/read: the URI',
    kind: 'data',
    request: (text) => ['resources/read', { uri: `customer://${text}` }],
  },
  {
    name: 'resources/read: the URI, percent-encoded',
    kind: 'data',
    write: percent,
    request: (text) => ['resources/read', { uri: `customer://x/${text}?full=1` }],
  },
  {
    name: 'resources/subscribe: the URI',
    kind: 'data',
    eras: ['legacy'],
    request: (text) => ['resources/subscribe', { uri: `customer://${text}` }],
  },
  {
    name: 'resources/directory/read: the URI',
    kind: 'data',
    request: (text) => ['resources/directory/read', { uri: `customer://${text}` }],
  },
  { name: 'skills/get: the URI', kind: 'data', request: (text) => ['skills/get', { uri: `skill://${text}/SKILL.md` }] },
  {
    name: 'subscriptions/listen: the URIs',
    kind: 'data',
    eras: ['modern'],
    request: (text) => ['subscriptions/listen', { notifications: { resourceSubscriptions: [`customer://${text}`] } }],
  },
  {
    name: 'completion/complete: the value',
    kind: 'data',
    request: (text) => [
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'who', value: text } },
    ],
  },
  {
    name: 'completion/complete: the context',
    kind: 'data',
    request: (text) => [
      'completion/complete',
      {
        ref: { type: 'ref/prompt', name: 'p' },
        argument: { name: 'a', value: 'b' },
        context: { arguments: { who: text } },
      },
    ],
  },
  {
    name: 'completion/complete: a URI template',
    kind: 'data',
    request: (text) => [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: `customer://${text}/{id}` }, argument: { name: 'id', value: '' } },
    ],
  },
  { name: 'lists: the cursor', kind: { passed: RETURNS }, request: (text) => ['tools/list', { cursor: text }] },
  {
    name: 'requestState',
    kind: { passed: RETURNS },
    eras: ['modern'],
    request: (text) => ['tools/call', { name: 'x', arguments: {}, requestState: text }],
  },
  {
    name: 'tasks: the task id',
    kind: { passed: RETURNS },
    eras: ['legacy'],
    request: (text) => ['tasks/cancel', { taskId: text }],
  },
  {
    name: 'initialize: the client',
    kind: { passed: SOFTWARE },
    eras: ['legacy'],
    request: (text) => [
      'initialize',
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: text, version: '1' } },
    ],
  },
  {
    name: 'logging/setLevel',
    kind: 'fixed',
    eras: ['legacy'],
    request: (text) => ['logging/setLevel', { level: text }],
  },
  { name: 'a method that MCP does not define', kind: 'data', request: (text) => ['acme/any', { a: { b: [text] } }] },
  {
    name: 'an answer to an elicitation',
    kind: 'data',
    eras: ['legacy'],
    answer: (text) => ({ question: 'elicitation/create', result: { action: 'accept', content: { email: text } } }),
  },
  {
    name: 'an answer to an elicitation, in a retried request',
    kind: 'data',
    eras: ['modern'],
    request: (text) => [
      'tools/call',
      {
        name: 'x',
        arguments: {},
        requestState: 's',
        inputResponses: { who: { action: 'accept', content: { email: text } } },
      },
    ],
  },
  {
    name: 'an answer to a sampling',
    kind: 'data',
    eras: ['legacy'],
    answer: (text) => ({
      question: 'sampling/createMessage',
      result: { role: 'assistant', model: 'm', content: { type: 'text', text: `Dear ${text}` } },
    }),
  },
  {
    name: 'an answer to a sampling, in a retried request',
    kind: 'data',
    eras: ['modern'],
    request: (text) => [
      'tools/call',
      {
        name: 'x',
        arguments: {},
        requestState: 's',
        inputResponses: { who: { role: 'assistant', model: 'm', content: { type: 'text', text } } },
      },
    ],
  },
  {
    name: 'an answer to roots/list',
    kind: 'data',
    eras: ['legacy'],
    answer: (text) => ({ question: 'roots/list', result: { roots: [{ uri: `file:///home/${text}`, name: text }] } }),
  },
  {
    name: 'an answer that is an error',
    kind: 'data',
    eras: ['legacy'],
    answer: (text) => ({
      question: 'elicitation/create',
      error: { code: -1, message: `not ${text}`, data: { who: text } },
    }),
  },
  {
    name: 'notifications/progress',
    kind: 'data',
    eras: ['legacy'],
    message: (text) => ({ method: 'notifications/progress', params: { progressToken: 1, progress: 1, message: text } }),
  },
  {
    name: 'notifications/cancelled: the reason',
    kind: 'data',
    message: (text) => ({ method: 'notifications/cancelled', params: { requestId: 77, reason: `as ${text} said` } }),
  },
  {
    name: 'a notification that MCP does not define',
    kind: 'data',
    message: (text) => ({ method: 'notifications/acme', params: { a: text } }),
  },
  {
    name: 'an unknown member of the JSON-RPC message',
    kind: 'fixed',
    message: (text) => ({ id: 1, method: 'tools/call', params: { name: 'x' }, more: { a: text } }),
  },
  {
    name: 'the id of a request',
    kind: { passed: SOFTWARE },
    message: (text) => ({ id: text, method: 'tools/call', params: { name: 'x' } }),
  },
];

export const INWARD: readonly InwardCell[] = [
  {
    name: 'tools/call: text',
    kind: 'data',
    result: (text) => ({ content: [{ type: 'text', text: `It is ${text}.` }] }),
  },
  {
    name: 'tools/call: text that is JSON',
    kind: 'data',
    result: (text) => ({ content: [{ type: 'text', text: JSON.stringify({ rows: [{ to: text }] }) }] }),
  },
  {
    name: 'tools/call: structuredContent',
    kind: 'data',
    result: (text) => ({ content: [], structuredContent: { a: [{ b: text }] } }),
  },
  {
    name: 'tools/call: a key in structuredContent',
    kind: 'data',
    result: (text) => ({ content: [], structuredContent: { people: { [text]: 1 } } }),
  },
  {
    name: 'tools/call: an embedded resource',
    kind: 'data',
    result: (text) => ({ content: [{ type: 'resource', resource: { uri: 'customer://x', text } }] }),
  },
  {
    name: 'tools/call: the URI of an embedded resource',
    kind: 'data',
    echoed: true,
    result: (text) => ({ content: [{ type: 'resource', resource: { uri: `customer://${text}`, text: '' } }] }),
  },
  {
    name: 'tools/call: a resource link',
    kind: 'data',
    result: (text) => ({
      content: [{ type: 'resource_link', uri: `customer://x`, name: text, title: text, description: text }],
    }),
  },
  {
    name: 'tools/call: a blob that is text',
    kind: 'data',
    write: base64,
    read: fromBase64,
    result: (text) => ({ content: [{ type: 'resource', resource: { uri: 'x://y', blob: text } }] }),
  },
  {
    name: 'tools/call: an image that is text (SVG)',
    kind: 'data',
    write: (text) => base64(`<svg><text>${text}</text></svg>`),
    read: fromBase64,
    result: (text) => ({ content: [{ type: 'image', mimeType: 'image/svg+xml', data: text }] }),
  },
  {
    name: 'tools/call: base64 within a text',
    kind: { passed: 'base64 in running text is not decoded' },
    write: base64,
    read: fromBase64,
    result: (text) => ({ content: [{ type: 'text', text: `Authorization: Basic ${text}` }] }),
  },
  {
    name: 'tools/call: an error result (`isError`)',
    kind: 'data',
    result: (text) => ({ content: [{ type: 'text', text: `no ${text}` }], isError: true }),
  },
  {
    name: 'tools/call: a MIME type',
    kind: 'fixed',
    result: (text) => ({ content: [{ type: 'image', data: '', mimeType: text }] }),
  },
  { name: '_meta of a result', kind: 'data', result: (text) => ({ content: [], _meta: { 'com.example/a': text } }) },
  { name: 'a member that MCP does not define', kind: 'data', result: (text) => ({ content: [], more: [text] }) },
  {
    name: 'resources/read: text',
    kind: 'data',
    call: ['resources/read', { uri: 'x://y' }],
    result: (text) => ({ contents: [{ uri: 'x://y', text: `name: ${text}` }] }),
  },
  {
    name: 'resources/read: a blob that is text',
    kind: 'data',
    call: ['resources/read', { uri: 'x://y' }],
    write: base64,
    read: fromBase64,
    result: (text) => ({ contents: [{ uri: 'x://y', blob: text }] }),
  },
  {
    name: 'resources/read: the URI',
    kind: 'data',
    echoed: true,
    call: ['resources/read', { uri: 'x://y' }],
    result: (text) => ({ contents: [{ uri: `x://${text}`, text: '' }] }),
  },
  {
    name: 'prompts/get: messages',
    kind: 'data',
    call: ['prompts/get', { name: 'p' }],
    result: (text) => ({
      description: text,
      messages: [{ role: 'user', content: { type: 'text', text: `Write to ${text}` } }],
    }),
  },
  {
    name: 'completion/complete: values',
    kind: 'data',
    call: ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: 'b' } }],
    result: (text) => ({ completion: { values: ['a', text] } }),
  },
  {
    name: 'tools/list: descriptions and titles',
    kind: 'data',
    call: ['tools/list', {}],
    result: (text) => ({
      tools: [
        {
          name: 'x',
          title: text,
          description: `ask ${text}`,
          inputSchema: { type: 'object', properties: { a: { type: 'string', description: text, default: text } } },
          annotations: { title: text },
        },
      ],
    }),
  },
  {
    name: 'tools/list: names',
    kind: 'fixed',
    call: ['tools/list', {}],
    result: (text) => ({ tools: [{ name: text, inputSchema: { type: 'object' } }] }),
  },
  {
    name: 'tools/list: names of arguments',
    kind: 'fixed',
    call: ['tools/list', {}],
    result: (text) => ({ tools: [{ name: 'x', inputSchema: { type: 'object', properties: { [text]: {} } } }] }),
  },
  {
    name: 'lists: the cursor',
    kind: 'fixed',
    call: ['tools/list', {}],
    result: (text) => ({ tools: [], nextCursor: text }),
  },
  {
    name: 'tools/list: the URL of an icon',
    kind: 'data',
    echoed: true,
    call: ['tools/list', {}],
    result: (text) => ({
      tools: [
        { name: 'x', inputSchema: { type: 'object' }, icons: [{ src: `https://example.com/i.png?who=${text}` }] },
      ],
    }),
  },
  {
    name: 'prompts/list: descriptions and titles',
    kind: 'data',
    call: ['prompts/list', {}],
    result: (text) => ({
      prompts: [{ name: 'p', title: text, description: text, arguments: [{ name: 'a', description: text }] }],
    }),
  },
  {
    name: 'resources/list: names and descriptions',
    kind: 'data',
    call: ['resources/list', {}],
    result: (text) => ({ resources: [{ uri: 'x://y', name: text, title: text, description: text }] }),
  },
  {
    name: 'resources/list: URIs',
    kind: 'data',
    echoed: true,
    call: ['resources/list', {}],
    result: (text) => ({ resources: [{ uri: `x://${text}`, name: 'x' }] }),
  },
  {
    name: 'resources/directory/read: names and descriptions',
    kind: 'data',
    call: ['resources/directory/read', { uri: 'x://y' }],
    result: (text) => ({ resources: [{ uri: 'x://y/z', name: text, description: text }] }),
  },
  {
    name: 'skills/list: frontmatter',
    kind: 'data',
    call: ['skills/list', {}],
    result: (text) => ({
      skills: [
        {
          uri: 'skill://x/SKILL.md',
          frontmatter: { name: 'x', description: text, metadata: { a: text } },
          resources: [{ uri: 'skill://x/SKILL.md', digest: `sha256:${'0'.repeat(64)}`, size: 1 }],
        },
      ],
    }),
  },
  {
    name: 'skills/list: URIs',
    kind: 'data',
    echoed: true,
    call: ['skills/list', {}],
    result: (text) => ({
      skills: [{ uri: `skill://${text}/SKILL.md`, frontmatter: { name: 'x', description: 'd' }, resources: 'dynamic' }],
    }),
  },
  {
    name: 'skills/list: a digest that is none',
    kind: 'fixed',
    ofFile: true,
    call: ['skills/list', {}],
    result: (text) => ({
      skills: [
        {
          uri: 'skill://x/SKILL.md',
          frontmatter: { name: 'x', description: 'd' },
          resources: [{ uri: 'skill://x/SKILL.md', digest: text, size: 1 }],
        },
      ],
    }),
  },
  {
    name: 'skills/get: frontmatter',
    kind: 'data',
    call: ['skills/get', { uri: 'skill://x/SKILL.md' }],
    result: (text) => ({
      skill: { uri: 'skill://x/SKILL.md', frontmatter: { name: 'x', description: text }, resources: 'dynamic' },
    }),
  },
  {
    name: 'resources/templates/list: names',
    kind: 'data',
    call: ['resources/templates/list', {}],
    result: (text) => ({ resourceTemplates: [{ uriTemplate: 'x://{id}', name: text }] }),
  },
  {
    name: 'resources/templates/list: templates',
    kind: 'data',
    echoed: true,
    call: ['resources/templates/list', {}],
    result: (text) => ({ resourceTemplates: [{ uriTemplate: `x://${text}/{id}`, name: 'x' }] }),
  },
  {
    name: 'initialize: instructions',
    kind: 'data',
    eras: ['legacy'],
    call: ['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } }],
    result: (text) => ({
      protocolVersion: '2025-11-25',
      capabilities: {},
      serverInfo: { name: 'u', version: '1', title: text },
      instructions: `ask ${text}`,
    }),
  },
  {
    name: 'server/discover: instructions',
    kind: 'data',
    eras: ['modern'],
    call: ['server/discover', {}],
    result: (text) => ({
      supportedVersions: ['2026-07-28'],
      capabilities: {},
      serverInfo: { name: 'u', version: '1' },
      instructions: `ask ${text}`,
    }),
  },
  {
    name: "the server's name and version",
    kind: { passed: SOFTWARE },
    eras: ['modern'],
    call: ['server/discover', {}],
    result: (text) => ({
      supportedVersions: ['2026-07-28'],
      capabilities: {},
      serverInfo: { name: text, version: text },
    }),
  },
  {
    name: 'a question within a result: the key',
    kind: 'fixed',
    eras: ['modern'],
    result: (text) => ({
      resultType: 'input_required',
      inputRequests: {
        [text]: {
          method: 'elicitation/create',
          params: { message: '?', requestedSchema: { type: 'object', properties: {} } },
        },
      },
    }),
  },
  {
    name: 'a question within a result: elicitation',
    kind: 'data',
    eras: ['modern'],
    result: (text) => ({
      resultType: 'input_required',
      requestState: 's',
      inputRequests: {
        q: {
          method: 'elicitation/create',
          params: { message: `Is it ${text}?`, requestedSchema: { type: 'object', properties: {} } },
        },
      },
    }),
  },
  {
    name: 'a question within a result: the schema of the answer',
    kind: 'data',
    echoed: true,
    eras: ['modern'],
    result: (text) => ({
      resultType: 'input_required',
      requestState: 's',
      inputRequests: {
        q: {
          method: 'elicitation/create',
          params: {
            message: '?',
            requestedSchema: {
              type: 'object',
              properties: { a: { type: 'string', title: text, default: text, enum: [text] } },
            },
          },
        },
      },
    }),
  },
  {
    name: 'a question within a result: a URL to open',
    kind: 'data',
    echoed: true,
    eras: ['modern'],
    result: (text) => ({
      resultType: 'input_required',
      requestState: 's',
      inputRequests: {
        q: {
          method: 'elicitation/create',
          params: { mode: 'url', message: '?', url: `https://example.com/?who=${text}` },
        },
      },
    }),
  },
  {
    name: 'a question within a result: sampling',
    kind: 'data',
    echoed: true,
    eras: ['modern'],
    result: (text) => ({
      resultType: 'input_required',
      requestState: 's',
      inputRequests: {
        q: {
          method: 'sampling/createMessage',
          params: { systemPrompt: text, maxTokens: 1, messages: [{ role: 'user', content: { type: 'text', text } }] },
        },
      },
    }),
  },
  {
    name: 'requestState',
    kind: 'fixed',
    eras: ['modern'],
    result: (text) => ({ resultType: 'input_required', requestState: text, inputRequests: {} }),
  },
  {
    name: 'requestState, its key escaped',
    kind: 'fixed',
    eras: ['modern'],
    escaped: 'requestState',
    result: (text) => ({ resultType: 'input_required', requestState: text, inputRequests: {} }),
  },
  {
    name: 'tools/call: the id of a task (2025-11-25)',
    kind: 'fixed',
    result: (text) => ({ task: { taskId: text, status: 'working' } }),
  },
  {
    name: 'tools/call: the id of a task',
    kind: 'fixed',
    result: (text) => ({ resultType: 'task', taskId: text, status: 'working' }),
  },
  {
    name: 'tools/call: the id of a task, its key escaped',
    kind: 'fixed',
    escaped: 'taskId',
    result: (text) => ({ resultType: 'task', taskId: text, status: 'working' }),
  },
  {
    name: 'tasks/get: the id',
    kind: 'fixed',
    call: ['tasks/get', { taskId: 't' }],
    result: (text) => ({ taskId: text, status: 'working' }),
  },
  {
    name: 'tasks/get: `statusMessage`',
    kind: 'data',
    call: ['tasks/get', { taskId: 't' }],
    result: (text) => ({ taskId: 't', status: 'working', statusMessage: text }),
  },
  {
    name: 'tasks/list: the ids',
    kind: 'fixed',
    eras: ['legacy'],
    call: ['tasks/list', {}],
    result: (text) => ({ tasks: [{ taskId: text, status: 'working' }] }),
  },
  {
    name: 'tasks/cancel: the id',
    kind: 'fixed',
    call: ['tasks/cancel', { taskId: 't' }],
    result: (text) => ({ taskId: text, status: 'cancelled' }),
  },
  {
    name: 'tasks/update: the id',
    kind: 'fixed',
    call: ['tasks/update', { taskId: 't' }],
    result: (text) => ({ taskId: text, status: 'working' }),
  },
  {
    name: 'the id of a task, in a result of a method that MCP does not define',
    kind: 'fixed',
    call: ['acme/any', {}],
    result: (text) => ({ taskId: text }),
  },
  {
    name: '_meta: the id of the related task',
    kind: 'fixed',
    result: (text) => ({ content: [], _meta: { 'io.modelcontextprotocol/related-task': { taskId: text } } }),
  },
  {
    name: 'notifications/tasks: the id',
    kind: 'fixed',
    message: (text) => ({ method: 'notifications/tasks', params: { taskId: text, status: 'working' } }),
  },
  {
    name: 'notifications/tasks/status: the id',
    kind: 'fixed',
    message: (text) => ({ method: 'notifications/tasks/status', params: { taskId: text, status: 'working' } }),
  },
  {
    name: 'notifications/tasks/status: `statusMessage`',
    kind: 'data',
    message: (text) => ({
      method: 'notifications/tasks/status',
      params: { taskId: 't', status: 'working', statusMessage: text },
    }),
  },
  {
    name: 'a notification whose name begins with `notifications/tasks/`',
    kind: 'data',
    message: (text) => ({
      method: 'notifications/tasks/acme',
      params: { taskId: 't', result: { content: [{ type: 'text', text }] } },
    }),
  },
  {
    name: 'an error: message and data',
    kind: 'data',
    error: (text) => ({ code: -32000, message: `no ${text}`, data: { who: [text] } }),
  },
  {
    name: 'a result of a method that MCP does not define',
    kind: 'data',
    call: ['acme/any', {}],
    result: (text) => ({ any: { thing: text } }),
  },
  {
    name: 'an unknown member of the JSON-RPC message',
    kind: 'data',
    result: () => ({ content: [] }),
    more: (text) => ({ debug: { a: text } }),
  },
  {
    name: 'notifications/progress',
    kind: 'data',
    message: (text) => ({
      method: 'notifications/progress',
      params: { progressToken: 1, progress: 1, message: `at ${text}` },
    }),
  },
  {
    name: 'notifications/message: data',
    kind: 'data',
    message: (text) => ({
      method: 'notifications/message',
      params: { level: 'info', logger: text, data: { user: text } },
    }),
  },
  {
    name: 'notifications/message: a text',
    kind: 'data',
    message: (text) => ({ method: 'notifications/message', params: { level: 'info', data: `user ${text}` } }),
  },
  {
    name: 'notifications/resources/updated: the URI',
    kind: 'data',
    echoed: true,
    eras: ['legacy'],
    message: (text) => ({ method: 'notifications/resources/updated', params: { uri: `x://${text}` } }),
  },
  {
    name: 'a notification that MCP does not define',
    kind: 'data',
    message: (text) => ({ method: 'notifications/acme', params: { a: [text] } }),
  },
  {
    name: 'elicitation/create',
    kind: 'data',
    eras: ['legacy'],
    message: (text) => ({
      id: 'q',
      method: 'elicitation/create',
      params: { message: `Is it ${text}?`, requestedSchema: { type: 'object', properties: {} } },
    }),
  },
  {
    name: 'elicitation/create: the schema of the answer',
    kind: 'data',
    echoed: true,
    eras: ['legacy'],
    message: (text) => ({
      id: 'q',
      method: 'elicitation/create',
      params: {
        message: '?',
        requestedSchema: { type: 'object', properties: { a: { type: 'string', description: text, default: text } } },
      },
    }),
  },
  {
    name: 'sampling/createMessage',
    kind: 'data',
    echoed: true,
    eras: ['legacy'],
    message: (text) => ({
      id: 'q',
      method: 'sampling/createMessage',
      params: {
        systemPrompt: text,
        maxTokens: 1,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text },
              { type: 'tool_result', toolUseId: 't', content: [{ type: 'text', text }] },
            ],
          },
        ],
      },
    }),
  },
  {
    name: 'GET stream: notifications/message',
    kind: 'data',
    eras: ['legacy'],
    stream: true,
    message: (text) => ({ method: 'notifications/message', params: { level: 'info', data: text } }),
  },
  {
    name: 'GET stream: elicitation/create',
    kind: 'data',
    eras: ['legacy'],
    stream: true,
    message: (text) => ({
      id: 'q',
      method: 'elicitation/create',
      params: { message: text, requestedSchema: { type: 'object', properties: {} } },
    }),
  },
];

export function callOf(cell: InwardCell): readonly [string, Params] {
  return cell.call ?? TOOL;
}

/** The files of `proxy/` that are mutated, and the tests that must notice. Tests that start processes are left out: too slow. */

/** Every file of these folders is mutated. */
export const WHOLE = ['upstream/auth', 'ingress', 'controls/access-policy'] as const;
/** They declare types. */
export const TYPES_ONLY: ReadonlySet<string> = new Set(['upstream/auth/auth', 'controls/access-policy/cedar-files.d']);

/** The tests of a source, which is named by its path below `proxy/`, without its ending. */
export const TARGETS: Readonly<Record<string, readonly string[]>> = {
  'upstream/address': ['test/upstream/address.test.ts'],
  'upstream/forbidden-address': ['test/upstream/address.test.ts'],
  'upstream/headers': ['test/upstream/headers.test.ts'],
  ...inFolder('upstream/auth', {
    bearer: ['bearer'],
    'client-credentials': ['client-credentials'],
    'header-list': ['header-list'],
    iam: ['iam'],
    issuer: ['issuer'],
    renewal: ['renewal'],
    'resource-metadata': ['resource-metadata'],
    'secret-header': ['bearer', 'bindings'],
    'signed-headers': ['signed-headers'],
    sigv4: ['sigv4'],
    token: ['token'],
    way: ['bindings'],
    ways: ['ways', 'bindings'],
  }),
  'pipeline/compose': ['test/pipeline/control.test.ts', 'test/pipeline/answered.test.ts'],
  'pipeline/answered': ['test/pipeline/answered.test.ts'],
  'call/results': ['test/call/results.test.ts'],
  'call/variants': ['test/call/message.test.ts'],
  'call/message': ['test/call/message.test.ts'],
  'call/edit-message': ['test/call/message.test.ts'],
  'call/name-member': ['test/call/message.test.ts'],
  ...inFolder('ingress', {
    batch: ['batch'],
    body: ['body', 'smuggling'],
    connection: ['smuggling', 'paths', 'connections'],
    drain: ['drain-limits'],
    guards: ['hosts'],
    http: ['paths', 'body', 'forwarding'],
    'keep-alive': ['keep-alive'],
    mirror: ['mirror'],
    sink: ['sink'],
    target: ['paths'],
  }),
  'dispatch/streams': ['test/dispatch/streams.test.ts', 'test/dispatch/resume.test.ts'],
  ...inFolder('controls/shared/uris', { decoding: ['decoding'], forms: ['forms'] }),
  'controls/shared/uris/readings': ['test/controls/access-policy/uris.test.ts'],
  ...inFolder('controls/access-policy', {
    access: ['proxy', 'questions'],
    bounds: ['bounds'],
    'caller-entity': ['caller-entity'],
    'cedar-evaluator': ['cedar-evaluator', 'decisions'],
    cedar: ['decisions'],
    circumstances: ['decisions', 'questions'],
    check: ['check'],
    engine: ['decisions', 'bounds'],
    evaluator: ['evaluator'],
    expression: ['expression'],
    handle: ['decisions'],
    index: ['proxy', 'check'],
    kept: ['lists'],
    lists: ['lists'],
    load: ['load', 'decisions'],
    methods: ['methods'],
    names: ['names'],
    options: ['check', 'decisions'],
    pattern: ['plain-evaluator'],
    'plain-evaluator': ['plain-evaluator'],
    policies: ['decisions', 'check'],
    'prepared-sets': ['decisions', 'bounds', 'heads'],
    questions: ['questions'],
    reached: ['check'],
    reads: ['reads'],
    relevant: ['heads'],
    requests: ['questions', 'proxy'],
    rule: ['check', 'names'],
    schema: ['schema'],
    skills: ['skills'],
    values: ['values'],
    'wasm-file': ['decisions'],
    words: ['words'],
  }),
};

/** Tests are named as in the folder's own tests. */
function inFolder(
  folder: string,
  files: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(files).map(([file, tests]) => [
      `${folder}/${file}`,
      tests.map((test) => `test/${folder}/${test}.test.ts`),
    ]),
  );
}

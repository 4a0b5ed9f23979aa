/** Collections that outlive a call, by their file and name, and why each is not a `Cache`. */
export const NO_CACHES: Readonly<Record<string, string>> = {
  'proxy/base/cache.ts #entries': 'the cache itself',

  // Filled once from the config, the bindings or tables of this project.
  'proxy/aggregate/directory.ts #byName': 'upstreams of the config',
  'proxy/aggregate/to-one.ts #translators': 'upstreams of the config',
  'proxy/aggregate/uri-routes.ts #byName': 'upstreams of the config',
  'proxy/aggregate/catalogue.ts #rendered': 'two kinds of lists, each as large as those it was made of',
  'proxy/aggregate/health.ts #missing': 'ten parts of what is made of all upstreams, in two eras',
  'proxy/aggregate/member.ts #initializing': 'notifications that are on their way, which end within ten seconds',
  'proxy/aggregate/lists.ts #breakers': 'upstreams of the config, four kinds of lists each',
  'proxy/aggregate/lists.ts #generations': 'upstreams of the config, four kinds of lists each',
  'proxy/aggregate/positions.ts #positions': 'one stream, one id of each upstream',
  'proxy/aggregate/lists.ts #flights': 'lists that are being fetched',
  'proxy/base/environment.ts errors': 'while bindings are read',
  'proxy/base/environment.ts warnings': 'while bindings are read',
  'proxy/controls/access-policy/cedar-evaluator.ts #lookingAtCaller':
    'names of policy sets: see prepared-sets.ts #prepared',
  'proxy/controls/access-policy/cedar-evaluator.ts #lookingAtResource':
    'names of policy sets: see prepared-sets.ts #prepared',
  'proxy/controls/access-policy/plain-evaluator.ts #sets': 'policy sets: see prepared-sets.ts #prepared',
  'proxy/controls/access-policy/prepared-sets.ts #prepared': 'policies of the config, in 64 parts of each kind at most',
  'proxy/controls/access-policy/prepared-sets.ts #parts': 'three kinds',
  'proxy/controls/access-policy/engine.ts #forbidding': 'policies of the config',
  'proxy/controls/access-policy/requests.ts WHOLE': 'empty',
  'proxy/argument-names/reach.ts #named': 'paths of the config',
  'proxy/argument-names/rules.ts #kinds': 'kinds of methods',
  'proxy/argument-names/spellings.ts NONE': 'empty',
  'proxy/argument-names/walk.ts NONE': 'empty',
  'proxy/controls/shared/detectors/iban.ts lengths': 'countries',
  'proxy/controls/shared/detectors/phone-plan.ts #byCountry': 'countries',
  'proxy/controls/shared/detectors/phone-plan.ts #byCode': 'countries',
  'proxy/controls/shared/detectors/cells/markup.ts #headings': 'while one text is read',
  'proxy/controls/shared/detectors/cells/markup.ts #open': 'while one text is read',
  'proxy/controls/shared/detectors/cells/scan.ts #separators': 'while one text is read',
  'proxy/controls/shared/detectors/holders.ts list': 'one walk',
  'proxy/controls/shared/detectors/label.ts labels': 'the numbers of one text of at most 4,096 characters',
  'proxy/controls/shared/detectors/names/glued.ts NONE': 'empty',
  'proxy/controls/shared/detectors/plainer.ts patterns': 'combinations of a few kinds of spelling',
  'proxy/controls/shared/folded-text.ts folded': 'the units of UTF-16: 65,408 at most',
  'proxy/controls/shared/folded-values.ts #added': 'values of one message',
  'proxy/controls/shared/folded-values.ts #groups': 'values of one message',
  'proxy/controls/shared/folded-values.ts #spellings': 'values of one message',
  'proxy/controls/shared/folded-values.ts RUNGS': 'a fixed list',
  'proxy/controls/tokenization/address.ts codes': 'types of the config',
  'proxy/controls/tokenization/url.ts NETWORK': 'a fixed list',
  'proxy/json/renamed.ts NO_NAMES': 'empty',
  'proxy/controls/enrichment/names.ts #renamed': 'the config',
  'proxy/controls/enrichment/names.ts #byShown': 'the config',
  'proxy/controls/rate-limit/option-faults.ts all': 'while a config is checked',
  'proxy/controls/rate-limit/plan.ts #methodCosts': 'the config',
  'proxy/controls/rate-limit/table.ts #leases': 'limits of the config, by upstreams of the config',
  'proxy/controls/rate-limit/memory.ts counts': 'limits of the config; whose they are is in a cache',
  'proxy/controls/tool-lock/files.ts #exact': 'the lock',
  'proxy/controls/tool-lock/files.ts #schemes': 'the lock',
  'proxy/controls/tool-lock/files.ts #upstreams': 'the lock',
  'proxy/controls/tool-lock/pinned.ts #reported': 'at most 16',
  'proxy/controls/tokenization/loaded.ts #keyIds': 'the keyring',
  'proxy/controls/tokenization/tool-schemas.ts NONE': 'empty',
  'proxy/controls/tokenization/token.ts codes': 'types of values: the config',
  'proxy/json-schema/formats.ts PROPERTIES': 'properties of Unicode',
  'proxy/json-schema/references.ts ONE': 'keywords',
  'proxy/json-schema/references.ts LIST': 'keywords',
  'proxy/json-schema/references.ts NAMED': 'keywords',
  'proxy/json-schema/schema.ts NONE': 'empty',
  'proxy/ingress/guards.ts #allowed': 'ALLOWED_HOSTS',
  'proxy/telemetry/metrics.ts #tallies': 'methods of the protocol; written and emptied every few seconds',
  'proxy/telemetry/metrics.ts #controls': 'controls of the config',
  'proxy/telemetry/traces/traces.ts #controls': 'controls of the config',
  'proxy/telemetry/traces/traces.ts #servers': 'upstreams of the config',
  'proxy/upstream/mirrored-params.ts NO_PARAMS': 'empty',
  'proxy/call/variants.ts #keys': 'keys of the protocol',
  'proxy/call/variants.ts #folded': 'keys of the protocol',

  // For the lifetime of a tool's schema, which the bounded catalogue holds: at most 100,000 schemas and names of
  // places.
  'proxy/argument-names/declared.ts #numbers': "parts of a tool's schema",
  'proxy/argument-names/declared.ts #places': "places that a tool's schema has, 100,000 at most",
  'proxy/argument-names/declared.ts #members': "names that a tool's schema has",
  'proxy/argument-names/declared.ts #items': "positions that a tool's schema tells apart",
  'proxy/argument-names/spellings.ts #names': "names that a tool's schema or the config has",
  'proxy/argument-names/spellings.ts #folded': "names that a tool's schema or the config has",

  // For the lifetime of one call, one reply or one message.
  'proxy/call/exchange.ts facts': 'one call',
  'proxy/controls/shared/detectors/whole.ts spans': 'one search',
  'proxy/json-schema/progress.ts #reached': 'one check of one value',
  'proxy/controls/shared/known-values.ts list': 'one message',
  'proxy/controls/shared/known-values.ts lengths': 'one message',
  'proxy/controls/shared/known-values.ts #spellings': 'one message',
  'proxy/controls/shared/known-values.ts #beginnings': 'one message',
  'proxy/controls/redaction/redactor.ts types': 'one message',
  'proxy/controls/shared/surfaces/moving-place.ts path': 'one walk',
  'proxy/argument-names/walk.ts #pending': 'one walk',
  'proxy/controls/tokenization/finder.ts found': 'one walk',
  'proxy/controls/tokenization/passage.ts #issued': 'one call',
  'proxy/controls/tokenization/token-finder.ts beside': 'one walk',
  'proxy/controls/tokenization/token-finder.ts found': 'one walk',
  'proxy/json-schema/run.ts path': 'one check',
  'proxy/json-schema/run.ts scope': 'one check',
  'proxy/json-schema/run.ts properties': 'one check',
  'proxy/json-schema/run.ts items': 'one check',
  'proxy/ingress/batch.ts #chunks': 'one reply, bounded by maxInspectedReply',
  'proxy/ingress/keep-alive.ts #headers': 'one ping',
  'proxy/ingress/keep-alive.ts #chunks': 'one ping',
  'proxy/tool-search/held-reply.ts #chunks': 'one page of a list, bounded by maxInspectedReply',
  'proxy/tool-search/held-reply.ts headers': 'one page of a list',
  'proxy/json/digits.ts #places': 'one message',
  'proxy/json/digits.ts #digits': 'one message',
  'proxy/json/members.ts #keys': 'the last message: the next one clears it',
  'proxy/json/members.ts #starts': 'the last message',
  'proxy/json/members.ts #ends': 'the last message',
  'proxy/reply/applied.ts noted': 'facts of one message; kept with its list, in a cache that weighs them',
  'proxy/reply/scan.ts #objectAt': 'one message, as deep as one may be',

  // Parts of a compiled schema, which is in a cache that weighs it.
  'proxy/json-schema/references.ts #resources': 'one schema',
  'proxy/json-schema/references.ts #of': 'one schema',
  'proxy/json-schema/schema.ts #checks': 'one schema',
  'proxy/json-schema/schema.ts #patterns': 'one schema',
  'proxy/json-schema/schema.ts #pending': 'one schema',

  // In progress: each entry is removed when its work ends.
  'proxy/controls/audit/firehose.ts #pending': 'lines that are not sent yet, bounded in bytes',
  'proxy/controls/rate-limit/slots.ts #held': 'running calls',
  'proxy/tool-search/searched.ts #reading': 'lists of tools that are being read',
  'proxy/telemetry/traces/otlp.ts #underWay': 'running exports',
  'proxy/dispatch/streams.ts #listeners': 'GET streams that are open',
  'proxy/upstream/deadlines.ts active': 'running exchanges',
  'proxy/upstream/http/head.ts flat': 'headers of one response, 16 KB at most',
  'proxy/upstream/http/pool.ts #all': 'connections to one upstream, maxConnections at most',
  'proxy/upstream/http/pool.ts #free': 'connections to one upstream, maxConnections at most',
  'proxy/upstream/http/pool.ts #waiting': 'calls that wait for a connection, each for connectMs at most',
  'proxy/upstream/sessions.ts #opening': 'sessions that are being opened',
  'proxy/upstream/held.ts #byCaller': 'sessions open at the upstream, bounded for each caller and ended when idle',
  'proxy/upstream/held.ts #ending': 'sessions that are being ended',
};

/** A field that is a collection, or one at module level; constants are declared as `ReadonlySet` or `ReadonlyMap`. */
const FIELD =
  /^(?: {2}(?:readonly |static )*(#?\w+)|(?:export )?(?:const|let) (\w+))(?:: (?!Readonly(?:Set|Map)\b)[^=]+)? = (?:new (?:Map|Set)\b|\[\];$)/;
const IN_CONSTRUCTOR = /this\.(#?\w+) = new (?:Map|Set)\b/;

/** The collections in a file that may outlive a call, by name. */
export function collectionsIn(source: string): string[] {
  return source.split('\n').flatMap((line) => {
    const [, field, constant] = FIELD.exec(line) ?? IN_CONSTRUCTOR.exec(line) ?? [];
    const name = field ?? constant;
    return name === undefined ? [] : [name];
  });
}

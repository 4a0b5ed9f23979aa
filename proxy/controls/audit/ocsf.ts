/** OCSF 1.8.0: calls are API Activity (6003), heads of the chain are Application Lifecycle (6002). */
import { jsonLine } from '../../base/printable.ts';
import { kernelUuid } from '../../base/random.ts';
import { VERSION } from '../../base/version.ts';
import type { AuditEvent } from './event.ts';

const PRODUCT = { name: 'agentcore-mcp-proxy', vendor_name: 'agentcore-mcp-proxy', version: VERSION };
const READS: ReadonlySet<string> = new Set([
  'resources/read',
  'resources/list',
  'resources/templates/list',
  'resources/directory/read',
  'skills/list',
  'skills/get',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'server/discover',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'GET',
  'ping',
  'roots/list',
]);
const ENDS: ReadonlySet<string> = new Set(['DELETE', 'tasks/cancel', 'resources/unsubscribe']);

export function ocsf(event: AuditEvent): string {
  return jsonLine(event.event === 'head' ? lifecycle(event) : activity(event));
}

function activity(event: AuditEvent): object {
  const {
    event: kind,
    time,
    id,
    caller,
    method = 'http',
    name,
    upstream,
    answeredBy,
    outcome,
    status,
    code,
    why,
    bytesIn,
    bytesOut,
    ms,
    decisions,
    trace,
    session,
    fingerprints,
    era,
    kind: message,
    chain,
  } = event;
  const activity = READS.has(method) ? 2 : ENDS.has(method) ? 4 : 99;
  const failed =
    kind === 'refused' ||
    outcome === 'refused' ||
    outcome === 'rpc-error' ||
    outcome === 'tool-error' ||
    outcome === 'cut';
  const status_id = failed ? 2 : outcome === 'ok' ? 1 : 0;
  const at = Date.parse(time);
  return {
    activity_id: activity,
    activity_name: activity === 2 ? 'Read' : activity === 4 ? 'Delete' : method,
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: 6003,
    class_name: 'API Activity',
    type_uid: 600_300 + activity,
    severity_id: code === 'internal' ? 4 : failed ? 2 : 1,
    time: at,
    duration: ms && Math.round(ms.total),
    status_id,
    status: status_id === 0 ? 'Unknown' : failed ? 'Failure' : 'Success',
    status_code: code,
    message: why,
    status_detail: kind === 'decision' ? (answeredBy === undefined ? 'forwarded' : 'answered') : (outcome ?? kind),
    metadata: {
      version: '1.8.0',
      product: PRODUCT,
      profiles: trace === undefined ? undefined : ['trace'],
      uid: `${id ?? chain?.id ?? kernelUuid()}.${kind}`,
      correlation_uid: id,
      sequence: chain?.seq,
      log_name: 'audit',
    },
    actor: {
      app_name: 'mcp-client',
      user: caller === undefined ? undefined : { uid: caller },
      session: session === undefined ? undefined : { uid: session },
    },
    src_endpoint: { name: 'mcp-client' },
    api: {
      operation: method,
      service: upstream === undefined ? undefined : { name: upstream },
      version: era,
      response: status === undefined && code === undefined ? undefined : { code: status, error: code },
    },
    resources: name === undefined ? undefined : [{ name, type: typeOf(method) }],
    trace: trace === undefined ? undefined : { uid: trace },
    unmapped: { kind: message, answeredBy, bytesIn, bytesOut, decisions, fingerprints, chain },
  };
}

function lifecycle({ time, chain }: AuditEvent): object {
  const activity = chain?.seq === 0 ? 3 : chain?.end === true ? 4 : 99;
  return {
    activity_id: activity,
    activity_name: activity === 3 ? 'Start' : activity === 4 ? 'Stop' : 'audit chain head',
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: 6002,
    class_name: 'Application Lifecycle',
    type_uid: 600_200 + activity,
    severity_id: 1,
    time: Date.parse(time),
    status_id: 1,
    metadata: {
      version: '1.8.0',
      product: PRODUCT,
      uid: `${chain?.id ?? ''}.${chain?.seq ?? ''}`,
      sequence: chain?.seq,
      log_name: 'audit',
    },
    app: PRODUCT,
    unmapped: { chain },
  };
}

function typeOf(method: string): string {
  return method.startsWith('tools/')
    ? 'tool'
    : method.startsWith('prompts/')
      ? 'prompt'
      : method.startsWith('resources/') || method.startsWith('skills/')
        ? 'resource'
        : 'task';
}

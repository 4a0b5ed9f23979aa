/**
 * Holds an upstream to what a team has reviewed: a tool, prompt, resource template or skill that differs from
 * `tools.lock.json`, or is not in it, is not shown and can't be used. Other instructions and another
 * title or description of the server are left out.
 */
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import type { Control } from '../../pipeline/next.ts';
import { isSearch } from '../shared/search.ts';
import { Gate } from './gate.ts';
import { kindOfList } from './kinds.ts';
import { checkedOptions, type ToolLockOptions } from './options.ts';
import { LockedServer } from './server-info.ts';
import { Shown } from './shown.ts';

export type { ToolLockOptions } from './options.ts';

/**
 * Belongs last: it compares what the upstream itself says, before any other control changes it. Throws `TypeError` for
 * options with faults, such as a missing lock.
 */
export function toolLock(options: ToolLockOptions): DefinedControl {
  const checked = checkedOptions(options);
  return defineBuiltIn({
    name: 'tool-lock',
    stage: 'pin',
    does: 'withholds tools, prompts, templates and skills that differ from `tools.lock.json`',
    replies: { transforms: 'all', resources: 'keeps' },
    arguments: [],
    upstreams: checked.lock.upstreams,
    pins: { lock: checked.lock, enforces: checked.mode === 'enforce', except: checked.except },
    setup: ({ auditOnly = false, withholding }) => {
      const gate = new Gate(auditOnly ? { ...checked, mode: 'audit' } : checked);
      if (withholding !== undefined && gate.enforces) withholding.check = (call) => gate.admit(call);
      return controlOf(gate);
    },
  });
}

function controlOf(gate: Gate): Control {
  const shown = new Shown(gate);
  const server = new LockedServer(gate);
  return async (call, next) => {
    const admitted = gate.admit(call);
    if (admitted !== undefined) await admitted;
    const reply = await next(call);
    const kind = kindOfList(call.method);
    // Once something differs, each list says whether it still does.
    if (kind !== undefined || call.method === 'resources/list')
      reply.dependsOn(() => (gate.hasDiffered || gate.countsOwners(kind, call) ? undefined : []));
    if (kind !== undefined) reply.mapResult((result, _, note) => shown.list(kind, result, call, note));
    else if (call.method === 'initialize' || call.method === 'server/discover')
      reply.mapResult((result) => server.shown(result));
    else if (call.method === 'skills/get') reply.mapResult((result) => shown.skill(result, call));
    else if (call.method === 'resources/read') reply.mapResult((result) => shown.contents(result, call));
    else if (call.method === 'resources/list' || call.method === 'resources/directory/read')
      reply.mapResult((result, _, note) => shown.resources(result, note));
    else if (isSearch(call)) reply.mapResult((result, _, note) => shown.search(result, call, note));
    return reply;
  };
}

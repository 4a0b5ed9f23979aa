/**
 * Checks that calls match the tool's schema and contain nothing that the config refuses. Limits the size of results,
 * and removes their hidden characters.
 */
import { Invalid } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import type { Schema } from '../../json-schema/schema.ts';
import { JsonError } from '../../json/json-error.ts';
import { checkJson } from '../../json/strict.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import { anyOf } from '../shared/glob.ts';
import { ScopeWatch } from '../shared/surfaces/scope-watch.ts';
import { hidingIn } from '../shared/surfaces/scope.ts';
import { schemas } from '../shared/tool-schemas.ts';
import { checkArguments, fitsAtOnce, fitsKnown, isListed } from './arguments.ts';
import { faultsOf, type ValidationOptions } from './options.ts';
import { promisedBy, Results } from './results.ts';
import { Sanitizing } from './sanitize.ts';

export type { Refusing, ResultOptions, ValidationOptions } from './options.ts';

/** Belongs last, next to the upstream: it checks exactly what is sent, and sees replies first. */
export function validation(options: ValidationOptions = {}): DefinedControl {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`validation: ${faults.join('; ')}`);
  const { checkInputSchema = true, unchecked = [], refuse = [], results } = options;
  return defineBuiltIn({
    name: 'validation',
    stage: 'validate',
    does: "checks arguments against the tool's schema; limits results",
    replies:
      results === undefined
        ? 'ignores'
        : {
            transforms: 'all',
            resources: results.stripHiddenUnicode === true || results.maxCharacters !== undefined ? 'changes' : 'keeps',
          },
    arguments: [...(checkInputSchema ? [{ method: 'tools/call' }] : []), ...refuse.map(hidingIn)],
    setup: ({ withholding, onWarmUp }) => {
      onWarmUp?.(() => schemas.warm());
      const sanitizing = new Sanitizing(refuse);
      const inward = results === undefined ? undefined : new Results(results);
      const isUnchecked = anyOf(unchecked);
      const watch = new ScopeWatch('validation', { refuse: [refuse, 'arguments'] });
      const bounded = options.maxCharacters !== undefined || options.maxDepth !== undefined;
      const passed = (call: Call, promised?: Schema): Call | Passing =>
        inward === undefined ? call : { call, replied: (reply) => void inward.attach(reply, call, promised) };
      const compared = async (call: Call<'tools/call'>, inputs: boolean): Promise<Call | Passing> => {
        try {
          // An outdated schema suffices if the arguments match it: the upstream decides in the end.
          const { name } = call.params;
          const tool = call.upstream.listed?.(name) ?? (await call.upstream.tool(name, isListed));
          if (inputs && !fitsAtOnce(call, tool)) await checkArguments(call, tool);
          // Before the tool runs: its result can't be refused later because its schema is invalid.
          return passed(call, inward?.checks(call) === true ? await promisedBy(tool) : undefined);
        } catch (error) {
          // The refusal tells of the tool's schema, which shows that a withheld tool exists.
          await withholding?.check?.(call);
          throw error;
        }
      };
      const checked = (call: Call): Call | Passing | Promise<Call | Passing> => {
        if (!call.is('tools/call')) return passed(call);
        const inputs = checkInputSchema && !isUnchecked(call.params.name);
        if (inward?.checks(call) === true) return compared(call, inputs);
        if (!inputs) return passed(call);
        return fitsKnown(call) ? passed(call) : compared(call, inputs);
      };
      return inSteps((call) => {
        watch.see(call);
        if (bounded) checkSize(call, options);
        const sanitized = sanitizing.check(call);
        return sanitized === undefined ? checked(call) : sanitized.then(() => checked(call));
      });
    },
  });
}

/** Checks the parameters or a client's answer as they are sent. */
function checkSize({ message }: Call, { maxCharacters, maxDepth }: ValidationOptions): void {
  if (message === undefined || message.bodyStart < 0) return;
  const size = message.bodyEnd - message.bodyStart;
  if (maxCharacters !== undefined && size > maxCharacters)
    throw new Invalid(`expected at most ${maxCharacters} characters of parameters, got ${size}: send less`);
  if (maxDepth === undefined) return;
  try {
    checkJson(message.text.slice(message.bodyStart, message.bodyEnd), maxDepth);
  } catch (error) {
    if (error instanceof JsonError)
      throw new Invalid(
        `expected at most ${maxDepth} levels of nesting in the parameters, got more: nest them less deeply`,
      );
    throw error;
  }
}

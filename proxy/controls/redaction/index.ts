/** Removes data from calls, from replies, or from both, permanently: by field, or by detector. */
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import { checkDetectors } from '../shared/check-detectors.ts';
import { ScopeWatch } from '../shared/surfaces/scope-watch.ts';
import { changesResources, hidingIn } from '../shared/surfaces/scope.ts';
import { type RedactionOptions, redactionFaults } from './options.ts';
import { passing } from './passing.ts';
import { Rules } from './redactor.ts';

export type { Redacted, RedactionOptions } from './options.ts';

/** Belongs before secrets and tokenization, so that on the way to the upstream they need not read what it removes. */
export function redaction(options: RedactionOptions): DefinedControl {
  const faults = redactionFaults(options);
  if (faults.length > 0) throw new TypeError(`redaction: ${faults.join('; ')}`);
  const { upstream, client } = options;
  return defineBuiltIn({
    name: 'redaction',
    stage: 'remove',
    does: 'removes data for good',
    replies:
      client === undefined
        ? 'ignores'
        : { transforms: 'all', resources: changesResources(client.detectors, client.fields) ? 'changes' : 'keeps' },
    arguments: (upstream?.fields ?? []).map(hidingIn),
    check: () => checkDetectors('redaction', [...(upstream?.detectors ?? []), ...(client?.detectors ?? [])]),
    setup: ({ onWarmUp }) => {
      const watch = new ScopeWatch('redaction', {
        'upstream.fields': [upstream?.fields, 'arguments'],
        'upstream.keep': [upstream?.keep, 'arguments'],
        'client.fields': [client?.fields, 'results'],
        'client.keep': [client?.keep, 'results'],
      });
      return passing('redaction', {
        upstream: upstream && new Rules(upstream),
        client: client && new Rules(client),
        watch,
        ...(onWarmUp === undefined ? {} : { onWarmUp }),
      });
    },
  });
}

/** Stops secrets in both directions: keys, tokens, passwords, and others that have the form or name of a secret. */
import { Denied, Invalid } from '../../base/errors.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import { type SecretsOptions, secretsFaults } from '../redaction/options.ts';
import { passing, type Ways } from '../redaction/passing.ts';
import { Rules } from '../redaction/redactor.ts';
import { checkDetectors } from '../shared/check-detectors.ts';
import { secret } from '../shared/detectors/index.ts';
import { ScopeWatch } from '../shared/surfaces/scope-watch.ts';

export type { SecretsOptions } from '../redaction/options.ts';

/** Belongs after redaction, before tokenization. */
export function secrets(options: SecretsOptions): DefinedControl {
  const faults = secretsFaults(options);
  if (faults.length > 0) throw new TypeError(`secrets: ${faults.join('; ')}`);
  const { onFound, detectors = [], keep = [] } = options;
  return defineBuiltIn({
    name: 'secrets',
    stage: 'stop',
    does: 'stops secrets in both directions',
    replies: { transforms: 'all', resources: onFound === 'redact' ? 'changes' : 'keeps' },
    // It finds secrets at any place, under any name.
    arguments: [],
    check: () => checkDetectors('secrets', detectors),
    setup: ({ onWarmUp }) => {
      const rules = new Rules({ detectors: [secret(), ...detectors], keep });
      const ways = {
        upstream: rules,
        client: rules,
        watch: new ScopeWatch('secrets', { keep: [keep, 'either'] }),
        ...(onWarmUp === undefined ? {} : { onWarmUp }),
      };
      return passing('secrets', onFound === 'redact' ? ways : { ...ways, refuse });
    },
  });
}

const refuse: NonNullable<Ways['refuse']> =
  (call, direction) =>
  (type, { surface }) => {
    call.note({ control: 'secrets', found: type, in: surface, to: direction });
    // The model that wrote the secret can leave it out.
    if (surface === 'arguments' && call.is('tools/call'))
      throw new Invalid('arguments: expected no secret, got one: call again without it');
    throw new Denied(`${surface}: expected no secret, got one`);
  };

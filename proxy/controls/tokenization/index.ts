/**
 * Replaces data by tokens before it reaches one side, and tokens by the data before they reach the other. Nothing is
 * stored: a token contains its encrypted value, and the keyring opens it in any session and on any instance.
 */
import { log } from '../../base/log.ts';
import type { Call } from '../../call/call.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import type { Reply } from '../../reply/reply.ts';
import { checkDetectors } from '../shared/check-detectors.ts';
import { keyringSource, missingFile } from '../shared/keyring.ts';
import { ScopeWatch } from '../shared/surfaces/scope-watch.ts';
import { changesResources, hidingIn } from '../shared/surfaces/scope.ts';
import { Loaded } from './loaded.ts';
import { faultsOf, rulesOf, type TokenizationOptions, typesOf, untypedRestore } from './options.ts';
import { Passage } from './passage.ts';

export type { TokenizationOptions } from './options.ts';

/**
 * Belongs after redaction and secrets, which must see the data, and before validation, because the upstream's schema
 * sees tokens.
 */
export function tokenization(options: TokenizationOptions): DefinedControl {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`tokenization: ${faults.join('; ')}`);
  const {
    name = 'tokenization',
    keyring = 'TOKENIZATION_KEYRING',
    tenant,
    detectors = [],
    fields,
    keep,
    restore,
  } = options;
  return defineBuiltIn({
    name,
    stage: 'replace',
    does: 'replaces data by tokens, and tokens by data',
    replies: {
      transforms: 'all',
      // A token in a resource is restored if data is hidden from the upstream.
      resources: options.hideFrom !== 'client' || changesResources(detectors, fields) ? 'changes' : 'keeps',
    },
    ...(options.hideFrom === 'client' ? { hides: typesOf(options) } : { restores: typesOf(options) }),
    perCaller: typeof tenant === 'object',
    arguments: options.hideFrom === 'client' ? [] : (fields ?? []).map(hidingIn),
    bindings: {
      [keyring]: {
        for: 'where the keyring of tokens is: arn:…, or for local use file:… or env:…; "npm run keys" makes one',
        kind: 'keyring',
      },
    },
    check: () => checkDetectors(name, detectors),
    setup: ({ bindings, onWarmUp, warnOnce = (warning) => log.warn(warning) }) => {
      const source = keyringSource(bindings[keyring] ?? '', (warning) => warnOnce(`${keyring}: ${warning}`));
      if ('error' in source) throw new TypeError(`${keyring}: ${source.error}`);
      const missing = missingFile(source);
      if (missing !== undefined) throw new TypeError(`${keyring}: ${missing}`);
      const untyped = untypedRestore(options);
      if (untyped !== undefined) log.warn(`${name}: ${untyped}`, { event: 'tokenization' });
      const setting = {
        name,
        options,
        rules: rulesOf(options),
        loaded: new Loaded(source, detectors, typesOf(options)),
      };
      onWarmUp?.(() => setting.loaded.warm());
      const of = (list: string): string => (name === 'tokenization' ? list : `${name}.${list}`);
      const watch = new ScopeWatch('tokenization', {
        [of('fields')]: [fields, reachOf(options)],
        [of('keep')]: [keep, 'either'],
        [of('restore')]: [restore, 'arguments'],
      });
      return inSteps((call) => {
        watch.see(call);
        const passage = new Passage(call, setting);
        const passed = passage.outward();
        return passed instanceof Promise ? passed.then((sent) => new Sent(sent, passage)) : new Sent(passed, passage);
      });
    },
  });
}

/** A call as it goes on. */
class Sent implements Passing {
  readonly call: Call;
  readonly #passage: Passage;

  constructor(call: Call, passage: Passage) {
    this.call = call;
    this.#passage = passage;
  }

  replied(reply: Reply): void {
    this.#passage.inward(reply);
  }
}

/** Where tokenized fields may be. A field that only returns with tokens need not be an argument. */
function reachOf({ hideFrom = 'upstream', fields = [] }: TokenizationOptions): 'arguments' | 'results' | 'either' {
  if (hideFrom === 'client') return 'results';
  return fields.some(({ reverses }) => reverses === true) ? 'either' : 'arguments';
}

/** Every resource type that can be created here. Any other type is refused, never faked. */
import { isCustom } from '../../../cloudformation/spec.ts';
import { AwsError } from '../wire.ts';
import { AGENTCORE } from './agentcore.ts';
import { CUSTOM } from './custom.ts';
import { FUNCTIONS } from './functions.ts';
import { IDENTITY } from './identity.ts';
import type { Maker } from './maker.ts';
import { RESOURCE_POLICIES } from './resource-policy.ts';
import { STORAGE } from './storage.ts';

const MAKERS: Readonly<Record<string, Maker>> = {
  ...IDENTITY,
  ...STORAGE,
  ...FUNCTIONS,
  ...AGENTCORE,
  ...RESOURCE_POLICIES,
};

export function makerOf(type: string): Maker {
  const maker = isCustom(type) ? CUSTOM : MAKERS[type];
  if (maker === undefined)
    throw new AwsError(
      'ValidationError',
      `${type} can't be created here: describe what it does in test/e2e/aws/resources`,
    );
  return maker;
}

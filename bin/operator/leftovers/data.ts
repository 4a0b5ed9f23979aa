/** Resources that a deleted stack kept, because they hold data. */
import { awsFailure, nameOf } from '../aws.ts';
import type { Failure } from '../failure.ts';
import { type Kind, KINDS } from './kinds.ts';
import type { StackResource } from './stack-record.ts';

export interface Kept {
  readonly type: string;
  readonly id: string;
  /** Description, with its cost. */
  readonly what: string;
  /** Commands that remove it by hand; empty for an unknown type. */
  readonly commands: readonly string[];
}

/** Resources that go with another one, cost nothing, or are handled elsewhere (logs). */
const FREE =
  /^(?:AWS::IAM::|AWS::Logs::LogGroup$|AWS::Cognito::UserPool(?:Client|Domain|ResourceServer)$|AWS::CDK::|AWS::SecretsManager::ResourcePolicy$|Custom::)/;

/** The kept resources of a deleted stack that still exist. */
export async function stillThere(resources: readonly StackResource[], region: string): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const { type, physicalId: id } of resources.filter(
    ({ status, type, physicalId }) => status === 'DELETE_SKIPPED' && physicalId !== '' && !FREE.test(type),
  )) {
    const kind = KINDS.get(type);
    if (kind === undefined) kept.push({ type, id, what: `of type ${type}`, commands: [] });
    else if (await isThere(kind, id, region))
      kept.push({ type, id, what: kind.what, commands: kind.commands(id, region) });
  }
  const types = [...KINDS.keys()];
  return kept.toSorted((a, b) => types.indexOf(a.type) - types.indexOf(b.type));
}

/** Removes one of {@link stillThere}; returns the failure, if any. */
export async function removeKept({ type, id }: Kept, region: string): Promise<Failure | undefined> {
  const kind = KINDS.get(type);
  try {
    await kind?.remove(id, region);
    return undefined;
  } catch (error) {
    return awsFailure(error, `remove ${id}`, kind?.actions[1] ?? '');
  }
}

async function isThere(kind: Kind, id: string, region: string): Promise<boolean> {
  try {
    return await kind.exists(id, region);
  } catch (error) {
    if (/^(?:Resource)?NotFoundException$/.test(nameOf(error))) return false;
    throw awsFailure(error, `look for ${id}`, kind.actions[0]);
  }
}

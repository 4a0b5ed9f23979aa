/** What a stack kept when it went, because it holds data. */
import { awsFailure, nameOf } from '../aws.ts';
import type { Failure } from '../failure.ts';
import { type Kind, KINDS } from './kinds.ts';
import type { StackResource } from './stack-record.ts';

export interface Kept {
  readonly type: string;
  readonly id: string;
  /** In words, with what it costs. */
  readonly what: string;
  /** What removes it by hand, line by line; none for a type that isn't known here. */
  readonly commands: readonly string[];
}

/** Resources that go with another one, cost nothing by themselves, or are seen to elsewhere (logs). */
const FREE =
  /^(?:AWS::IAM::|AWS::Logs::LogGroup$|AWS::Cognito::UserPool(?:Client|Domain|ResourceServer)$|AWS::CDK::|AWS::SecretsManager::ResourcePolicy$|Custom::)/;

/** Of what a deleted stack kept, all that is still there. */
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

/** Removes one of {@link stillThere}; what kept it from that, if something did. */
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

/**
 * Decides whether a role may do something. It reads policies as IAM does, as far as the project's templates need. An
 * unknown condition refuses, so that nothing is allowed by mistake.
 */
import type { Account, PolicyDocument } from './account.ts';
import { AwsError } from './wire.ts';

export interface Asked {
  readonly action: string;
  readonly resource: string;
  /** The condition keys and values of this request. */
  readonly context?: Readonly<Record<string, string>>;
  /** Who makes the request, for trust policies. */
  readonly service?: string;
}

export function mayAssume(
  account: Account,
  roleArn: string,
  service: string,
  context: Readonly<Record<string, string>>,
): boolean {
  return allows([account.roleOf(roleArn).trust], { action: 'sts:AssumeRole', resource: '*', context, service });
}

/** Throws AWS's own error if the role may not do it. */
export function demand(account: Account, roleArn: string, asked: Asked): void {
  const { policies } = account.roleOf(roleArn);
  if (!allows([...policies.values()], asked)) {
    throw new AwsError(
      'AccessDeniedException',
      `${roleArn} is not authorized to perform ${asked.action} on ${asked.resource}: no policy allows it`,
      403,
    );
  }
}

/** An explicit Deny wins, and without an Allow everything is refused. */
export function allows(documents: readonly PolicyDocument[], asked: Asked): boolean {
  const statements = documents.flatMap(({ Statement }) => listOf(Statement)).filter((statement) => isRecord(statement));
  const applying = statements.filter((statement) => applies(statement, asked));
  return applying.some(({ Effect }) => Effect === 'Allow') && !applying.some(({ Effect }) => Effect === 'Deny');
}

function applies(statement: Readonly<Record<string, unknown>>, asked: Asked): boolean {
  const unknown = Object.keys(statement).find(
    (name) => !['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'].includes(name),
  );
  if (unknown !== undefined) throw new AwsError('MalformedPolicyDocument', `${unknown} is not known here`);
  if (!listOf(statement['Action']).some((pattern) => like(String(pattern), asked.action, 'i'))) return false;
  if (asked.service !== undefined) {
    const principal = statement['Principal'];
    if (!isRecord(principal) || !listOf(principal['Service']).includes(asked.service)) return false;
  } else if (!listOf(statement['Resource']).some((pattern) => like(String(pattern), asked.resource))) {
    return false;
  }
  return Object.entries(isRecord(statement['Condition']) ? statement['Condition'] : {}).every(([operator, keys]) =>
    meets(operator, keys, asked.context ?? {}),
  );
}

function meets(operator: string, keys: unknown, context: Readonly<Record<string, string>>): boolean {
  if (!isRecord(keys)) throw new AwsError('MalformedPolicyDocument', `condition ${operator}: expected an object`);
  return Object.entries(keys).every(([key, expected]) => {
    const actual = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
    switch (operator) {
      case 'StringEquals':
        return actual !== undefined && listOf(expected).includes(actual);
      // Also true without a value: AWS applies a negated operator to a key that is absent.
      case 'StringNotEquals':
        return actual === undefined || !listOf(expected).includes(actual);
      case 'StringLike':
      case 'ArnLike':
      case 'ArnEquals':
        return actual !== undefined && listOf(expected).some((pattern) => like(String(pattern), actual));
      // A key with several values is given as JSON.
      case 'ForAllValues:StringEquals':
        return actual === undefined || several(actual).every((one) => listOf(expected).includes(one));
      case 'NumericLessThanEquals':
        return actual !== undefined && Number(actual) <= Number(expected);
      case 'Null':
        return String(actual === undefined) === String(expected);
      default:
        throw new AwsError('MalformedPolicyDocument', `condition operator ${operator} is not known here`);
    }
  });
}

/** IAM's wildcards: `*` for anything, `?` for one character. */
function like(pattern: string, value: string, flags = ''): boolean {
  return new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    flags,
  ).test(value);
}

function several(actual: string): readonly unknown[] {
  const values: unknown = actual.startsWith('[') ? JSON.parse(actual) : [actual];
  return listOf(values);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

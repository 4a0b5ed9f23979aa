/** IAM and Cognito. */
import { asText, isObject, type Properties, type Value } from '../../../cloudformation/template.ts';
import { type Account, type PolicyDocument } from '../account.ts';
import { AwsError } from '../wire.ts';
import { type Maker, type Making, object, optionalText, physicalName, suffix, text, texts } from './maker.ts';

/** The permissions of AWS's managed policies, as far as the templates here use them. */
const AWS_MANAGED: Readonly<Record<string, PolicyDocument>> = {
  'arn:aws:iam::aws:policy/AdministratorAccess': { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  'arn:aws:iam::aws:policy/ReadOnlyAccess': {
    Statement: [{ Effect: 'Allow', Action: ['*:Get*', '*:List*', '*:Describe*'], Resource: '*' }],
  },
  'arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess': {
    Statement: [
      {
        Effect: 'Allow',
        Action: ['cloudformation:Describe*', 'cloudformation:Get*', 'cloudformation:List*'],
        Resource: '*',
      },
    ],
  },
  'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole': {
    Statement: [
      { Effect: 'Allow', Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
    ],
  },
};

function document(value: Properties): PolicyDocument {
  // Without one it is IAM's older language, which has no policy variables; that makes no difference here.
  if (![undefined, '2012-10-17', '2008-10-17'].includes(value['Version'] as string | undefined))
    throw new AwsError(
      'MalformedPolicyDocument',
      `expected Version 2012-10-17, got ${JSON.stringify(value['Version'])}`,
    );
  const statements = (
    Array.isArray(value['Statement']) ? value['Statement'] : [value['Statement']]
  ) as readonly Value[];
  for (const statement of statements)
    if (!isObject(statement) || !['Allow', 'Deny'].includes(asText(statement['Effect'])))
      throw new AwsError(
        'MalformedPolicyDocument',
        `expected statements with an Effect, got ${JSON.stringify(statement)}`,
      );
  return { Statement: statements };
}

function attach({ account, stack, id, properties }: Making, policy: PolicyDocument): void {
  for (const role of texts(properties, 'Roles')) roleNamed(account, role).policies.set(`${stack.id}/${id}`, policy);
}

function detach({ account, stack, id }: Pick<Making, 'account' | 'stack' | 'id'>): void {
  for (const role of account.roles.values()) role.policies.delete(`${stack.id}/${id}`);
}

function roleNamed(account: Account, name: string) {
  const role = account.roles.get(name);
  if (role === undefined) throw new AwsError('NoSuchEntity', `no role ${name}`, 404);
  return role;
}

export const IDENTITY: Readonly<Record<string, Maker>> = {
  'AWS::IAM::Role': {
    make(making) {
      const { account, properties, previous } = making;
      const name = physicalName(making, 'RoleName');
      if (name.length > 64)
        throw new AwsError('ValidationError', `RoleName: expected at most 64 characters, got ${name.length}`);
      const arn = account.arn('iam', `role/${name}`);
      if (previous === undefined && account.roles.has(name))
        throw new AwsError('EntityAlreadyExists', `role ${name} exists already`, 409);
      const attached = [...(account.roles.get(name)?.policies ?? [])].filter(
        ([key]) => !key.startsWith('inline:') && !key.startsWith('arn:aws:iam:'),
      );
      const policies = new Map(attached);
      for (const policy of (properties['Policies'] ?? []) as readonly Properties[])
        policies.set(`inline:${text(policy, 'PolicyName')}`, document(object(policy, 'PolicyDocument')));
      for (const policy of texts(properties, 'ManagedPolicyArns')) {
        const found = AWS_MANAGED[policy] ?? account.managedPolicies.get(policy);
        if (found === undefined) throw new AwsError('NoSuchEntity', `no managed policy ${policy}`, 404);
        policies.set(policy, found);
      }
      account.roles.set(name, { name, arn, trust: document(object(properties, 'AssumeRolePolicyDocument')), policies });
      return { ref: name, attributes: { Arn: arn, RoleId: `AROA${suffix(making, 17).toUpperCase()}` } };
    },
    unmake: ({ account, made }) => void account.roles.delete(made.ref),
  },
  'AWS::IAM::Policy': {
    make(making) {
      attach(making, document(object(making.properties, 'PolicyDocument')));
      return { ref: physicalName(making) };
    },
    unmake: detach,
  },
  'AWS::IAM::ManagedPolicy': {
    make(making) {
      const arn =
        making.previous?.ref ?? making.account.arn('iam', `policy/${physicalName(making, 'ManagedPolicyName')}`);
      const policy = document(object(making.properties, 'PolicyDocument'));
      making.account.managedPolicies.set(arn, policy);
      attach(making, policy);
      return { ref: arn, attributes: { PolicyArn: arn } };
    },
    unmake(unmaking) {
      unmaking.account.managedPolicies.delete(unmaking.made.ref);
      detach(unmaking);
    },
  },
  'AWS::Cognito::UserPool': {
    make(making) {
      const { account, previous } = making;
      const id =
        previous?.ref ??
        `${account.region}_${suffix(making, 9, 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789')}`;
      const provider = `cognito-idp.${account.region}.amazonaws.com/${id}`;
      return {
        ref: id,
        attributes: {
          Arn: account.arn('cognito-idp', `userpool/${id}`),
          ProviderName: provider,
          ProviderURL: `https://${provider}`,
          UserPoolId: id,
        },
      };
    },
  },
  'AWS::Cognito::UserPoolDomain': { make: ({ properties }) => ({ ref: text(properties, 'Domain') }) },
  'AWS::Cognito::UserPoolResourceServer': { make: ({ properties }) => ({ ref: text(properties, 'Identifier') }) },
  'AWS::Cognito::UserPoolClient': {
    make(making) {
      const id = making.previous?.ref ?? suffix(making, 26);
      return { ref: id, attributes: { ClientId: id, Name: optionalText(making.properties, 'ClientName') ?? id } };
    },
  },
};

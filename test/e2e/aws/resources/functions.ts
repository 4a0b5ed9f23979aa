/** Lambda functions, and the custom resources that they answer for. */
import { asText, isObject, type Properties } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import { mayAssume } from '../iam.ts';
import { AwsError } from '../wire.ts';
import { type Maker, object, optionalText, physicalName, text } from './maker.ts';

export const FUNCTIONS: Readonly<Record<string, Maker>> = {
  'AWS::Lambda::Function': {
    make(making) {
      const { account, properties } = making;
      const name = physicalName(making, 'FunctionName');
      const arn = account.arn('lambda', `function:${name}`);
      const roleArn = text(properties, 'Role');
      if (!mayAssume(account, roleArn, 'lambda.amazonaws.com', {}))
        throw new AwsError('InvalidParameterValueException', `${roleArn} can't be assumed by Lambda`);
      const environment = properties['Environment'];
      const variables = isObject(environment) && isObject(environment['Variables']) ? environment['Variables'] : {};
      account.functions.set(name, {
        name,
        arn,
        handler: text(properties, 'Handler'),
        runtime: text(properties, 'Runtime'),
        roleArn,
        code: codeOf(account, object(properties, 'Code')),
        environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, asText(value)])),
      });
      return { ref: name, attributes: { Arn: arn } };
    },
    unmake: ({ account, made }) => void account.functions.delete(made.ref),
  },
  'AWS::Lambda::Permission': {
    make(making) {
      const name = text(making.properties, 'FunctionName').split(':').at(-1) ?? '';
      if (!making.account.functions.has(name))
        throw new AwsError('ResourceNotFoundException', `no function ${name}`, 404);
      return { ref: physicalName(making) };
    },
  },
};

/** The zip file, or the text in the template. */
function codeOf(account: Account, code: Properties): Buffer {
  const inline = optionalText(code, 'ZipFile');
  if (inline !== undefined) return Buffer.from(inline);
  const [bucket, key] = [text(code, 'S3Bucket'), text(code, 'S3Key')];
  const zip = account.buckets.get(bucket)?.get(key);
  if (zip === undefined)
    throw new AwsError('InvalidParameterValueException', `the code s3://${bucket}/${key} does not exist`);
  return zip;
}

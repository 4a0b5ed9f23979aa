/** The forms that ARNs must have, by purpose. */

export interface Shape {
  readonly what: string;
  readonly pattern: RegExp;
  readonly example: string;
}

export const GATEWAY: Shape = {
  what: 'the ARN of an AgentCore gateway',
  pattern: /^arn:aws[a-z-]*:bedrock-agentcore:([a-z0-9-]+):(\d{12}):gateway\/([A-Za-z0-9-]+)$/,
  example: 'arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID',
};
export const RUNTIME: Shape = {
  what: 'the ARN of an AgentCore runtime',
  pattern: /^arn:aws[a-z-]*:bedrock-agentcore:([a-z0-9-]+):(\d{12}):runtime\/([A-Za-z0-9_-]+)$/,
  example: 'arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID',
};
export const TOPIC: Shape = {
  what: 'the ARN of an SNS topic',
  pattern: /^arn:aws[a-z-]*:sns:([a-z0-9-]+):(\d{12}):[A-Za-z0-9_-]{1,256}$/,
  example: 'arn:aws:sns:REGION:ACCOUNT:NAME',
};
export const TABLE: Shape = {
  what: 'the ARN of a DynamoDB table',
  pattern: /^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):(\d{12}):table\/[\w.-]{3,255}$/,
  example: 'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME',
};
/** Complete: IAM compares the whole ARN, and Secrets Manager appends six characters to each name. */
export const SECRET: Shape = {
  what: 'the complete ARN of a Secrets Manager secret, with the six characters at its end',
  pattern: /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/,
  example: 'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf',
};
/** By its id: IAM compares that, and no alias. */
export const KEY: Shape = {
  what: 'the ARN of a KMS key',
  pattern:
    /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  example: 'arn:aws:kms:REGION:ACCOUNT:key/ID',
};
export const ANY: Shape = {
  what: 'an ARN',
  pattern: /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d{12})?:\S+$/,
  example: 'arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE',
};

/** Why a command is not run here: the first rule that it matches. */

const RULES: readonly (readonly [why: string, command: RegExp])[] = [
  ['needs an AWS account', /^aws |\.amazonaws\.com|arn:aws:(?!bedrock-agentcore:eu-west-1:\d+:gateway)|cognito:/],
  ['needs an AWS account', /^npx cdk (?:bootstrap|deploy|diff)\b|-s deploy -- /],
  ['needs an AWS account', /^npm run (?:doctor|deploy|verify|destroy|status)\b/],
  ['needs an AWS account', /\bagent -- (?:sample|prod)-|--auth cognito/],
  ['needs a model', /\bagent -- (?:"What|--json$|--region)/],
  ['needs the server that it names', /\b(?:agent|tools) -- .*https:\/\/mcp\.example\.com/],
  [
    'needs files of the reader',
    /\b(?:audit\.log|proxy\.log|traffic\.jsonl --config|tools\.json|contacts\.csv|deployed\.json|client\.pem|secret\.txt|ca\.pem)\b/,
  ],
  ['needs two checkouts', /\/tmp\/(?:before|after)/],
  ['the gate runs it', /^npm (?:ci|test)\b(?! && npm start)|^npm run (?:examples|typecheck|lint|format)\b/],
];

export function reasonFor(command: string): string | undefined {
  return RULES.find(([, pattern]) => pattern.test(command))?.[0];
}

/** What becomes of a block that is no list of commands. */
export function reasonForLanguage(language: string, text: string): string | undefined {
  if (language === 'mermaid') return 'a picture, which test/docs/pictures.test.ts parses';
  if (language === 'js' || (language === 'ts' && text.startsWith('{'))) return 'a part of a file';
  if (language === '' || language === 'text') return 'what a command prints, or another notation';
  if (language === 'yaml') return 'a part of a file';
  return undefined;
}

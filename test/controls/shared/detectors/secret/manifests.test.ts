import { describe, expect, test } from 'vitest';
import { atOnce } from '../../../../../proxy/base/turns.ts';
import { findAll, searchAll, secret } from '../../../../../proxy/controls/shared/detectors/index.ts';

const hidden = (text: string): string[] => findAll([secret()], text).map(({ start, end }) => text.slice(start, end));

const LISTED = `apiVersion: v1
data:
  password: c3dvcmRmaXNo
  username: YWRtaW4=
kind: Secret
metadata:
  name: crm-db
  namespace: prod
type: Opaque
`;
const WRITTEN = `# For the CRM
---
kind: Secret # of the CRM
apiVersion: v1
metadata:
  labels:
    app: crm
stringData:
  host: "db.example.com"
  # who
  user: admin # the owner
  port: '5432'
  config.yaml: |
    a: 1

    b: two words
  empty: ""
  later: \${DB_PASSWORD}
immutable: true
---
kind: ConfigMap
data:
  theme: dark
`;
const OF_WRITTEN = ['db.example.com', 'admin', '5432', 'a: 1\n\n    b: two words'];
const indented = (text: string): string => text.trimEnd().replaceAll('\n', '\n  ');
const LIST = `apiVersion: v1
items:
- ${indented(LISTED)}
- apiVersion: v1
  data:
    theme: dark
  kind: ConfigMap
- ${indented(LISTED.replace('YWRtaW4=', 'cm9vdA=='))}
kind: List
`;

describe('values of a Kubernetes secret in YAML', () => {
  test.each([
    [LISTED, ['c3dvcmRmaXNo', 'YWRtaW4=']],
    [LISTED.replaceAll('\n', '\r\n'), ['c3dvcmRmaXNo', 'YWRtaW4=']],
    [WRITTEN, OF_WRITTEN],
    [LIST, ['c3dvcmRmaXNo', 'YWRtaW4=', 'c3dvcmRmaXNo', 'cm9vdA==']],
    [`The secret is:\n\`\`\`yaml\n${LISTED}\`\`\`\nAnd so on.`, ['c3dvcmRmaXNo', 'YWRtaW4=']],
  ])('are secrets: %j', (text, values) => {
    expect(hidden(text)).toEqual(values);
  });

  test('are secrets in the copy that kubectl keeps', () => {
    const copy = '{"apiVersion":"v1","data":{"username":"YWRtaW4=","z":"b3JkZXJz"},"kind":"Secret"}';
    const annotations = `metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      ${copy}\n`;
    expect(hidden(LISTED.replace('metadata:\n', annotations))).toEqual([
      'c3dvcmRmaXNo',
      'YWRtaW4=',
      'YWRtaW4=',
      'b3JkZXJz',
    ]);
  });

  test.each([
    LISTED.replace('kind: Secret', 'kind: ConfigMap').replace('password', 'theme'),
    LISTED.replace('kind: Secret', 'kind: SecretStore').replace('password', 'theme'),
    'kind: Secret\nspec:\n  username: YWRtaW4=\n',
    'Set kind: Secret in it.\ndata:\n  username: YWRtaW4=\n',
    'kind: Secret\n---\ndata:\n  username: YWRtaW4=\n',
    'kind: Secret\ndata: {}\nmetadata:\n  name: crm\n',
  ])('are none elsewhere: %j', (text) => {
    expect(hidden(text)).toEqual([]);
  });

  test('are found in parts as in one go', () => {
    const text = `${LIST}---\n${WRITTEN}---\n`.repeat(60);
    const inParts = [...atOnce(searchAll([secret()], text))];
    expect(inParts).toEqual([...findAll([secret()], text)]);
    expect(inParts).toHaveLength(60 * (4 + OF_WRITTEN.length));
  });
});

/** The workflows: their commands and permissions. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

const FOLDER = join(ROOT, '.github/workflows');
const names = await readdir(FOLDER);
const texts = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(join(FOLDER, name), 'utf8')] as const)),
);

describe.each([...texts])('%s', (_, text) => {
  it('pins every action by its commit, with its version in a comment', () => {
    const used = [...text.matchAll(/^\s*-? ?uses: (\S+)(.*)$/gm)].filter(([, action = '']) => !action.startsWith('./'));
    expect(used.length + [...text.matchAll(/uses: \.\//g)].length).toBeGreaterThan(0);
    for (const [line, action, version] of used) {
      expect(action, line).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      expect(version, line).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
  });

  it('grants no permission by default, and each job only what it needs', () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const granted = [...text.matchAll(/^ {6}([\w-]+: (?:read|write))$/gm)].map(([, grant]) => grant);
    expect(new Set(granted).difference(new Set(['contents: read', 'id-token: write']))).toEqual(new Set());
  });

  it('puts no text of a pull request into a shell', () => {
    for (const [line] of text.matchAll(/^.*run:.*$/gm)) expect(line).not.toContain('${{');
  });

  it('keeps no token in the checkout, and runs no install scripts with a token present', () => {
    const count = (pattern: RegExp): number => [...text.matchAll(pattern)].length;
    expect(count(/persist-credentials: false/g)).toBe(count(/actions\/checkout@/g));
    expect(count(/npm ci --ignore-scripts/g)).toBe(count(/npm ci/g));
  });
});

it("the gate is the repository's own, pull requests are compared, and main is deployed by stage", () => {
  const [ci = '', deploy = ''] = [texts.get('ci.yml'), texts.get('deploy.yml')];
  expect(ci).toContain('run: .ci/run\n');
  expect(ci).toMatch(/cdk diff --method=template -c "\$BASE_IMAGE" --fail-on="\$FAIL_ON"/);
  expect(ci).toMatch(/'never' \|\| 'broadening'/);
  expect(ci).toMatch(/ref: \$\{\{ github\.event\.pull_request\.base\.sha \}\}\n {10}path: before/);
  expect(ci).toContain(
    'npm run -s controls -- diff "$RUNNER_TEMP/before" "$RUNNER_TEMP/after" --approved "$LABELS"\n        working-directory: before\n',
  );
  expect(ci).toContain('LABELS: ${{ toJSON(github.event.pull_request.labels.*.name) }}');
  expect(deploy).toContain('environment: ${{ inputs.stage }}');
  expect(deploy).toContain('cdk deploy "$STAGE-*" -c "$BASE_IMAGE" --require-approval never');
});

it('each deployment and diff looks up the base image, and main is also deployed weekly', () => {
  const [ci = '', deploy = ''] = [texts.get('ci.yml'), texts.get('deploy.yml')];
  for (const text of [ci, deploy])
    expect(text).toContain('run: base=$(npm run -s base-image) && echo "BASE_IMAGE=$base" >> "$GITHUB_ENV"\n');
  expect(ci).toMatch(/^ {2}schedule:\n {4}- cron: '/m);
  expect(ci).toContain(
    "if: github.event_name != 'pull_request' && github.ref == 'refs/heads/main' && vars.AWS_REGION != ''\n    needs: gate",
  );
});

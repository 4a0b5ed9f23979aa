/** The table of partitions agrees with the one in AWS's SDK. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { PARTITIONS, partitionOf, regionOfHost, suffixOf } from '../../proxy/base/aws-hosts.ts';

interface Published {
  readonly partitionsInfo: {
    readonly partitions: readonly {
      readonly id: string;
      readonly regionRegex: string;
      readonly regions: Readonly<Record<string, unknown>>;
      readonly outputs: { readonly dnsSuffix: string; readonly dualStackDnsSuffix: string };
    }[];
  };
}

test('every partition of the SDK is known, with its domains and regions', async () => {
  const core = dirname(createRequire(import.meta.url).resolve('@aws-sdk/core/package.json'));
  const file = join(core, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const { partitionsInfo }: Published = await import(pathToFileURL(file).href);
  const published = partitionsInfo.partitions.map(
    ({ id, outputs: { dnsSuffix, dualStackDnsSuffix } }) => `${id} ${dnsSuffix} ${dualStackDnsSuffix}`,
  );
  const ours = PARTITIONS.map(({ id, suffix, dualStack }) => `${id} ${suffix} ${dualStack}`);
  expect(ours.toSorted()).toEqual(published.toSorted());
  for (const { id, regions, outputs, regionRegex } of partitionsInfo.partitions) {
    const known = Object.keys(regions).filter((region) => new RegExp(regionRegex).test(region));
    expect(known.length).toBeGreaterThan(0);
    for (const region of known)
      expect([region, partitionOf(region), suffixOf(region)]).toEqual([region, id, outputs.dnsSuffix]);
  }
});

test.each([
  ['xray.eu-west-1.amazonaws.com', 'eu-west-1'],
  ['xray-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
  ['xray.eu-west-1.api.aws', 'eu-west-1'],
  ['xray.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
  ['xray.cn-north-1.amazonaws.com', undefined],
  ['a.xray.eu-west-1.amazonaws.com', undefined],
  ['sqs.eu-west-1.amazonaws.com', undefined],
  ['xray.eu-west-1.amazonaws.com.evil.example', undefined],
])("the region of a service's own host %s is %s", (host, region) => {
  expect(regionOfHost(host, 'xray')).toBe(region);
});

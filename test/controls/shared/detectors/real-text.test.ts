/** Text that people wrote about other things: what the detectors find in the installed packages. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import {
  type Detector,
  email,
  iban,
  ip,
  loadDetectors,
  paymentCard,
  phone,
} from '../../../../proxy/controls/shared/detectors/index.ts';

const PACKAGES = 'node_modules';
/** Their examples are what these detectors look for. */
const ABOUT = /^(?:ibantools|libphonenumber-js|zod|ajv-formats)$/;

function* files(): Generator<readonly [path: string, text: string]> {
  for (const name of readdirSync(PACKAGES)) {
    if (name.startsWith('.') || ABOUT.test(name)) continue;
    const folders = name.startsWith('@') ? readdirSync(join(PACKAGES, name)).map((own) => join(name, own)) : [name];
    for (const folder of folders)
      for (const entry of readdirSync(join(PACKAGES, folder))) {
        const path = join(PACKAGES, folder, entry);
        if (/^readme|^changelog|package\.json$|\.lock$/i.test(entry) && statSync(path).isFile())
          yield [path, readFileSync(path, 'utf8')];
      }
  }
  yield ['package-lock.json', readFileSync('package-lock.json', 'utf8')];
}

const PHONE = phone({ countries: ['US', 'DE'] });
const DETECTORS: readonly Detector[] = [paymentCard(), iban(), ip(), PHONE, email()];
beforeAll(() => loadDetectors(DETECTORS));

function found(detector: Detector): string[] {
  return [...files()].flatMap(([path, text]) =>
    detector.find(text).map(({ start, end }) => `${path}: ${text.slice(Math.max(0, start - 20), end + 10)}`),
  );
}

test.each([paymentCard(), iban()])('no $name is in the descriptions and lock files of packages', (detector) => {
  expect([...files()].length).toBeGreaterThan(200);
  expect(found(detector)).toEqual([]);
});

test('lock files have no addresses and no numbers of people', () => {
  const lock = readFileSync('package-lock.json', 'utf8');
  for (const detector of [paymentCard(), iban(), ip(), PHONE]) expect(detector.find(lock), detector.name).toEqual([]);
});

test('versions, images, rows, hashes and times are none', () => {
  const text = [
    'app 1.2.3.4-rc.1, v1.2.3.4, nginx:1.25.3.1-alpine, lib-4.1.1.1.jar, Chrome/120.0.0.1',
    'image: registry.example/app:2024.11.22.1@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '2019 2020 2021 2022 2023, 4000 4100 4200 4300, 1000, 2000, 3000, 4000',
    '2026-11-22T10:00:00.123456Z 1763805600000 1763805600000000 12:30:45.123',
    '3.14159265358979 0.4111111111111111 6364136223846793005 1e-10 18446744073709551615',
    'np.A@B.mean() x@y.dot(z) @app.route("/x") pkg@1.2.3 @scope/pkg@1.2.3 user@1000.service',
    'git clone git@github.com:org/repo.git; Message-ID: <20261122.1@mail.example.com>',
  ].join('\n');
  for (const detector of DETECTORS)
    expect(
      detector.find(text).map(({ start, end }) => text.slice(start, end)),
      detector.name,
    ).toEqual([]);
});

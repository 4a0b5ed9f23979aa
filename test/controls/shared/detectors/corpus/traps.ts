import { lookAlikes, LOOK_ALIKES } from './look-alikes.ts';
/** Traps: lines of code, logs and letters that hold no personal data and no secret. */
import { ALNUM, LOWER, type Random, UPPER } from './random.ts';
import type { Trap } from './sample.ts';
import type { Half } from './words.ts';

type Line = (random: Random) => string;
const four = (r: Random): string => `${r.int(1, 30)}.${r.int(0, 20)}.${r.int(0, 200)}.${r.int(0, 99)}`;
const uuid = (r: Random): string => `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-${r.of('89ab', 1)}${r.hex(3)}-${r.hex(12)}`;
const word = (r: Random): string => r.of(LOWER, r.int(3, 9));
const row = (r: Random, count: number, between: string): string =>
  Array.from({ length: count }, () => r.int(1000, 9999)).join(between);

const LINES: Readonly<Record<string, Readonly<Record<Half, readonly Line[]>>>> = {
  'versions of four parts': {
    development: [
      (r) => `libfoo (${four(r)}-1ubuntu3) noble; urgency=medium`,
      (r) => `<PackageReference Include="Acme.Core" Version="${four(r)}" />`,
      (r) => `chrome ${four(r)} or newer`,
      (r) => `"fileVersion": "${four(r)}"`,
      (r) => `Updated driver to ${four(r)} on all nodes`,
    ],
    heldOut: [
      (r) => `AssemblyFileVersion("${four(r)}")`,
      (r) => `Installed: acme-agent ${four(r)}`,
      (r) => `terraform-provider v${four(r)} (signed)`,
      (r) => `firmware=${four(r)};build=${r.int(10, 99)}`,
      (r) => `acme.dll ${four(r)} loaded at 0x${r.hex(8)}`,
    ],
  },
  'image tags': {
    development: [
      (r) => `image: registry.internal/team/app:${four(r)}`,
      (r) => `FROM alpine:3.${r.int(10, 22)}.${r.int(0, 9)}`,
      (r) => `docker pull app@sha256:${r.hex(64)}`,
    ],
    heldOut: [
      (r) => `pulled mcr.internal/dotnet/aspnet:${four(r)}-noble`,
      (r) => `tag: "${r.int(2024, 2026)}.${r.int(1, 12)}.${r.int(1, 28)}.${r.int(1, 9)}"`,
      (r) => `helm upgrade --set image.tag=${four(r)} app ./chart`,
    ],
  },
  'rows of four-digit numbers': {
    development: [(r) => row(r, 6, ' '), (r) => row(r, 8, ' '), (r) => `[${row(r, 4, ', ')}]`, (r) => row(r, 5, '\t')],
    heldOut: [
      (r) => `| ${row(r, 4, ' | ')} |`,
      (r) => `y = ${row(r, 6, ' ')}`,
      (r) => row(r, 7, '-'),
      (r) => row(r, 4, ';'),
    ],
  },
  'code with @': {
    development: [
      () => 'np.A@B.mean()',
      (r) => `x = self.${word(r)}@self.w.t()`,
      (r) => `@${word(r)}.setter`,
      (r) => `out = (q@k.transpose(-2, -1)) * ${r.int(1, 9)}`,
      (r) => `npm install ${word(r)}@next --save`,
    ],
    heldOut: [
      (r) => `y = torch.relu(${word(r)}@layers.weight.sum(0))`,
      () => `beta = np.linalg.inv(X.T@X.astype(float))@y`,
      (r) => `import x from '@${word(r)}/core@beta'`,
      (r) => `cov = ${word(r)}.T@np.diag(s)`,
      (r) => `uses: actions/checkout@v${r.int(2, 6)}.${r.int(0, 9)}`,
    ],
  },
  'Message-IDs': {
    development: [
      (r) => `Message-ID: <CA${r.of(ALNUM, 40)}@mail.gmail.com>`,
      (r) => `In-Reply-To: <${r.int(1e9, 9e9)}.${r.int(1e4, 9e4)}.${r.int(1e12, 9e12)}@localhost>`,
      (r) => `References: <${r.hex(32)}@lists.internal.example>`,
    ],
    heldOut: [
      (r) => `message-id=<${uuid(r)}@smtp.example.net>, from queue`,
      (r) => `References: <${r.digits(14)}.${r.of(UPPER, 6)}@host7.example>`,
      (r) => `Content-ID: <image001.png@01D${r.hex(5).toUpperCase()}.${r.hex(8).toUpperCase()}>`,
    ],
  },
  fingerprints: {
    development: [
      (r) => `gpg --keyserver keys.openpgp.org --recv-keys ${r.hex(40).toUpperCase()}`,
      (r) =>
        `Key fingerprint = ${r
          .hex(40)
          .toUpperCase()
          .replace(/(.{4})(?=.)/g, '$1 ')}`,
      (r) => `SHA256:${r.of(ALNUM, 43)} ida@laptop`.replace(' ida@laptop', ' (ED25519)'),
    ],
    heldOut: [
      (r) => `apt-key adv --recv-keys ${r.hex(16).toUpperCase()}`,
      (r) => `gpg: Signature made using RSA key ${r.hex(40).toUpperCase()}`,
      (r) => `host key fingerprint is SHA256:${r.of(ALNUM, 43)}.`,
    ],
  },
  'code about passwords': {
    development: [
      () => "config['password']",
      () => "password = config['password']",
      () => 'def connect(password: Optional[str] = None, token: str | None = None) -> Session:',
      () => 'interface Login { password: string; apiKey?: string }',
      () => 'if (!password) throw new Error("password missing");',
      (r) => `passwordHash := bcrypt.${word(r)}(password)`,
      () => 'secret: ${{ secrets.DEPLOY_TOKEN }}',
      () => 'password: "{{ vault_db_password }}"',
    ],
    heldOut: [
      () => 'String password = System.getenv("DB_PASSWORD");',
      () => "let token = req.headers['x-auth-token'];",
      () => 'password: process.env.PASSWORD ?? undefined,',
      () => '@Value("${spring.datasource.password}") private String password;',
      () => 'function login(user: string, password: string): Promise<Token>',
      () => 'api_key=os.getenv("API_KEY"),',
      (r) => `PASSWORD_RESET_TIMEOUT = ${r.int(100, 90000)}`,
      () => 'client_secret: !Ref ClientSecretParameter',
    ],
  },
  'order numbers': {
    development: [
      (r) => `order ${r.digits(9)} shipped`,
      (r) => `Order #${r.digits(3)}-${r.digits(7)}-${r.digits(7)}`,
      (r) => `invoice_no: ${r.digits(10)}`,
      (r) => `PO ${r.digits(8)} / line ${r.int(1, 99)}`,
    ],
    heldOut: [
      (r) => `Bestellung ${r.digits(9)} ist unterwegs`,
      (r) => `orderReference=${r.digits(16)}`,
      (r) => `tracking no. 1Z${r.of(UPPER + '0123456789', 16)}`,
      (r) => `ticket ${r.digits(6)}-${r.digits(4)}`,
    ],
  },
  UUIDs: {
    development: [(r) => uuid(r), (r) => `request ${uuid(r)} took ${r.int(1, 900)} ms`, (r) => `"id": "${uuid(r)}"`],
    heldOut: [(r) => `urn:uuid:${uuid(r)}`, (r) => `session=${uuid(r)}; Path=/`, (r) => `{${uuid(r).toUpperCase()}}`],
  },
};

/** @param each how many of each kind */
export function traps(half: Half, each: number, random: Random): Trap[] {
  return [
    ...Object.entries(LINES).flatMap(([kind, lines]) =>
      Array.from({ length: each }, () => ({ kind, document: random.pick(lines[half])(random) })),
    ),
    ...LOOK_ALIKES.flatMap((kind) => lookAlikes(kind, each, random)),
  ];
}

/** Unpacks a zip file, as far as CDK's assets need: stored and deflated members, no encryption, no zip64. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const MEMBER = 0x02014b50;

export interface ZipMember {
  readonly name: string;
  readonly bytes: () => Buffer;
}

/** The members by the central directory at the file's end (APPNOTE.TXT 4.3.12, 4.3.16). */
export function membersOf(zip: Buffer): ZipMember[] {
  let end = zip.length - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== END) end -= 1;
  if (end < 0) throw new Error('expected a zip file: there is no central directory');
  const members: ZipMember[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== MEMBER) throw new Error(`expected a member of the zip file at ${at}`);
    const [method, size, nameLength, local] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt32LE(at + 42),
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    members.push({
      name,
      bytes: () => {
        const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
        const stored = zip.subarray(start, start + size);
        return method === 0 ? stored : inflateRawSync(stored);
      },
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return members;
}

export async function unzip(zip: Buffer, folder: string): Promise<void> {
  for (const { name, bytes } of membersOf(zip)) {
    if (name.endsWith('/')) continue;
    const path = join(folder, normalize(name));
    if (!path.startsWith(folder)) throw new Error(`${name} leads out of the folder`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes());
  }
}

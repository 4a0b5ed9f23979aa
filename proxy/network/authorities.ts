/** Reads a bundle of certificates of private authorities: PEM, as any tool writes it. */
const { X509Certificate } = process.getBuiltinModule('node:crypto');

export interface Authorities {
  /** PEM, one certificate each. */
  readonly certificates: readonly string[];
  readonly warnings: readonly string[];
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^]*?(?:-----END \1-----|(?=-----BEGIN )|$)/g;
/** OpenSSL's own names for the same. */
const CERTIFICATE = /^(?:X509 |TRUSTED )?CERTIFICATE$/;

/** Returns a text that says which block is wrong, or the certificates. @param now epoch milliseconds */
export function parseAuthorities(text: string, now = Date.now()): Authorities | string {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length === 0)
    return 'expected certificates in PEM (-----BEGIN CERTIFICATE-----), got a text without any block';
  const certificates: string[] = [];
  const warnings: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const where = `block ${index + 1} of ${blocks.length} (line ${lineOf(text, block.index)})`;
    const read = certificateIn(block[0], block[1] ?? '');
    if (typeof read === 'string') return `expected certificates in PEM, got in ${where} ${read}`;
    certificates.push(block[0]);
    if (Date.parse(read.validTo) < now)
      warnings.push(`${where} expired on ${read.validTo}: ${read.subject.replaceAll('\n', ', ')}`);
  }
  return { certificates, warnings };
}

/** A text says what it is instead. It may be a private key, and is not repeated. */
function certificateIn(block: string, label: string): InstanceType<typeof X509Certificate> | string {
  if (!CERTIFICATE.test(label)) return `${/^[AEIOU]/.test(label) ? 'an' : 'a'} ${label}, which doesn't belong there`;
  if (!block.endsWith(`-----END ${label}-----`)) return `no line -----END ${label}-----`;
  try {
    return new X509Certificate(block);
  } catch {
    return 'something else: it is cut, changed or not base64';
  }
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

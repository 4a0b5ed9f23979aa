/** Lists of files and their checksums: a file may be called like a secret (`src/token.rs`, `LICENSE-MIT`). */

const SUM = /^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128})$/i;
/** Not `.key`: settings end like that, too. */
const FILE =
  /\.(?:rs|cc?|cpp|hh?|hpp|go|py|[cm]?[jt]s|[jt]sx|java|kts?|rb|php|cs|swift|md|txt|rst|json|ya?ml|toml|xml|html?|css|s[ac]ss|lock|sh|bat|ps1|pem|der|crt|cer|csr|p8|p12|pk8|pub|pfx|jks|bin|a|so|dll|exe|whl|t?gz|zip|jar|deb|rpm|stderr|data|cmake|svg|png|jpe?g|woff2?|map|proto|sql|patch|diff)$/i;
const LICENSE =
  /^licen[cs]e[-_.](?:\d?bsd|mit|apache|isc|zlib|mpl|l?gpl|agpl|cc\d|unicode|boost|boringssl|unlicense|third|whatwg|other|a2)/i;

/** Whether a value is the checksum of a file that a name is the name of. */
export function isSumOfFile(name: string, value: string): boolean {
  return SUM.test(value) && (FILE.test(name) || LICENSE.test(name) || /^LICEN[CS]E$/.test(name));
}

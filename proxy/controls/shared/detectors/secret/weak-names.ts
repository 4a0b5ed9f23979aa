/** Names that hint at a secret and don't say it: `authString`, `licenseData`, `primaryKey`, `sharedAccessPolicyKey`. */
import { set } from '../names/split.ts';

/** What protects something, or what lets somebody in. */
const HINTS =
  set(`auth authn authentication authorization login signin sso saml oidc oauth oauth2 jwt jws jwe cookie cookies csrf xsrf bearer credential credentials creds
  cert certs certificate tls ssl ssh sshkeys pem pkcs pkcs12 pfx p12 keystore truststore keystash keytab wallet kubeconfig dockerconfig dockercfg dockerconfigjson
  netrc htpasswd encryption decrypted hmac signing salt pepper seed private priv sensitive confidential protected classified vault kms hsm license licence licensing
  activation conninfo connstr dsn sas webhook header headers snmp radius tacacs ldap kerberos ipsec ike vpn wpa wep wifi wlan psk mfa totp otp 2fa recovery kubeadmin
  kube plaintext cleartext secret token pass pwd password`);
/** The same, of two words. */
const PAIRS =
  set(`connectionstring connectionstrings connstring connectionuri conninfo serviceuri sasuri sasurl accesssignature truststore userdata customdata keystring
  keyvalue keydata keycontent keytext keyblob`);
/** Keys that outrank a word of another meaning beside them. */
const KEYS =
  /(?:api|access|secret|private|shared|auth|encrypt|encryption|signing|primary|secondary|master|admin)\w*keys?$/;
/** What has random values and is none: ids, sums, places in lists, people, and what is public. */
const OTHERS =
  set(`id ids guid uuid name names ref refs reference references locator handle marker iterator cursor page pagination next previous prev continuation hash digest
  checksum md5 sha sha1 sha256 sha512 etag rev revision version kid jti x5t thumbprint thumbprints fingerprint fingerprints arn path paths file files url urls uri uris
  endpoint identity user users username owner member customer tenant group role subject issuer audience domain host server region folder parent channel address
  challenge signature sig nonce state public object objects foreign partition sort idempotency cache row index map trace span request correlation image avatar
  icon logo encrypted enc cipher photo video thumbnail valid days hours minutes seconds store provider source service manager`);
const ID = /ids?$/;

export function hintsAtSecret(words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  if (ID.test(last)) return false;
  const pairs = words.map((word, i) => PAIRS.has(word + (words[i + 1] ?? '')));
  const named = words.some((word, i) => pairs[i] || HINTS.has(word) || PAIRS.has(word));
  if (!named && (words.length < 2 || !KEYS.test(words.join('')))) return false;
  return !words.some((word, i) => OTHERS.has(word) && !pairs[i] && !pairs[i - 1]);
}

/** Tells names for passwords, keys, tokens and codes in other languages than English. Their words: `secret-words.ts`. */
import { KEY_TABLE, PASSWORD_TABLE, SECRETS } from './secret-words.ts';
import { fold, set } from './split.ts';
import type { Table } from './table.ts';

const SECRET_SET = set(SECRETS);

/** Codes for one login, for a recovery or to get in: whole words, with or without what they are for. */
const CODES = set(
  `otp totp tan mtan smstan pushtan einmalcode bestätigungscode sicherheitscode zugangscode freischaltcode wiederherstellungscode verifizierungscode entsperrcode
  toegangscode verificatiecode herstelcode engångskod verifieringskod återställningskod säkerhetskod engangskode bekræftelseskode bekreftelseskode
  gendannelseskode gjenopprettingskode sikkerhetskode sikkerhedskode kertakäyttökoodi vahvistuskoodi palautuskoodi pääsykoodi turvakoodi
  passcode paschód pääsukood pin puk mpin pinkod pinkode pinkoodi geheimzahl`,
);
/** Words for a code, in names that say what it is for. */
export const CODE_NAMES = `code codes kode koder kod kodovi kodove kód kódy kôd koda kodi koodi koodid codi codis código códigos codice codici cod coduri kodas kodai kods kody kodlar kodlari
  kodu kodları kodlari mã κωδικός κωδικοί код коды кодът кодове коди кодове кода`;
const CODE_WORDS = set(CODE_NAMES);
/** What it is for: to get in, to recover, to confirm, once. */
const CODE_FOR =
  /^(?:m?tan$|otp|totp|mfa|2fa|tfa|sms|tempor|provis|onetime|time$|einmal|pass(?:e|word)?$|acc?ess?$|acces|acess|zugang|zugriff|dostep|pristup|toegang|adgang|tilgang|erisim|akses|unlock|login|logon|signin|verif|recover|recup|backup|rescue|scratch|secret|segret|security$|securite$|segur|sicurez|uwierzyt|weryfik|potwierdz|overovac|overen|ellenorz|biztonsag|dogrula|guvenlik|kurtarma|oporav|obnovit|odzysk|atkurim|atkops|zachran|zaloz|authent|autent|pemulihan|taaste|helyreallit|hitelesit|dogrulay|xacminh|xacnhan|безопас|подтвержд|подтвердж|доступ|достъп|приступ|ieejas|восстан|провероч|однораз|επαληθευσ|ασφαλει|ανακτησ|πιστοποι|възстан|віднов|автент|аутент)/;
const CODE_IN_SCRIPT =
  '認証アプリコード リカバリーコード 认证器代码 驗證器代碼 恢复代码 恢復代碼 復原碼 還原碼 رموزالاسترداد كودالمصدق کدبازیابی کدهایبازیابی کداحرازهویت קודישחזור รหัสการกู้คืน รหัสตรวจสอบ 認証コード 確認コード ワンタイム リカバリコード 回復コード 验证码 驗證碼 校验码 恢复码 动态码 인증번호 인증코드 확인코드 복구코드 رمزالتحقق رمزالدخول קודאימות קודגישה קודשחזור रिकवरीकोड सत्यापनकोड รหัสยืนยัน รหัสOTP';

/** The same in one word, for one or several: `Återställningskoder`, `Tunnistinkoodi`. */
const CODE_GLUED =
  /^(?:wiederherstellungs|authentifizierungs|bestatigungs|sicherheits|zugangs|verifizierungs|anmelde|einmal|backup|toegangs|verificatie|herstel|engangs|verifierings|aterstallnings|sakerhets|autentiserings|bekraeftelses|bekreftelses|gendannelses|gjenopprettings|sikkerheds|sikkerhets|autentificerings|kertakaytto|vahvistus|palautus|paasy|turva|tunnistin|vara|autentimis|taaste|kinnitus)-?(?:code|kode?|kood|koodi|kod)(?:s|r|er|it|id|en|erna|erne|ene)?$/;

/** Words that make it a question, a setting or a message about it. */
const ABOUT =
  /^(?:forg[eo]t|verg[ea]s|vergeten|oublie|olvid|esquec|dimentic|zapomn|zabrav|zaborav|glem|glom|unoht|elfelejt|unut|lupa|quen|забы|забрав|ξεχασ|hint|hinweis|indice|pista|dica|suggeri|lange|laenge|longueur|longitud|lunghezza|compriment|length|long$|starke|staerke|policy|politi|richtlinie|rules?$|regel|reset|zurucksetz|reinitial|restablec|redefinir|reimpost|abgelaufen|expir|caduc|scadut|valid|invalid|ungultig|primar|primair|foreign|fremd|etrang|extran|estrang|estern|extern|ταχυδρομ|προιον|publi|offentlig|offentlich|julk|verejn|javn|genel|открыт|публич|δημοσι)/;

const words = (table: Pick<Table, 'words'>): string => Object.values(table.words).join(' ');

const NOT_PIN = set(
  'id ids name type url count map status date location color layout mode pad board gpio zip postal side state',
);

/** The words of Latin letters alone, without a list of languages. */
export const PASSWORDS = words(PASSWORD_TABLE);
export const KEYS = words(KEY_TABLE);
const PASSWORD_SET = set(PASSWORDS);
const KEY_SET = set(KEYS);

/** `Zugriffsschlüssel`, `åtkomstnyckel`, `startlösenord`: one word of several. */
const GLUED_PASSWORD =
  /.(?:pass?wort|kennwort|wachtwoord|paswoord|losenord|passord|kodeord|adgangskode|salasana|jelszo|lykilord|slaptazodis)(?:et|en)?$/;
const GLUED_SECRET = /.(?:geheim|geheimnis|hemlighet|hemmelighed|hemmelighet|salaisuus)(?:en)?$/;
const GLUED_KEY =
  /^(?!next|prev|page|continu|sync|cursor|max|min).+(?:schlussel|schluessel|sleutel|nyckeln?|noglen?|nogle|nokkel|avain|kulcsa?|lykill|geheimnis|token|tokenet|tooken|tokeni|jeton|zeton|kljuc|voti|toend|kaai)$/;

const IN_SCRIPT = /[\u0370-\u1dff\u2d80-\uffff]/;
const stemsOf = (table: Pick<Table, 'stems'>): RegExp =>
  new RegExp(`(?:${fold(Object.values(table.stems).join(' ')).replaceAll(' ', '|')})`, 'u');
/** Stems of alphabets that separate words must begin one: `ключ` is not in `включить`. */
const KEY_LETTERS = /^[\u0370-\u05ff\u0600-\u06ff]/;

let stems:
  | { readonly password: RegExp; readonly code: RegExp; readonly key: RegExp; readonly keys: ReadonlySet<string> }
  | undefined;

function loaded(): NonNullable<typeof stems> {
  if (stems !== undefined) return stems;
  const all = fold(Object.values(KEY_TABLE.stems).join(' ')).split(' ');
  const separate = all.filter((stem) => KEY_LETTERS.test(stem));
  const glued = all.filter((stem) => !KEY_LETTERS.test(stem));
  return (stems = {
    password: stemsOf(PASSWORD_TABLE),
    code: new RegExp(fold(CODE_IN_SCRIPT).replaceAll(' ', '|'), 'u'),
    key: new RegExp(`(?:${glued.join('|')})`, 'u'),
    keys: new Set(separate),
  });
}

/** What a name in another language than English says that its value is. */
export type Kind = 'password' | 'secret' | 'key' | 'code';

/** @param all the words of a name, folded */
export function kindAbroad(all: readonly string[]): Kind | undefined {
  const joined = all.join('');
  if (all.some((word) => ABOUT.test(word))) return undefined;
  if (IN_SCRIPT.test(joined)) {
    const kind = kindInScript(all, joined);
    if (kind !== undefined) return kind;
  }
  const loan = all.length > 1 ? LOANS.get(all[0] ?? '') : undefined;
  if (loan !== undefined && all.every((word, i) => i === 0 || LAST_SET.has(word))) return loan;
  for (let i = 0; i < all.length; i++) {
    const word = all[i] ?? '';
    const pair = word + (all[i + 1] ?? '');
    const three = pair + (all[i + 2] ?? '');
    if (isCode(all, word)) return 'code';
    if ([word, pair, three].some((each) => PASSWORD_SET.has(each)) || GLUED_PASSWORD.test(word)) return 'password';
  }
  if (
    all.some(
      (word, i) =>
        SECRET_SET.has(word) ||
        SECRET_STEM.test(word) ||
        (word.length < 4 && SECRET_SET.has(word + (all[i + 1] ?? ''))) ||
        GLUED_SECRET.test(word) ||
        (/^secrets?$/.test(word) && LINK.test(all[i + 1] ?? '')),
    )
  )
    return 'secret';
  const isKey = (word: string, i: number): boolean => {
    const [next = '', third = ''] = [all[i + 1], all[i + 2]];
    return (
      KEY_SET.has(word) ||
      KEY_SET.has(word + next) ||
      KEY_SET.has(word + next + third) ||
      GLUED_KEY.test(word) ||
      (/^tokens?$/.test(word) && LINK.test(next))
    );
  };
  if (all.some(isKey)) return 'key';
  return undefined;
}

/** English words that other languages use: `password attuale`, `token truy cập`. In English, the last word says what it is. */
const LOANS: ReadonlyMap<string, Kind> = new Map([
  ['password', 'password'],
  ['passphrase', 'password'],
  ['token', 'key'],
]);

/** After a noun, before what it is for: `token de acceso`, `secret du client`. */
const LINK = /^(?:d|de|di|do|da|du|del|della|dell|client|dostepu|akses|acces|acceso|accesso|acesso)$/;

function isCode(all: readonly string[], word: string): boolean {
  // A `pin code` is a postal code in India; a pin may be that of a chip or a map.
  if (word === 'pin') return all.length < 5 && all.join('') !== 'pincode' && !all.some((other) => NOT_PIN.has(other));
  if (CODES.has(word) || CODE_GLUED.test(word)) return true;
  return CODE_WORDS.has(word) && all.some((other) => other !== word && CODE_FOR.test(other));
}

function kindInScript(all: readonly string[], joined: string): Kind | undefined {
  const { password, code, key, keys } = loaded();
  if (password.test(joined)) return 'password';
  if (code.test(joined)) return 'code';
  if (all.some((word, i) => beginsKey(word, keys) || keys.has(word + (all[i + 1] ?? '')))) return 'key';
  return key.test(joined) ? 'key' : undefined;
}

/** Forms of words for secrets, and words made of them: `tajného`, `geheimer`. None begins an English word. */
const SECRET_STEM =
  /^(?:tajn|tajem|tajom|geheim|hemlig|hemmel|sekretn|segret|rahasi|salais|salajan|slapt|slepen|gizli)\p{Ll}{0,6}$/u;

/** Whether a word is one of the stems, or one of them with an ending: `токени`, `ключом`. */
function beginsKey(word: string, stems: ReadonlySet<string>): boolean {
  for (let ending = 0; ending <= MOST_ENDING && word.length - ending >= LEAST_STEM; ending++)
    if (stems.has(ending === 0 ? word : word.slice(0, -ending))) return true;
  return stems.has(word);
}
const MOST_ENDING = 4;
const LEAST_STEM = 4;

/** Words with which a label may end, after one for what it is: `contraseña nueva`, `ключ доступа`. */
export const LAST_WORDS = `api passe paso acceso accès acces acesso accesso secrète secret secreta secreto segreta segreto khẩu sandi laluan πρόσβασης المرور السر مرور عبور доступа доступу phrase
  mật cập giriş nouă secretă nueva nuevo actual anterior temporal provisional nouveau nouvelle actuel actuelle temporaire provisoire nova novo atual nuova nuovo attuale temporanea temporária temporaria
  privada privado privée privee privata privato cifrado chiffrement cifratura encriptación criptografia assinatura firma licencia licenza licença licencia
  activación attivazione ativação servicio serviço servizio cliente aplicación aplicação applicazione client geheimnis geheim klienthemlighet hemlighet licence chiffrement wiederholen bestätigen bevestigen attuale
  użytkownika uzytkownika dostępu dostepu szyfrowania podpisu licencyjny prywatny tajny nowe tymczasowe jednorazowe uživatele uzivatele
  сервиса подписи шифрования лицензии активации пользователя приложения клиента восстановления подтверждения
  κρυπτογράφησης υπογραφής again sesión sessão sesji recuperación récupération recuperação recupero
  klienta clientului antigua antiguo ancienne ancien znovu újra tekrar достъп accés kliento stranke
  corrente saat ini sekarang kini bevestiga conferma confirmação confirmación confirmation hyrjesh hyrje truy tanishëm ri vjetër antiga vella berria uudelleen szyfrujące rafraîchissement vernieuwen dostop confirma actualización actualització rafraîchissement aggiornamento refresc refresco atualização odświeżania obnovení обновления оновлення přístup doğrula onayla herhalen confirmar bekräfta
  verificación vérification verificação verifica sécurité seguridad segurança sicurezza utente amministratore administrateur administrador usuario usuário mới tạm rahasia akses baru pengguna pribadi kunci faire údaje adatok bilgileri podatki podaci gegevens prijavu reatha`;
const LAST_SET = set(LAST_WORDS);

/** Whether a word is one with which a label may end. */
export function mayEndLabel(word: string): boolean {
  return LAST_SET.has(fold(word));
}

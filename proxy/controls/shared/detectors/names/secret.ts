/** Words for a password in other languages. */
import { fold } from './split.ts';
import type { Table } from './table.ts';

export const PASSWORD_TABLE: Pick<Table, 'words' | 'stems'> = {
  words: {
    da: 'adgangskode kodeord',
    no: 'passord',
    sv: 'lösenord',
    fi: 'salasana',
    pl: 'hasło',
    cs: 'heslo',
    hr: 'lozinka',
    sl: 'geslo',
    hu: 'jelszó',
    ro: 'parola parolă',
    tr: 'şifre parola',
    vi: 'mậtkhẩu',
    id: 'katasandi',
    is: 'lykilorð',
    et: 'parool salasõna',
    lt: 'slaptažodis',
    lv: 'parole',
    el: 'κωδικός',
  },
  stems: {
    ru: 'пароль',
    bg: 'парола',
    sr: 'лозинка',
    el: 'κωδικοσπροσβασησ συνθηματικο',
    ja: 'ハスワート 暗証番号',
    zh: '密码 密碼 口令',
    ko: '비밀번호 암호 패스워드',
    ar: 'كلمةالمرور كلمةالسر',
    fa: 'رمزعبور گذرواژه',
    he: 'סיסמה סיסמא',
    hi: 'पासवर्ड',
    th: 'รหัสผ่าน',
  },
};

/** The words alone, without a list of languages. */
export const PASSWORDS = Object.values(PASSWORD_TABLE.words).join(' ');

let stems: RegExp | undefined;

/** Whether a name in another script than Latin, written without spaces, is that of a password. */
export function isPasswordInScript(name: string): boolean {
  if (!/[\u0370-\u1dff\u2e80-\uffff]/.test(name)) return false;
  stems ??= new RegExp(fold(Object.values(PASSWORD_TABLE.stems).join(' ')).replaceAll(' ', '|'), 'u');
  return stems.test(name);
}

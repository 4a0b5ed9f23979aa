/** Words for a social security number, or for another number by which a state knows a person. */
import type { Table } from './table.ts';

export const SOCIAL_TABLE: Table = {
  words: {
    en: `ssn ssns ssnumber ssno ssnum ssnbr ssnr ssntin ssnitin ssnid ssnfull fullssn usssn ussn socialsecurity socialsecuritynumber socialsecurityno socialsec socsec socsecno socsecnum socsecnbr
      socialinsurance socialsecuritynbr socialsecuritynum socsecurity ssecurity socialsecnum socnum socno socialno socialnumber socialnum socialid itin tin tinnumber taxpayer taxpayers
      taxpayerid usertin recipienttin payeetin nin sosec`,
    hl7: 'refsy pid19 nk133 ref1lsy',
    de: 'sozialversicherung sozialversicherungsnummer svnummer sozialversicherungsnr steuerid steueridnr steuernummer steuernr steueridentifikationsnummer',
    fr: 'sécuritésociale numérosécuritésociale numérodesécuritésociale numsecu nosecu nss numérofiscal identifiantfiscal',
    es: 'segurosocial seguridadsocial númerosegurosocial númerodesegurosocial numsegurosocial nss númerofiscal identificaciónfiscal idfiscal',
    it: 'sicurezzasociale previdenzasociale codicefiscale',
    pt: 'segurançasocial segurosocial numerofiscal niss',
    nl: 'socialezekerheid socialezekerheidsnummer',
    da: 'socialsikringsnummer',
    sv: 'socialförsäkringsnummer',
    fi: 'sosiaaliturvatunnus',
    pl: 'ubezpieczeniaspołecznego ubezpieczeniespołeczne',
    cs: 'sociálníhozabezpečení',
    hu: 'társadalombiztosítási tajszám',
    ro: 'asigurărisociale',
    tr: 'sosyalgüvenlik sosyalgüvenlikno sosyalgüvenliknumarası sgkno vergino verginumarası',
    vi: 'ansinhxãhội mãsốthuế',
  },
  stems: {
    ru: 'социальногострахования социальногообеспечения страховойномер номерсоцстрах налогов',
    uk: 'соціальногострахування податков',
    el: 'κοινωνικησασφαλισησ αμκα',
    ja: '社会保障番号 マイナンハー 個人番号',
    zh: '社会安全号 社会安全号码 社會安全號碼 社会保障号 社保号 社会保险号 税号 稅號 纳税人识别号',
    ko: '사회보장번호 주민등록번호',
    ar: 'الضمانالاجتماعي الضمان الهويةالوطنية',
    he: 'ביטוחלאומי',
    hi: 'सामाजिकसुरक्षा',
    th: 'ประกันสังคม',
    fa: 'شناسهملی شناسهمالیاتی',
    latin: `socialsecur socsec sozialversicher segurosocial seguridadsocial segurancasocial securitesocial sicurezzasocial seguretatsocial sosyalguvenlik socialniho steueriden
      identificadorfiscal identifiantfiscal identificatorefiscal identificationfiscal identificacaofiscal identificaciofiscal identificatorfiscal codfiscal podatkow belastingid
      davcnast davcniid adoszam adoazonosito mokesciu socialinio socialnegazav sotsiaalkindl securitatesocial burgerservice`,
  },
};

/** Who gives a person a number; together with a word of {@link NUMBERS} it is such a number: `tax_id`. */
export const GIVERS =
  'legal national natl nat natnl government govt gov govern governmentissued govtissued govissued governmental tax taxpayer fiscal citizen civil federal fed';
export const NUMBERS =
  'id ident identifier identifiers idnumber idno idnum idnbr identity identityno identitynumber identification identificationno identificationnumber ids registrationnumber registrationno';
/** A whole name only: `social_links` is something else. */
export const ALONE = `ss social socials personalid personalidnumber personalidno personalidentifier personalidentificationnumber
  identificationnumber identificationno idnumber irsnumber nid perid icnum nationalinsurancenumber nationalinsuranceno`;
/** `taxNumber` is one, but `nationalNumber` is a telephone's. */
export const TAX_NUMBERS =
  'taxno taxnumber taxnum taxnbr taxcode taxregistration governmentnumber govtnumber citizennumber civilnumber taxregistrationnumber';

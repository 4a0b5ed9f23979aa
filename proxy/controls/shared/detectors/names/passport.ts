/** Words for the number of a passport. */
import type { Table } from './table.ts';

export const PASSPORT_TABLE: Table = {
  words: {
    en: `passport passports passportnumber passportno passportnum passportnbr passportnr passportid passportidnumber passportdetails passprt passpt pasport psprt pspt psptno psptnum psport ppt pptno
      pptnum ppno ppnum ppn ppnumber passno passnum passnbr passnumber traveldocument traveldocumentno traveldocumentnumber traveldocumentnum traveldocno traveldocnum traveldocnumber
      traveldoc traveldocid traveldocumentid passportbook passportbooknumber passportcardnumber mrz`,
    iso20022: 'psptnb',
    de: 'reisepass reisepassnummer reisepassnr passnummer passnr rpass reisepassno reisedokument',
    fr: 'passeport passeportno numéropasseport numérodepasseport numpasseport nopasseport',
    es: 'pasaporte pasaportes númeropasaporte númerodepasaporte numpasaporte nropasaporte',
    it: 'passaporto numeropassaporto numpassaporto',
    pt: 'passaporte numeropassaporte numpassaporte nrpassaporte',
    nl: 'paspoort paspoortnummer paspoortnr pasnummer pasnr reisdocument',
    da: 'pas pasnummer pasnr rejsepas',
    no: 'passnr passet',
    sv: 'passnummer passnr',
    fi: 'passi passinumero passin passinnumero passinro',
    is: 'vegabréf vegabréfsnúmer',
    pl: 'paszport paszportu numerpaszportu nrpaszportu',
    cs: 'pas pasu čísloPasu číslopasu cestovnípas cestovníhopasu',
    sk: 'pasu číslopasu',
    sl: 'potnilist potnegalista potnalista številkapotnegalista',
    hr: 'putovnica putovnice brojputovnice pasoš',
    hu: 'útlevél útlevélszám útlevelszám',
    ro: 'pașaport pașaportului numărpașaport',
    tr: 'pasaport pasaportno pasaportnumarası',
    vi: 'hộchiếu sốhộchiếu',
    id: 'paspor nomorpaspor nopaspor pasport nomborpasport',
    tl: 'pasaporte',
    ca: 'passaport',
  },
  stems: {
    ru: 'паспорт загранпаспорт',
    el: 'διαβατηρι',
    ja: 'ハスホート 旅券',
    zh: '护照 護照',
    ko: '여권',
    ar: 'جواز',
    fa: 'گذرنامه پاسپورت',
    he: 'דרכון',
    hi: 'पासपोर्ट',
    bn: 'পাসপোর্ট',
    th: 'หนังสือเดินทาง พาสปอร์ต',
    ka: 'პასპორტ',
    lo: 'ໜັງສືຜ່ານແດນ ຫນັງສືຜ່ານແດນ',
    hy: 'անձնագ',
    latin: 'passpor reisepass passeport pasaport passaport paspoort paszport pasaporte utlevel putovnic',
  },
  weak: 'pass ppt pspt psp pp pport pasp pas trvldoc traveldoc trvdoc traveldocument reisedok',
  not: `country expiry expires expiration expire exp expdate date dt issue issued issuer issuing authority type status valid validity place nationality photo scan image url
    required verified check name kind class state file copy uploaded upload office page count boarding strategy session auth user data ablauf ablaufdatum ausstellung gueltig gultig
    caducidad vencimiento expedicion scadenza rilascio validade emissao geldig afgifte expdt`,
};

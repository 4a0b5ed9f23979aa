/** Words for a date of birth. */
import type { Table } from './table.ts';

export const BIRTH_TABLE: Table = {
  words: {
    en: `birth dob birthdate birthday birthdt birthdttm birthdatetime bday bdate bdt brthdt brthdate brthdy brthday brdate bthdate bthday bthdt birthdat birthd birthts born birtdate birtday brithdate brithday bithdate
      dateofbirth dtofbirth dtbirth dobirth datebirth dtob dobdt dobdate`,
    de: 'geburt geburtsdatum geburtstag geburtsdat gebdatum gebdat gebdate gebdt gebtag gebtg gebam geb geburtstage geboren gebd',
    fr: 'naissance datenaissance datedenaissance naiss datenaiss datnaiss dtnaiss ddn datnais datenais neele nele anniversaire',
    es: 'nacimiento fechanacimiento fechadenacimiento fnacimiento naciste fecnacimiento fechanac fecnac fnac fchnac nacim cumpleaños cumple',
    it: 'nascita datanascita datadinascita dtnascita datnascita datanasc compleanno natoil natail natoail natoanatail',
    pt: 'nascimento datanascimento datadenascimento dtnascimento dtnasc datanasc nasc aniversário nascido nascida',
    nl: 'geboorte geboortedatum geboortedat geboortedag gebdatumnl geboortdatum verjaardag verjaarsdag gebore bertedatum geboorteplaatsendatum',
    da: 'fødsel fødselsdato fødselsdag fødselsdagen foedselsdato foedselsdag fdato fødtdato fødselsdatum født fødtden fødselstidspunkt',
    sv: 'födelse födelsedatum födelsedag födelsedat foedelsedatum född födelsetid födddatum',
    no: 'fødselsår fødd føddato',
    fi: 'syntynyt syntymä syntymäaika syntymäpäivä syntymäpvm syntaika syntpvm',
    is: 'fæðingardagur fæðingardag fæðingardegi fæðingardags fæðingarár fæddur fædd',
    pl: 'urodzenia urodzin dataurodzenia dataur datur urodziny urodzona urodzony',
    cs: 'narození datumnarození narozen narozena datnar datumnar narozeniny rodnedatum',
    sk: 'narodenia dátumnarodenia narodeniny',
    sl: 'rojstva datumrojstva rojen rojena rojstni rojstnidatum rojstnidan rojstnega rojstnegadne',
    hr: 'rođen rođenja datumrođenja rodjenja rođena rođendan rodjendan rodjen rodjena datrođ datumrođ',
    hu: 'szulido születés születési születésidátum születésiidő születésnap szüldátum szüldat születésidő',
    ro: 'nașterii nastere dataNașterii datanasterii datanastere naștere zidenaștere născut născută nascutla ziuanașterii ziuadenaștere',
    tr: 'dogtar dogtarihi doğum doğumtarihi doğumgünü doğumtar dogumtrh dtarihi doğduğu doğumu doğumlu doğumyılı doğumunuz',
    vi: 'sinhngày ngsinh ngàysinh nămsinh ngaythangnamsinh ngaythangsinh sinhvaongay ntns sinhnhật',
    ca: 'naixement datanaixement datadenaixement aniversari nascut nascuda',
    id: 'lahir tanggallahir tgllahir tarikhlahir kelahiran tkhlahir dilahirkan tempattgllahir tempattanggallahir',
    et: 'sünniaeg sünnikuupäev sünniaja sünnipäev sündinud sünniaasta',
    lt: 'gimimodata gimimo gimė gimęs gimusi gimtadienis gimdata gimdiena gimimas',
    lv: 'dzimšanasdatums dzimšanas dzimis dzimusi dzimdatums dzdatums',
    tl: 'kapanganakan kaarawan ipinanganak isinilang natawhan',
    gl: 'nacemento datadenacemento',
    eu: 'jaioteguna jaiotzedata jaiotze jaiotzeko jaiotzeeguna jaioa',
    cy: 'dyddiadgeni ganwyd dyddiadgenir',
    ga: 'dátabreithe breithe lábreithe',
    sq: 'datëlindja datëlindje datelindja ditëlindja lindjes datalindjes lindur',
    sw: 'kuzaliwa tareheyakuzaliwa alizaliwa',
    az: 'doğumtarixi təvəllüd doğulduğu adgünü anadanolub anadanolma',
    uz: 'tugilgan tugilgansana tugʻilgan',
    mt: 'twelid tattwelid',
    lb: 'gebuertsdatum gebuert',
    so: 'dhalasho dhalashada dhalashadii',
    zu: 'okuzalwa lokuzalwa wokuzalwa',
    ha: 'haihuwa ranarhaihuwa',
    rw: 'amavuko',
    ht: 'nesans datnesans',
    br: 'ganedigezh',
    gd: 'lathabreith',
    eo: 'naskiĝdato naskiĝtago',
    fo: 'føðingardagur',
    tk: 'doglansenesi doglangüni',
    ku: 'jidayikbûn rojbûn',
    ru: 'датарожд рожддата',
    uk: 'датанар',
    bg: 'датанаражд',
    ka: 'დაბთარიღი',
    ar: 'ولدفي ولدتفي',
    hi: 'पैदाहुए',
    zh: '生于 生於',
    // HL7 version 2 and X12 name fields by their positions.
    hl7: 'pid7 nk116 in118 dmg02',
    dicom: 'patientsbirthdate',
    sap: 'gbdat',
  },
  stems: {
    ru: 'рожден родился родилась',
    uk: 'народжен народив народил',
    bg: 'раждан рожден роден',
    sr: 'рођењ рођен',
    el: 'γεννησ γεννηθ γενεθλι ημγεν ημνιαγεν',
    ka: 'დაბადებ დაიბად',
    mk: 'раѓањ роден',
    be: 'нараджэн',
    mn: 'төрсөн',
    kk: 'туған туылған',
    ta: 'பிறந்த',
    te: 'పుట్టిన జన్మ',
    gu: 'જન્મ',
    kn: 'ಹುಟ್ಟಿದ ಜನ್ಮ',
    ml: 'ജനന ജന്മ',
    pa: 'ਜਨਮ',
    ur: 'پیدائش',
    si: 'උපන්',
    km: 'កំណើត',
    my: 'မွေး',
    am: 'የትውልድ ልደት',
    lo: 'ວັນເດືອນປີເກີດ ວັນເດືອນປີເກິດ ວັນເກີດ',
    hy: 'ծննդ ծնված ծնվել',
    ky: 'туулган',
    tg: 'таваллуд',
    uz: 'туғилган',
    ps: 'زیږید زېږېد زیږېد',
    ckb: 'دایکبوون',
    or: 'ଜନ୍ମ',
    yi: 'געבורט געבוירן',
    ti: 'ትውልዲ',
    latin:
      'birthd geburts naissanc nacimient nasciment nascita geboorte fodsels fodelse syntym urodzen narozen naroden szulet nasteri nastere dogumt rojstv rojstn rodenj rodjenj naixement faedingar dzimsan gimimo sunnikuup sunniaeg verjaar',
    ja: '生年月日 誕生日 出生日 生まれ',
    zh: '出生 生日 誕辰 诞辰 生辰',
    ko: '생년월일 생일 출생 생년 태어난 탄생일',
    ar: 'ميلاد الولاده الولادة مولود مواليد',
    fa: 'تولد زادروز ولادت',
    he: 'לידה הולדת נולד',
    hi: 'जन्म',
    bn: 'জন্ম',
    th: 'วันเกิด ปีเกิด เกิดวัน วันที่เกิด เกิดเมื่อ',
  },
  weak: `nac naci nacim nais naiss nasc nasci nascim geb gebu geburt nar naro naroz naroden ur urodz urodzen szul szulet dogum lahir lhr sinh rodj rodzen rojs rojst
    synt synty fod fods fodt fodsels brth brt bth birt brith born natus rod rođ rozhd dz dzim gim synt ditelind`,
  not: `place city country town state location name weight certificate cert order rate hospital ort stadt land lieu ville pays lugar ciudad pais luogo citta comune
    plaats sign registration reg id gender sex type status parity attendant length count control defect defects stone party gift message wish wishes coupon discount club
    reminder email mail sms sent notification updated created modified flag province region county district nation nationality address zip
    postal place1 misto mesto miejsce dept departement departamento code visibility privacy format hide show`,
};

/** Words and abbreviations for a date, beside which a weak word counts. */
export const DATE_WORDS = `date dates dt dte dat data dta datum dato datetime dttm dttime fecha fech fec fch f d pvm paiva paivamaara tar tarih tarihi trh tgl tanggal tarikh ngay day
  dag tag jour dia ido am on le el fd timestamp ts`;

/** Of the words that say that it is no date of birth: a date beside them is one (`Date and place of birth`). */
export const PLACES = `place city country town state location ort stadt land lieu ville pays lugar ciudad pais luogo citta comune plaats province region county district
  misto mesto miejsce mjesto`;

/** One of several fields for a date: `birth_year`. */
export const DATE_PARTS = `year yr yyyy yy month mon mm mth day dd jahr monat tag annee mois jour ano mes dia anno mese giorno jaar maand dag ar manad rok miesiac dzien vuosi kuukausi paiva`;
/** Names of a date, which say what it is only with the name around them. */
export const DATES = `date dt dat datum datetime dttm dte day fecha data dato tarih tarihi tanggal tgl pvm datestring datevalue iso timestamp ts time on`;

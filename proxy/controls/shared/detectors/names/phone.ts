/** Words for a telephone number. */
import type { Table } from './table.ts';

export const PHONE_TABLE: Table = {
  words: {
    en: `phone phones phn phne phonenumber phonenum phoneno phoneno phno phnum phnbr contactnumber contactno contactnum contactphone telephone telephones telephonenumber tel tels telno telnum
      telnumber tele telenumber teleph telecom telecoms mobile mobiles mobilephone mobilenumber mobileno mobno mobnum mobnumber mobnb mob mobl cell cells cellphone cellno cellnumber cellular
      cellnum cph cphone fax faxes faxno faxnumber faxnum facsimile facsimiletelephonenumber msisdn whatsapp whatsappnumber viber sms smsnumber voicemail mynumber landline landlineno caller callee callback
      calleridnumber callernumber dialnumber dialednumber callingnumber calledparty callingparty e164 gsm gsmno ph pager hphone wphone bphone cphone homeph workph ofcph busph busphone
      daytimenumber eveningnumber emergencynumber emergencycontactnumber emergencycontact contactinfo hotline helpline tollfree fone mphone handphone hpno nohp tn telnr phonenr managerphone assistantphone telfx calledid callerid
      callednumber directdial directline switchboard mainline line1number subscribernumber alternatecontact alternatenumber alternateno altnumber altno daytimecontact eveningcontact
      nightcontact officeno textnumber sendernumber recipientnumber verifiednumber otpnumber anumber bnumber dnis isdn internationalisdnnumber telexnumber waid wanumber signalnumber clid
      ani fromnumber tonumber destinationnumber sourcenumber originatingnumber terminatingnumber aparty bparty apartynumber bpartynumber`,
    iso20022: 'phnenb mobnb faxnb telnb phnb',
    hl7: 'pid13 pid14 nk15 nk16 per04',
    de: `fon telefon telefone telefonnummer telefonnr telnr telefonnum handy handynummer handynr mobilnummer mobilnr natel mobil mobiltelefon rufnummer rufnr rufnummern festnetz festnetznummer
      festnetznr rückruf rückrufnummer rückrufnr diensttelefon privattelefon telefax faxnummer faxnr durchwahl fernsprecher fernruf`,
    fr: 'téléphone telephones numtel numérotéléphone numerodetelephone notel portable gsm télécopie telcopie telfixe telportable téléphonefixe',
    es: 'teléfono teléfonos telef telf tlfn tlfno tfno fono móvil celular cel teléfonofijo teléfonomóvil numtelefono númerodeteléfono nrotelefono telefónico',
    it: 'telefono cellulare numerotelefono numerocellulare cellulari recapito telcasa',
    pt: 'telefone celular móvel telemóvel telemovel numerotelefone fone foneresidencial',
    nl: 'telefoon telefoonnummer telefoonnr mobiel mobielnummer mobielnr gsmnummer gsmnr vasttelefoon',
    da: 'telefonnummer mobiltelefon tlf tlfnr tlfnummer mobilnummer mobiltlf',
    no: 'telefonnr mobilnr',
    sv: 'telefon telefonnummer mobilnummer mobiltelefonnummer telefonnr hemtelefon',
    fi: 'puhelin puhelinnumero puh puhnro matkapuhelin matkapuhelinnumero gsmnumero puhelinnro',
    is: 'símanúmer sími farsími',
    pl: 'telefon telefonu numertelefonu nrtelefonu nrtel komórka komórkowy telefonkomórkowy telkom tel',
    cs: 'telefonní telefonníčíslo mobilní telefonu číslotelefonu mobilu mob',
    sk: 'telefónne telefónnečíslo telefón',
    sl: 'telefonskaštevilka telefonska faks mobilnaštevilka mobilna',
    hr: 'telefona brojtelefona mobitel brojmobitela telefonski',
    hu: 'telefon telefonszám mobilszám mobiltelefonszám telszám mobiltelefon vezetékes',
    ro: 'telefonul numărdetelefon nrtelefon nrtel mobilul telefonmobil',
    tr: 'telefonno telefonnumarası telno ceptel ceptelefonu cepno gsmno evtel iştel telefonu',
    vi: 'điệnthoại sốđiệnthoại sđt sdt dđ dtdd đtdđ dienthoai didong đt sốđt',
    id: 'telepon telp notelp notelepon nomortelepon ponsel nomorponsel nohp nomorhp handphone telefonbimbit tlp hp',
    et: 'telefoninumber mobiiltelefon mobiil mobiilinumber faks',
    lt: 'telefonas telefononumeris mobilusis faksas',
    lv: 'tālrunis tālruņa mobilais',
    ca: 'telèfon mòbil telèfons telfixe',
    tl: 'telepono',
    // Written in Latin letters.
    ja: 'denwa denwabangou denwabango keitai keitaibangou keitaibango',
    zh: 'dianhua dianhuahaoma shouji shoujihao shoujihaoma lianxidianhua yidongdianhua',
    ko: 'jeonhwa jeonhwabeonho hyudaepon',
    ar: 'hatif jawwal raqmhatif raqmaljawwal',
    gr: 'tilefono kinito',
    ru: 'nomertelefona',
  },
  stems: {
    ru: 'телефон мобильн сотов факс номертел',
    uk: 'мобільн',
    bg: 'мобил',
    el: 'τηλεφων τηλεπικοιν κινητο φαξ',
    ja: '電話 携帯 ファックス ファクス ファクシミリ TEL番号 連絡先 モハイル番号',
    zh: '电话 電話 手机 手機 手提 传真 傳真 联系方式 聯絡電話',
    ko: '전화 휴대폰 휴대전화 핸드폰 팩스 연락처',
    ar: 'هاتف الجوال جوال موبايل المحمول تليفون فاكس',
    fa: 'تلفن همراه موبایل فکس نمابر',
    ka: 'ტელეფონ მობილურ',
    lo: 'ໂທລະສັບ ມືຖື ເບີໂທ',
    hy: 'հեռախոս',
    latin: 'mobilfunk telephone telefon telefoon telefono puhelin mobilnum handynum cellphone mobilephone phonenum',
    he: 'טלפון נייד פקס',
    hi: 'फोन फ़ोन मोबाइल दूरभाष',
    bn: 'ফোন মোবাইল',
    th: 'โทรศัพท์ มือถือ เบอร์โทร โทรสาร',
  },
  weak: 'contact contacts kontakt kontak contacto contatto contato emergency emerg wa whatsapp viber call calling dial home work daytime evening night hp tlp',
};

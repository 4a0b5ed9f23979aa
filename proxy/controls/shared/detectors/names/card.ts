/** Words for the number of a payment card. */
import type { Table } from './table.ts';

export const CARD_TABLE: Table = {
  words: {
    en: `card cards cardnumber cardnumbers cardno cardnum cardnr cardnbr cardpan crd crdnb crdnum crdno creditcard creditcardnumber creditcardno creditcardnum ccard debitcard
      debitcardnumber paymentcard bankcard ccnumber ccnum ccno ccn ccnbr ccnr cc cclong pan primaryaccountnumber fpan dpan panno cardholdernumber cardaccountnumber
      cardacctnbr`,
    iso20022: 'cardnb plaincarddata',
    iso8583: 'de2 de002',
    de: 'karte karten kartennummer kartennr kartenr kreditkarte kreditkartennummer kreditkartennr kkarte girokarte kknr debitkarte bankkarte',
    fr: 'carte cartes numérocarte numérodecarte numcarte nocarte cartebancaire cartedecrédit cartebleue cb ncarte',
    es: 'tarjeta tarjetas númerotarjeta númerodetarjeta numtarjeta nrotarjeta ntarjeta',
    it: 'carta carte numerocarta cartadicredito numcarta ncarta',
    pt: 'cartão cartões numerocartão númerodocartão numcartao nrcartao',
    nl: 'kaart kaartnummer kaartnr betaalkaart bankkaart creditkaart pasnummerbank',
    da: 'kort kortnummer kortnr betalingskort kreditkort dankort kortnummeret',
    sv: 'kort kortnummer kortnr bankkort kreditkort betalkort kontokort',
    fi: 'kortti korttinumero kortin kortinnumero luottokortti maksukortti pankkikortti kortinnro',
    pl: 'karta karty numerkarty nrkarty kartakredytowa kartykredytowej kartaplatnicza',
    cs: 'karta karty číslokarty kreditníkarta platebníkarta kartou',
    sk: 'číslokarty',
    hr: 'kartica kartice brojkartice kreditnakartica',
    hu: 'kártya kártyaszám bankkártya hitelkártya bankkártyaszám',
    ro: 'card cardul numărcard cardului carddecredit numărulcardului',
    tr: 'kart kartno kartnumarası kredikartı kredikartno kartnum',
    vi: 'sốthẻ thẻtíndụng thẻ',
    id: 'kartu nomorkartu nokartu kartukredit',
    ca: 'targeta númerodetargeta',
  },
  stems: {
    ru: 'номеркарт банковскойкарт кредитнойкарт кредитнаякарт банковскаякарт карты',
    uk: 'картк',
    el: 'καρτα καρτασ αριθμοσκαρτ',
    ja: 'カート番号 クレシットカート',
    zh: '银行卡 卡号 信用卡 信用卡號 卡號',
    ko: '카드번호 카드 신용카드',
    ar: 'بطاقة بطاقه',
    fa: 'شمارهکارت کارت',
    he: 'כרטיס',
    hi: 'कार्ड',
    th: 'บัตรเครดิต หมายเลขบัตร เลขบัตร',
    latin:
      'creditcard debitcard kreditkart kreditkort kredittkort luottokort maksukort bankkort cartedecredit tarjetadecredito cartadicredito cartaodecredito kartykredyt cardnum kartennum',
  },
  weak: 'kk crd plastic kredit kreditt kredi credit debit visa mastercard amex luotto credito',
};

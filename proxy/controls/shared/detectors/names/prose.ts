/** Words that label a value in text, besides those of the tables; and words that do not label anything there. */

/** Words of the tables with less than five letters that are clear in text as well. */
export const SHORT = `simi simu fon ffon ssn ssns ssno dob bday born itin tel tels telf fax ph mob cell card kort sms gsm tlf cc ccn pan puh phno pasu nasc ddn 生于 生於 gime ppno ntns`;
/** Words of the tables that have another meaning in text. */
export const AMBIGUOUS = `passi passin passet passno passnum passnbr passnumber passets fasfo telecom telecoms fiscal taxpayer taxpayers mobil pager plastic telef nascido
  extension anniversaire lines karta kartou kaart kartu emergencycontact contactinfo cells faxes`;

export const CALLING = `call calls called calling ring dial mob text texted reach reached contact contacts hotline helpline phoned telefonisch erreichbar anrufen rufen ruf rufe
  ruckruf llame llamar llamame appelez appeler appelle joindre joignable chiamare chiama chiamami bellen bel ligue ligar dzwon zadzwon ringa nummret numer telefonu mobil`;
export const PAYING = `visa mastercard amex discover maestro jcb diners unionpay american express debit credit kreditkarte kredit credito`;
export const BORN = `ne nee nacido nacida nato nata nascido nascida geb geboren geburtsdatum fodd fodt urodzony urodzona ur nac syntynyt birthdays nar urod nasc narozen narozena lahir szul szuletett
  doglu nascut nascuta naciste nacio nasceu faeddur faedd rojen rojena roden rodena rodjen rodjena gime gimes gimusi dzimis dzimusi sundinud nascuda lindur dogumlu dogdu ipinanganak isinilang alizaliwa
  gebore ganwyd jaioa dhalasho naci nasci naquit nacque fodtes foddes foddest syntyi syntyin urodzil urodzila urodzilem urodzilam narodil narodila rodil rodila gimiau gime nilizaliwa szulettem
  nascuda urodziles urodzilas naciste nacisteis nasceste nasceu narodiste narodila naskis sundis dzimusi nacio nacieron synnyin synnyit`;
/** At the end of a sentence: `am 3.2.1980 in Linz geboren`. */
export const BORN_LAST = `geboren gebore doğumlu doğumluyum doğdu doğdum született születtem syntynyt geburtstag verjaardag`;
/** After a value that is said to be something: `1980-02-03 is her birthday`. */
export const AS = `is was are as ist war als est es é è são är er on jest je este`;
/** Between such a word and what the value is. */
export const AS_WHOSE = `my his her our your their its the a correct right down real date day mein meine ihr ihre sein seine das mi su la le el mon ma sa mio mia il meu minha o an mijn`;
export const SOCIAL = `social security soc ss`;
export const THINGS = `order orders invoice tracking track shipment parcel package waybill reference ref ticket case claim serial sku part item batch lot imei imsi iccid meid isbn issn
  ean upc gtin asin barcode timestamp epoch hash sha sha1 sha256 md5 checksum digest commit revision rev nonce trace span offset size bytes count amount price lat lon lng
  latitude longitude coordinates zip postal postcode plz id ids uid uuid guid transaction txn receipt confirmation booking reservation pnr account acct konto model po rma
  bestellung bestellnummer rechnung rechnungsnummer sendungsnummer commande facture pedido factura ordine fattura zamowienie page pages isrc doi pmid job run request session
  snowflake tweet build policy patent style catalog catalogue drawing permit licence license room bin asset project quote ndc consignment awb meter seed auftrag auftragsnr auftragsnummer
  artikel artikelnummer artikelnr kundennummer kundennr kdnr kd vertrag vertragsnummer vertragsnr police policen policennummer policennr versicherungsnummer aktenzeichen az bd zähler zählernummer chassis siren siret ust bic
  contrat contrato contratto bestelnummer ordernummer ordrenummer tilausnumero zamówienia zamówienie objednávka rendelésszám sipariş заказ заказа 注文番号 訂單編號 订单号 订单编号 주문번호 uhrzeit lotto`;
/** Of these, the ones whose numbers may look like a person's. */
export const NUMBERED = `order orders invoice tracking shipment parcel package waybill reference ref ticket case claim serial sku part item batch lot isbn issn ean upc gtin asin barcode
  confirmation booking reservation pnr model po rma bestellung bestellnummer rechnung rechnungsnummer sendungsnummer commande facture pedido factura ordine fattura zamowienie
  patent style catalog catalogue drawing permit room bin asset job project quote receipt ndc consignment awb meter auftrag auftragsnr auftragsnummer artikel artikelnummer artikelnr
  bestelnummer ordernummer ordrenummer tilausnumero zamówienia zamówienie objednávka rendelésszám sipariş заказ заказа 注文番号 訂單編號 订单号 订单编号 주문번호`;
export const VERSIONS = `version versions ver v release released build section sections chapter clause paragraph para figure table appendix oid firmware upgrade upgraded update
  updated runtime assembly package dependency requires driver rfc`;
export const ADDRESSES = `ip ips ipv4 ipv6 ipaddress host`;
/** Between a label and its value. */
export const FILLERS = `no nr num number nummer numero nbr is was the id code de of a has n numeris numurs numarasi nomresi nommer nombor nomor broj cislo szama numri numru stevilka zenbakia`;
/** Between a question or an introduction and a value: `Your passport number? It's …`, `né à Lyon, le …`. */
export const ANSWERS = `it its s sure yes yeah ok thats that my mine le il el am den on os como er ist es should be ought correct right one real actual actually
  instead rather which as we have got has reads says listed given recorded richtig korrekt lautet sollte sein correcta correcto debe ser bonne doit être est corretta dovrebbe essere juist moet zijn now neu`;
/** After a word for a birth or a passport: the value is that of something else. */
export const NOT_OF_BIRTH = `party offer voucher coupon discount valid until expires expire release added column archive digital certificate certificates rate rates control weight registration issued defect defects cohort`;
export const NOT_OF_PASSPORT = `expiry expires expiration expire expired valid validity until date dated ablauf gueltig bis office strategy since page pages version photo photos picture queue size count total stats
  statistics request requests ticket tickets job jobs module user users session verification order sid`;
/** Tags of HTML, which say nothing about what they enclose. */
export const TAGS = /<\/?(?:b|i|u|p|em|td|th|tr|dt|dd|li|br|div|span|strong|label|small|font|code|h\d)\b[^<>]*>/gi;

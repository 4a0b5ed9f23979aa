/** Words that say that a number is something else, or that say nothing. */

/** As the last word of a name: an id, an amount, a time or a place. Its digits do not identify a person. */
export const OTHER = `id ids uid guid uuid order orders invoice tracking shipment parcel waybill reference ref ticket case serial sku part batch lot imei imsi iccid meid isbn issn ean
  upc gtin asin mpn barcode timestamp timestamps ts time epoch created updated modified deleted expires at date hash sha sha1 sha256 md5 etag checksum digest commit revision rev
  build version nonce trace span cursor offset size bytes length count total amount price cost balance revenue sum subtotal tax fee lat lon lng latitude longitude coordinates coordinate
  coord geo geometry location point position bbox zip postal postcode zipcode plz ratio score rate duration ms seconds width height weight quantity qty year port pid index seq sequence
  transaction txn block x y z millis micros nanos snowflake bestellnummer rechnungsnummer auftragsnummer po confirmation booking model catalog catalogue
  ndc project awb consignment meter seed nhs stock`;

/** Numbers of things, which may look like a person's number. */
export const THINGS = `order orders invoice tracking shipment parcel waybill reference ref ticket case serial sku part batch lot imei imsi iccid meid isbn issn ean upc gtin asin mpn
  barcode po confirmation booking bestellnummer rechnungsnummer auftragsnummer hash commit revision version product item model catalog catalogue article material vin pnr rma ndc project awb consignment meter seed nhs`;

/** An id. */
export const IDS = 'id ids identifier ident idnumber idno identification';

/** Says nothing alone; the name around it decides. */
export const GENERIC = `parameter param property attribute setting number no nr num nbr nb nummer numero numbers value values val raw formatted national international text content full main primary secondary work home personal
  business office private other default data current old new first last plain document code string str txt field info details detail c custom edges edge node nodes unique display element nro n numer cislo numar numarul numarasi nomor broj
  stevilka szam numeris номер αριθμοσ رقم מספר नंबर 번호 号码 号 番号 編號`;

/** The types of values, which a generic name may have, too: `stringValue`. */
export const TYPED = `v s n answer answers response string str int integer long double float decimal bool boolean date time datetime timestamp quantity uri blob binary char varchar
  var code any`;

/** A number of some document. */
export const NUMBERED = `id ids identifier ident idnumber idno document doc number no num nr`;

/** Words and abbreviations for a number, beside which a weak word counts. */
export const NUMBER_WORDS = `no nr num nbr nb number nummer numero numer cislo szam nomor numm numb numar broj stevilka nro n so`;

/** Persons and their places, from which glued names are made: `custphone`, `patdob`. */
export const PERSONS = `customer cust client user usr emp employee empl patient pat pt person pers contact home work bus business office primary prim sec secondary main alt alternate
  emergency emerg spouse father mother parent child guardian applicant app insured subscriber subs member mem memb student stud owner holder billing bill ship shipping sender
  recipient tenant guest passenger pax traveler traveller driver voter acct account company comp org staff worker candidate beneficiary benef bene policyholder debtor creditor lead
  buyer seller vendor supplier supp donor kunde kunden mitarbeiter client cliente paciente persona employe day daytime evening night private personal other my your full new old
  first second last one two cur current prev orig father husband wife partner payer payee dep dependent own next kin nok resp party reg registered`;

/** Further pieces of glued names. */
export const GLUE = `of the de di da del du date dt dat datum number no nr num nbr numero nro nb id code txt text str value val string field iso raw fmt formatted us usa de yyyymmdd
  mmddyyyy ddmmyyyy hash last4 enc encrypted masked clean std display input confirm`;

/** Between the words of a label. */
export const BETWEEN = `do das dos le la les el il lo en am an y e and or your please enter what is only full
  und oder des dem den der et ou votre del della por para su sua seu tu al van voor het uw och eller din ditt og ja tai i lub si sau es vagy az a ve veya ng sa ya wa na dan atau and cua va
  tt jj jjjj gg aaaa rrrr vvvv pp kk rok shown per optional required confirm provide given as see insured child baby mr mrs kindes her his their`;

/** Words of two letters from which glued names are made. */
export const SHORT_GLUE = `no nr id dt de of di da du nb cc`;

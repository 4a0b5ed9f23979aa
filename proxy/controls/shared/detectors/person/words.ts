/** Words around names of people, in folded form. */
import { set } from '../names/split.ts';

/** A capitalized word after one of these is somebody's name. */
export const TITLES = set(`
mr mrs ms mx miss dr prof professor sir madam dame lord lady rev reverend herr frau fraulein monsieur madame mme mlle mademoiselle
senor senora senorita sr sra srta don dona senhor senhora signor signora signorina sig dott dottssa ing meneer mevrouw mevr dhr pan
pani hr fru herra rouva bay bayan shri smt mister doctor nurse officer detective captain sergeant inspector
`);

/** Before a given name alone, at the beginning of a message. */
export const GREETINGS = set(`
dear hi hello hey hallo liebe lieber liebes sehr geehrte geehrter cher chere bonjour salut hola querido querida estimado estimada
ola caro cara prezado prezada ciao gentile egregio beste geachte hej kara kare kaera hei czesc drogi droga szanowny szanowna ahoj
`);

/** What somebody is: two capitalized words after it are a name. */
export const ROLES = set(`
fullname patient customer client guest passenger applicant insured policyholder cardholder payee recipient attendee attn employee
signatory spouse husband wife mother father son daughter brother sister colleague friend neighbour neighbor landlord teacher physician
surgeon caller beneficiary kunde kundin patientin patienten ansprechpartner versicherter unterzeichnet paciente apellidos empleado
cognome paziente klientka pacjent asiakas
`);

/** Before a name, if a list knows a part of it. */
export const LABELS = set(`
name names contact holder attention manager signed witness guardian tenant driver student author reporter from to by with called named
ms assigned approved requested submitted nachname vorname nom prenom cliente nombre nome naam klant navn namn
`);

/** After the end of a letter. */
export const CLOSINGS = set(`
regards sincerely cheers thanks thank best yours faithfully truly love grusse gruss grussen gruessen gruesse cordialement salutations
amities bien saludos atentamente cordialmente abrazo abracos atenciosamente saluti groet groeten halsning halsningar hilsen pozdrawiam
`);

/** Capitalized words that begin no name, and end one. */
export const STOPS = set(`
the a an and or of in on at to for from with by is are was were be been has have had do does did will would can could should may might must
this that these those there here it its he she they we you i my your our his her their who what when where why how if then else but so as not
no yes please thanks thank dear hi hello hey ok okay re fw fwd subject date sent cc bcc attn attention note notes see also all any both each few
more most other some such only own same than too very just new old first last next previous one two three four five six seven eight nine ten
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
account address admin agent application bank bill billing book building business call card case center centre chapter city client code color
colour commission committee community company conference contact contract corporation council country county court credit customer data day
department design development director district document driver education email employee engine engineer engineering error estate event exchange
family figure file finance form foundation framework fund game group guide hall health help home hospital hotel house id image index industries
information input institute insurance international internet invoice island issue item job journal key lake language library license limited list
loan local login magazine mail management manager map market media medical meeting member message method model module month mountain museum music
name national network news number office online open option order output overview page paper park part party password patient payment person
phone plan player point policy port post price problem process product professor program project property public publisher quality question
rate reference region registry release report request research resource response restaurant result review river road room route rule sale sample
school science script search section security server service session set setting shop site software solution source space square standard state
station status stock store story street student studio study summary support system table talk tax teacher team technology term test text theory
ticket time title tool topic tower town track trade traffic training transfer travel trust type union unit university update user value version
video view village virus visit warning watch water way web week width window word work world year zone
avenue boulevard lane drive court plaza airport bridge beach bay valley falls hills heights creek springs forest garden gardens castle church
cathedral temple palace cup open award prize medal college academy inc ltd llc gmbh corp co plc ag sa srl bv nv oy ab kg und et y e the
blvd rd ave st apt suite floor north south east west northern southern eastern western upper lower great little big
`);

/** Lower-case words within a name. */
export const PARTICLES = set(
  'de del della di da do dos das du des la le les van von der den ten ter zu zur zum bin ibn al el y e af av',
);

/** Surnames before names as short as `An`. */
export const VIETNAMESE = set('nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly truong dinh mai');

/** Field names that are of people's names only, joined. */
export const NAME_FIELDS = set(`
firstname lastname surname fullname givenname familyname middlename maidenname forename forenames secondname birthname legalname
personname preferredname nameofperson patientname customername contactname employeename cardholder cardholdername nameoncard holdername
accountholder accountholdername beneficiaryname payeename recipientname sendername guestname passengername studentname applicantname
insuredname policyholdername guardianname spousename emergencycontactname nextofkin signatoryname personalname realname callername
clientname memberfirstname memberlastname fname lname mname firstnm lastnm fstname lstname namefirst namelast
vorname nachname familienname geburtsname vollername vorundnachname ansprechpartner kundenname
prenom nomdefamille nomcomplet nomdenaissance nometprenom prenomnom nomclient
nombres apellido apellidos primerapellido segundoapellido nombrecompleto nombrecliente nombreyapellido nombreyapellidos
sobrenome nomecompleto nomedocliente primeironome ultimonome
cognome nomecognome nomeecognome nominativo
voornaam achternaam volledigenaam tussenvoegsel klantnaam
fornavn etternavn efternavn fornamn efternamn fuldenavn fulltnavn sukunimi etunimi kokonimi
imie nazwisko imieinazwisko nazwiskorodowe jmeno prijmeni celejmeno priezvisko meno keresztnev vezeteknev csaladnev teljesnev nume prenume
имя фамилия отчество фио полноеимя имяклиента прізвище імя піб ονομα επωνυμο ονοματεπωνυμο isim soyad soyisim adsoyad adisoyadi adi soyadi ad
姓名 氏名 名前 お名前 姓 名 성명 이름 성함 名字 姓氏 客户姓名 联系人 联系人姓名 ชื่อ ชื่อสกุล नाम पूरानाम الاسم الاسمالكامل اسمالعائلة השם שםמלא שםפרטי שםמשפחה họtên hoten hovaten ten
pid5 nk12 gt13 in116 familyname1 givenname1 prettyname inetorgpersoncn nachn vorna nach2 midnm rufnm
`);

/** A name directly in one of these, or `name` after it, is a person's: `customer.name`. */
export const PEOPLE = set(`
customer customers patient patients employee employees person persons people guest guests passenger passengers student students teacher
applicant applicants insured policyholder subscriber guardian spouse witness tenant landlord doctor physician practitioner attendee attendees
participant participants candidate candidates beneficiary payee cardholder accountholder traveler traveller signatory cdtr dbtr ctctdtls
kunde kunden patientin mitarbeiter ansprechpartner cliente clientes paciente empleado empleados persona personas klant patiente employe
salarie personne dipendente paziente pessoa funcionario klient pacjent pracownik osoba asiakas kund medarbejder ansatt
`);

/** The same of people and of other things: `children` of a folder, `members` of a class, `client` that is an app. */
export const OFTEN_PEOPLE = set(`
client clients contact contacts parent child children member members lead leads holder manager managers sender recipient caller author authors
owner owners buyer seller shopper donor debtor creditor nurse approver reviewer user users
`);

/** What somebody is to somebody: a field of this name has a person's name or id. */
export const ROLES_OF_ONE = set(`
manager supervisor spouse husband wife mother father guardian doctor physician practitioner surgeon nurse payee applicant beneficiary approver
assignee reporter requester requestor caller callerid contactperson emergencycontact nextofkin tenant landlord policyholder accountholder
teacher attendingphysician referringphysician vorgesetzter betreuer arzt hausarzt medecin chef responsable gerente jefe supervisora capo medico
`);

/** The same with what somebody did. */
export const PERFORMED_BY = set(`
assignedto reportsto requestedfor requestedby createdby updatedby modifiedby approvedby signedby assignedby submittedby openedby closedby
resolvedby reportedby reviewedby enteredby performedby handledby lastmodifiedby cdtr dbtr ultmtcdtr ultmtdbtr ctctdtls
`);

/** Names of a person's name that say it with what is around them. */
export const NAME_WORDS = set(
  'name names nm full displayname formatted cn fn nom nombre nome naam navn namn nimi nazwa jmeno first last family given middle prefix suffix holder',
);

/** FHIR's `HumanName`, vCard and LDAP: `family` within `name`. */
export const PARTS_OF_NAME = set('family given first last middle familyname givenname');

/** Objects that only hold the members of the one above them. */
export const AROUND = set('data attributes properties fields details detail info profile record node value values');

/** Beside `name`, these say that it is a person's, if a list knows it. */
export const BESIDE = set(`
email emailaddress mail phone phonenumber mobile mobilephone birthdate dateofbirth dob birthday gender sex age firstname lastname first last
given family title jobtitle ssn passport nationality
`);

/** What stands in the place of a name. */
export const NOBODY = set(`
none unknown null nil undefined n/a na no yes true false anonymous unassigned nobody system admin administrator root user guest test default
any all other self empty tbd todo pending active inactive open closed done automatic automation bot noreply
`);

/** Words of companies, teams and machines. */
export const COMPANIES = set(`
gmbh inc ltd llc llp corp corporation limited incorporated plc mbh ohg kgaa sarl sas spa srl sro zoo aps asa oyj pty pte kk group holding
holdings bank foundation association society partners consulting technologies systems services solutions ventures labs studio studios media
store shop agency airlines insurance bot actions action app apps api workflow pipeline team squad desk helpdesk operations ops platform
automation integration importer job scheduler webhook mobile web desktop premium gold silver basic standard enterprise free trial pro
`);

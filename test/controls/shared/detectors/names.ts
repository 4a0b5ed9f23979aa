/** Names of fields and labels as schemas, forms and translations write them. */

/** What a name must be understood as. */
export type Meaning = 'birth' | 'passport' | 'social' | 'phone' | 'card';

/** Names of fields; `a.b` is `b` within `a`. */
export const FIELDS: Readonly<Record<Meaning, readonly string[]>> = {
  birth: words(`
      birthDate birth_date BirthDate Birthdate PersonBirthdate date_of_birth DateOfBirth DATE_OF_BIRTH dob DOB d_o_b
      BDAY bday vcard.bday birthday Birthday__c Birthdate__c birth_dt BIRTH_DT BirthDt brth_dt PT_DOB patient_dob
      PatientBirthDate PatientsBirthDate pat_birth_date patBirthDt DateTimeOfBirth PID-7 PID7 birth_datetime
      birthDateTime schacDateOfBirth dateOfBirth personalDetails.dateOfBirth person.birth.date birth.date birth.value
      birthdate_iso emp_dob empDOB employee_birth_date dateOfBirthStr dobString dob_txt dobText DOB_DATE dobdate
      DtOfBirth dt_of_birth dtBirth PrvtId.DtAndPlcOfBirth.BirthDt customerDOB cust_dob custdob dob1 dob_2 DOB2
      spouse_dob guardianDob insured_dob subscriberDob subscriber_birth_date applicantDOB member_birthdate x_birthdate
      x_dob child_dob student_birthdate voter_birth_date BIRTHDATE birthdt bdate b_date birth_day Date_Birth DateBirth
      dateBirth born bornOn born_on bornDate birth actor.birth_date owner.dob holder_dob cardholderDob dobUnix dob_ms
      birthTimestamp birth_ts birth_epoch traveller_dob paxDOB passengerBirthDate dob-input input_dob field_dob txtDOB
      ddlDOB txtBirthDate tbBirthdate birth_date_utc birthday_date user_birthday userBirthday contactBirthday
      contact.birthday
      geburtsdatum Geburtsdatum geburts_datum gebdat GebDat geb_datum gebDatum GEBDAT geburtstag gebDate
      fechaNacimiento fecha_nacimiento fecha_de_nacimiento fechanacimiento fec_nac fecnac FecNac fecha_nac
      f_nacimiento fnac FECHA_NAC dateNaissance date_naissance date_de_naissance datenaissance DDN date_naiss
      dateNaiss dtNaissance DAT_NAISS data_nascimento dataNascimento dt_nascimento dtNasc DT_NASC data_nasc nascimento
      dataNascita data_nascita datanascita DataDiNascita geboortedatum geboorteDatum geb_dat födelsedatum fodelsedatum
      foedselsdato fødselsdato fodselsdato fødselsdag syntymäaika syntymaaika syntymäpäivä data_urodzenia
      dataUrodzenia data_ur datum_narozeni datumNarozeni datum_narození dátum_narodenia születési_dátum
      szuletesi_datum szuletesiDatum szul_datum data_nasterii dataNasterii data_nașterii doğum_tarihi dogum_tarihi
      dogumTarihi doğumTarihi DOĞUM_TARİHİ ngay_sinh ngaySinh ngày_sinh NgaySinh tanggal_lahir tanggalLahir tgl_lahir
      tglLahir TglLahir datum_rođenja datum_rodjenja datumRodjenja datum_rojstva дата_рождения датаРождения
      дата_народження день_рождения ημερομηνία_γέννησης تاريخ_الميلاد تاريخ_الولادة תאריך_לידה जन्म_तिथि जन्मतिथि
      วันเกิด 生年月日 出生日期 생년월일 誕生日 生日`),
  passport: words(`
      passport passportNumber passport_number passportNo passport_no PassportNo passportno passportnum passport_num
      PASSPORT_NBR passport_id passportId ppt_no pptNo pptno ppt_num pass_no passNo pass_num passNum ppno pp_no ppn
      PPN passport1 passport_number_1 passport.number passport.no passport.id passport.value passports.number psptNb
      PsptNb pspt_no travelDocNo travel_document_number travelDocumentNumber travelDocNumber TravelDocumentNumber__c
      Passport_Number__c Passport__c x_passport_no txtPassportNo traveler_passport travellerPassportNo paxPassport
      pax_passport_no passengerPassportNumber guest_passport_no emp_passport_no employeePassportNumber
      current_passport_number old_passport_no passport_card_number passportBookNumber custPassport custpassportno
      passportNumberStr passport_no_txt PASSPORTNO Passport# passport-number passport_nbr passprt_no
      passportDetails.number document.passport applicant_passport_number foreignPassportNumber us_passport_number
      passportNbr PASS_NBR passportIdNumber
      reisepass reisepassnummer reisepassNr reisepass_nr passnummer passNr passnr ReisepassNr pasaporte
      numero_pasaporte numPasaporte nro_pasaporte no_pasaporte num_pasaporte passeport numero_passeport numPasseport
      no_passeport n_passeport passaporto numeroPassaporto numero_passaporto passaporte numero_passaporte
      numPassaporte paspoort paspoortnummer paspoortNr pasnummer passnummer pas_nr pasnr passinumero passin_numero
      paszport nr_paszportu numerPaszportu cislo_pasu čísloPasu cislopasu cestovni_pas útlevélszám utlevel_szam
      utlevelszam pașaport nr_pasaport pasaport_no pasaportNo pasaportno ho_chieu so_ho_chieu soHoChieu hộ_chiếu
      paspor no_paspor nomor_paspor noPaspor паспорт номер_паспорта номерПаспорта διαβατήριο αριθμός_διαβατηρίου
      جواز_السفر رقم_جواز_السفر דרכון מספר_דרכון पासपोर्ट पासपोर्ट_नंबर หนังสือเดินทาง เลขที่หนังสือเดินทาง パスポート番号
      旅券番号 护照号码 護照號碼 여권번호`),
  social: words(`
      ssn SSN ssnNumber ssn_number SSN_NBR ssnNo ssn_no social_security_number socialSecurityNumber
      SocialSecurityNumber social_security_no socialSecurityNo soc_sec_no socSecNo SOC_SEC_NUM socsec social_sec_num
      social_security social_sec ss_number ssNumber ss_no SSNO ss_num ss_nbr emp_ssn empSSN employee_ssn employeeSsn
      patient_ssn PatientSSN pat_ssn spouse_ssn spouseSSN applicant_ssn coApplicantSsn borrower_ssn borrowerSSN
      member_ssn subscriber_ssn dependentSsn ssn1 ssn_2 SSN2 custssn cust_ssn user_ssn usr_ssn x_ssn SSN__c
      Social_Security_Number__c social_security_number__c ssnStr ssn_txt txtSSN ssnText ssnValue us_ssn usSsn
      national_id nationalId nationalID NationalID national_identifier nationalIdentifier nationalIdNumber
      national_id_number national_identification_number nationalIdentificationNumber natl_id natlId taxId tax_id TaxID
      taxID TAX_ID taxIdNumber tax_identification_number taxIdentificationNumber tax_number taxNumber tax_no taxNo
      taxpayer_id taxpayerId taxpayerIdentificationNumber taxPayerID tin TIN itin ITIN gov_id govId government_id
      governmentId governmentID govt_id govtId GovtIssuedId government_issued_id governmentIssuedId governmentIdNumber
      government_identifier TaxIdentifier tax_identifier federal_tax_id federalTaxId fed_tax_id federal_id ssn_or_tin
      ssnOrItin ssn_itin SSN/ITIN taxid national_tax_id ssnLastFull socialSecurityNbr numero_seguro_social
      seguro_social numeroSeguroSocial num_seguro_social social_id socialId social_number tax.id national.id ssn.value
      ssn.number taxId.value social_insurance_number citizen_id citizenId individualTaxId personal_tax_id primary_ssn`),
  phone: words(`
      phone phoneNumber phone_number PhoneNumber phonenumber phone1 phone2 phone_2 Phone2 tel Tel TEL tel1 tel2 tel_no
      telNo telno telephone telephoneNumber telephone_number Telephone_No mobile mobileNo mobile_no mobileno
      mobileNumber mobilePhone MobilePhone mobile_phone mob mob_no mobNo cell cellPhone cell_phone cellphone cell_ph
      cellNo cellNumber tel_mob tel_mobile tel_home homePhone HomePhone home_phone workPhone work_phone businessPhone
      bus_phone OtherPhone AssistantPhone fax Fax fax_number faxNumber facsimileTelephoneNumber homeTelephoneNumber
      phNo ph_no phn_no phone_no phoneNo phoneno PHONE_NBR phn_nbr contact_no contactNo contact_number contactNumber
      contactnumber contact_phone emergency_contact_number emergencyContactNumber emergencyPhone dayPhone
      daytime_phone evening_phone msisdn MSISDN whatsapp whatsapp_number whatsappNo sms_number PhneNb MobNb FaxNb
      TelNb PhoneNumberHome telecom.value phoneNumbers.value phones.number phone.number hp_no hpNo handphone no_hp
      noHp no_telp noTelp nomor_telepon telp custphone cust_phone customerPhone Phone__c Mobile__c x_phone txtPhone
      phone_txt phoneStr phoneValue phone_e164 e164 callerNumber caller_number landline landline_no primaryPhone
      primary_phone alternatePhone alt_phone altPhone phone_alt phone_home phone_work phone_mobile phone_cell telefono
      teléfono telefono_movil tlf tlfnr telefonnummer telefonNr handynummer handy mobil mobilnummer rufnummer telefon
      telefonu nr_telefonu numer_telefonu telefone celular numero_celular telemovel telefoonnummer telefoon puhelin
      puhelinnumero gsm gsm_no cep_telefonu cepTel telefon_no điện_thoại so_dien_thoai sdt SDT телефон номер_телефона
      мобильный τηλέφωνο κινητό رقم_الهاتف الجوال טלפון נייד फ़ोन मोबाइल_नंबर โทรศัพท์ เบอร์โทรศัพท์ 電話番号 携帯電話 手机号
      手机号码 联系电话 전화번호 휴대폰번호 핸드폰 연락처 cislo_telefonu telefonni_cislo telefonszam telefonszám numar_telefon telefon_mobil
      tel_portable numero_telephone numTel tel_fixe cellulare numero_cellulare recapito_telefonico`),
  card: words(`
      cardNumber card_number CardNumber cardnumber card_no cardNo cardno cardnum card_num CARD_NBR cc_number ccNumber
      cc_num ccNum ccnum cc_no ccno cc CC creditCard credit_card creditCardNumber credit_card_number creditCardNo
      creditcardno pan PAN primary_account_number primaryAccountNumber cardPan card_pan debit_card_number debitCard
      payment_card paymentCardNumber bank_card_number card.number card.pan creditCard.number CardNb PlainCardData.PAN
      kartennummer kreditkartennummer kreditkarte numero_tarjeta numeroTarjeta tarjeta num_tarjeta numero_carte
      numeroCarte carte_bancaire numero_carta numeroCarta numero_cartao numeroCartao cartao kaartnummer kortnummer
      kort_nr korttinumero numer_karty nr_karty karta_numer cislo_karty kartyaszam bankkártyaszám numar_card kart_no
      kartNo kart_numarasi so_the номер_карты αριθμός_κάρτας رقم_البطاقة מספר_כרטיס カード番号 卡号 信用卡号 카드번호 หมายเลขบัตร
      CardNumber__c x_card_num txtCardNumber ccard ccardno billing_card_number`),
};

/** Labels of forms. */
export const LABELS: Readonly<Record<'birth' | 'passport' | 'social', readonly string[]>> = {
  birth: [
    'Date of birth',
    'Birth Date',
    'Date of Birth (MM/DD/YYYY)',
    "Patient's Date of Birth",
    'Your birthday',
    'What is your date of birth?',
    'Dátum narodenia',
    'Data de nascimento',
    'Fecha de nacimiento',
    'Date de naissance',
    'Né(e) le',
    'Geburtsdatum',
    'Data di nascita',
    'Geboortedatum',
    'Fødselsdato',
    'Födelsedatum',
    'Syntymäaika',
    'Data urodzenia',
    'Datum narození',
    'Születési idő',
    'Data nașterii',
    'Doğum tarihi',
    'Ngày sinh',
    'Tanggal lahir',
    'Дата рождения',
    'Дата народження',
    'Ημερομηνία γέννησης',
    'تاريخ الميلاد',
    'תאריך לידה',
    'जन्म तिथि',
    'วันเดือนปีเกิด',
    '生年月日',
    '出生日期',
    '생년월일',
  ],
  passport: [
    'Passport No.',
    'Passport Number',
    'Passport #',
    'Número de pasaporte',
    'Numéro de passeport',
    'Reisepassnummer',
    'Numero di passaporto',
    'Número do passaporte',
    'Paspoortnummer',
    'Passnummer',
    'Pasnummer',
    'Numer paszportu',
    'Číslo pasu',
    'Útlevélszám',
    'Număr pașaport',
    'Pasaport numarası',
    'Số hộ chiếu',
    'Nomor paspor',
    'Номер паспорта',
    'Αριθμός διαβατηρίου',
    'رقم جواز السفر',
    'מספר דרכון',
    'पासपोर्ट नंबर',
    'パスポート番号',
    '护照号码',
    '여권 번호',
    'Travel document number',
  ],
  social: [
    'Social Security Number',
    'SSN',
    'Social Security No.',
    'SS#',
    'Social security #',
    'Tax ID',
    'Taxpayer Identification Number',
    'National ID',
    'National ID Number',
    'Government ID',
    'Número de seguro social',
    'Numéro de sécurité sociale',
    'Sozialversicherungsnummer',
    'Employee SSN',
    "Spouse's SSN",
    'Social',
    'SSN (last 4 or full)',
    'SSN/TIN',
    '社会保障番号',
    '社会安全号码',
    '사회보장번호',
    'Номер социального страхования',
  ],
};

/** Names that mean nothing of that kind. */
export const OTHERS: readonly string[] = words(`
  orderId order_number orderNo hireDate hire_date created_at updatedAt startDate birthPlace birth_place
  place_of_birth birthCountry birth_city birthName passportExpiry passport_expiry passport_issue_date
  passportCountry passport_status passportPhoto phoneId phoneCount cardId cardHash nationalNumber nationality
  tel_count age compass passage passenger passive passed pancake discard cardiology telescope telemetry mobility
  cellar cancel expiry_date due_date invoice_date admission_date date timestamp modified dateCreated deathDate
  date_of_death deceasedDate weddingDate anniversary_date graduation_date expirationDate statementId stateId
  companyId productId socialLinks social_media taxRate tax_amount government_type identityProvider title
  description latitude postalCode zip_code accountNumber routing_number employee_id person_id patientId
  customer_number memberId mrn invoice_no trackingNumber serialNumber imei vin isbn sku ref reference_no cepstral
  teller intelligent hotel hotels dobson adobe dobby unborn stubborn airborne reborn newborn_count classpath
  bypass passthrough passwordHint ecosystem cardinality wildcard scorecard business_unit territory hometown
  homepage homedir workspace worker contactName pandas panel expand japan japanese span company companion
  kartoffel fontFace sintel untel motel cartel`);

function words(list: string): readonly string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

/** What passwords, keys and codes are called in schemas, settings, forms and letters. */

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const names = (text: string): string[] => text.split(/\s+/).filter((name) => name !== '');

export const PASSWORD_FIELDS = names(`
  password passwd pwd bindPw bind_pw rootpw userpw wpaPassphrase wpa_passphrase wifi_password psk pre_shared_key PreSharedKey ipsec_psk snmpCommunity snmp_community
  communityString ansible_become_pass become_password vault_pass masterPassword master_password keyPassphrase key_passphrase privateKeyPassphrase keystorePassword
  trustStorePassword storepass keypass passcode passCode unlock_password sudo_password ftp_pass FTP_PASS DB_PASS dbPass db_pwd DATABASE_PASSWORD MONGO_INITDB_ROOT_PASSWORD
  RABBITMQ_DEFAULT_PASS ELASTIC_PASSWORD PGPASSWORD MYSQL_PWD SMTP_PASSWORD EMAIL_HOST_PASSWORD spring.datasource.password hibernate.connection.password jdbc.password
  ssl.key.password ldap.bindPassword userPassword unicodePwd sambaNTPassword loginPassword newPassword new_password oldPassword confirmPassword password_confirmation
  passwordConfirm repeatPassword password2 tempPassword temporary_password initialPassword defaultPassword adminPass ADMIN_PASSWORD rootPassword basicAuthPassword
  http_password proxyPassword guestPassword wifiPsk mnemonic seed_phrase seedPhrase recovery_phrase securityAnswer secret_answer passphrase gpg_passphrase
  mot_de_passe motDePasse mdp contrasena contraseña contrasenya clave_acceso senha senhaUsuario palavra_passe wachtwoord kennwort passwort benutzerPasswort adgangskode
  kodeord passord losenord lösenord salasana hasło haslo heslo heslo_uzivatele jelszó jelszo parola lozinka geslo şifre sifre mat_khau kata_sandi kataSandi parool slaptažodis
  пароль пароль_пользователя κωδικός_πρόσβασης סיסמה كلمة_المرور パスワード 密码 비밀번호`);

export const KEY_FIELDS = names(`
  apiKey api_key API-KEY x-api-key apikeyValue authKey auth_key hmacKey HMAC_KEY hmac_secret consumerSecret consumer_key consumerKey masterKey master_key otpSeed
  totp_secret totpSecret mfaSecret sshKey ssh_private_key pemKey private_key privateKey secret_key secretKey SECRET_KEY_BASE app_secret appKey clientSecret
  client_secret oauth_token oauthTokenSecret access_token accessToken accessKey access_key access_key_secret refresh_token idToken sessionToken session_token
  bearerToken security_token authToken auth_token apiToken bot_token botToken pat GITHUB_PAT personal_access_token deploy_token deployKey signingKey signing_secret
  signing.key encryptionKey encryption_key decryptionKey licenseKey license_key licence_key activationKey product_key registrationToken join_token enrollment_key
  provisioningKey webhookSecret webhook_key webhook_token subscriptionKey Ocp-Apim-Subscription-Key storageKey accountKey AccountKey sharedAccessKey SharedAccessKey
  sasToken instrumentationKey x-functions-key functionKey integrationKey ingest_key serverKey fcm_server_key vapid_private_key cookieSecret session_secret
  SESSION_KEY jwtSecret jwt_signing_key jwtKey pepper recoveryKey bitlockerRecoveryKey unsealKey root_token vaultToken credentials credential csrfToken xsrf_token
  codeVerifier code_verifier client_assertion AWS_SESSION_TOKEN NPM_TOKEN DD_API_KEY secretString
  clé_api cle_api cleApi clave_api claveApi clave_secreta chave_api chaveApi chave_de_api chiave_api chiaveApi chiave_segreta api_schluessel apiSchlüssel zugriffsschlüssel
  lizenzschlüssel geheimschlüssel api_sleutel toegangssleutel apinyckel åtkomstnyckel api_nøgle api_nøkkel api_avain käyttöavain klucz_api klucz_dostępu klíč_api api_klic
  api_kulcs api_anahtarı ключ_api ключ_доступа токен_доступа секретный_ключ κλειδί_api مفتاح_api מפתח_api apiキー api密钥 api키`);

/** Codes to get in: some people type a password there. */
export const ACCESS_CODES = names(`
  accessCode access_code zugangscode código_de_acceso codice_di_accesso code_d_accès код_доступа код_доступу código_de_acesso pääsykoodi přístupový_kód paschód pääsukood
  pristupni_kod`);

export const CODE_FIELDS = names(`
  otp otpCode otp_code totp_code oneTimeCode one_time_code verificationCode verification_code recoveryCode recovery_code backup_code accessCode access_code pin cardPin
  card_pin user_pin atmPin PIN puk sms_code smsCode mfaCode mfa_code einmalcode zugangscode engångskod 验证码`);

export const PASSWORD_LABELS = lines(`
  Password
  New password
  Current password
  Confirm password
  Repeat password
  Temporary password
  Wi-Fi password
  Network key
  Passphrase
  Passcode
  Pass phrase
  Security answer
  Neues Passwort
  Passwort wiederholen
  Aktuelles Kennwort
  WLAN-Passwort
  Startpasswort
  Nouveau mot de passe
  Confirmer le mot de passe
  Mot de passe actuel
  Mot de passe temporaire
  Contraseña nueva
  Nueva contraseña
  Contraseña actual
  Confirmar contraseña
  Clave de acceso
  Contrasenya
  Contrasinal
  Nova senha
  Senha atual
  Confirme a senha
  Palavra-passe atual
  Password attuale
  Nuova password
  Conferma password
  Nieuw wachtwoord
  Wachtwoord bevestigen
  Tijdelijk wachtwoord
  Ny adgangskode
  Kodeord
  Nytt passord
  Bekreft passord
  Nytt lösenord
  Bekräfta lösenord
  Uusi salasana
  Vahvista salasana
  Tunnussana
  Lykilorð
  Uus parool
  Parole
  Slaptažodis
  Naujas slaptažodis
  Nowe hasło
  Potwierdź hasło
  Hasło tymczasowe
  Nové heslo
  Potvrďte heslo
  Staré heslo
  Nova lozinka
  Zaporka
  Potvrdite lozinku
  Novo geslo
  Új jelszó
  Jelszó megerősítése
  Parolă nouă
  Confirmă parola
  Yeni şifre
  Parolanız
  Şifreniz
  Mật khẩu mới
  Kata sandi baru
  Kata laluan
  Fjalëkalimi
  Pasahitza
  Wagwoord
  Nenosiri
  Новый пароль
  Повторите пароль
  Пароль пользователя
  Старий пароль
  Нова парола
  Нова лозинка
  Құпия сөз
  Νέος κωδικός πρόσβασης
  Συνθηματικό
  Գաղտնաբառ
  პაროლი
  סיסמה חדשה
  كلمة المرور الجديدة
  كلمة السر
  رمز عبور
  گذرواژه
  پاس ورڈ
  नया पासवर्ड
  পাসওয়ার্ড
  கடவுச்சொல்
  รหัสผ่านใหม่
  ລະຫັດຜ່ານ
  ពាក្យសម្ងាត់
  新しいパスワード
  暗証番号
  新密码
  确认密码
  登录密码
  新密碼
  새 비밀번호
  비밀번호 확인
  암호
`);

export const KEY_LABELS = lines(`
  API key
  API Key ID secret
  API token
  Access key
  Secret access key
  Personal access token
  Client secret
  Signing secret
  Webhook secret
  License key
  Product key
  Private key
  Encryption key
  Session token
  Bearer token
  Refresh token
  Recovery key
  Shared secret
  Connection key
  API-Schlüssel
  Geheimer Schlüssel
  Zugriffsschlüssel
  Privater Schlüssel
  Lizenzschlüssel
  Client-Geheimnis
  Zugriffstoken
  Zugangstoken
  Clé secrète
  Clé d’accès
  Clé d'API
  Clé privée
  Clé de licence
  Clé de chiffrement
  Jeton d’accès
  Jeton d'accès
  Secret client
  Secret du client
  Clave secreta
  Clave privada
  Clave de licencia
  Token de acceso
  Secreto del cliente
  Chave secreta
  Chave de acesso
  Token de acesso
  Segredo do cliente
  Chiave segreta
  Chiave privata
  Chiave di accesso
  Token di accesso
  Segreto client
  Clau API
  Clau secreta
  API-sleutel
  Geheime sleutel
  Toegangstoken
  Clientgeheim
  API-nøgle
  Hemmelig nøgle
  Adgangstoken
  API-nøkkel
  Hemmelig nøkkel
  API-nyckel
  Hemlig nyckel
  Åtkomsttoken
  Klienthemlighet
  API-avain
  Salainen avain
  Käyttöoikeustunnus
  API-lykill
  API võti
  API raktas
  API atslēga
  Klucz tajny
  Klucz dostępu
  Tajny klucz
  Token dostępu
  Klucz prywatny
  Klucz licencyjny
  Tajný klíč
  Přístupový token
  Přístupový klíč
  Klíč API
  Tajný kľúč
  Tajni ključ
  API ključ
  Pristupni token
  API-kulcs
  Titkos kulcs
  Hozzáférési token
  Cheie API
  Cheie secretă
  Token de acces
  API anahtarı
  Gizli anahtar
  Erişim belirteci
  Erişim anahtarı
  Khóa API
  Khóa bí mật
  Mã thông báo truy cập
  Kunci API
  Kunci rahasia
  Token akses
  Ключ доступа
  Секретный ключ
  Токен доступа
  Закрытый ключ
  Ключ лицензии
  Секрет клиента
  Ключ API
  Секретний ключ
  Токен доступу
  Таен ключ
  Тајни кључ
  Κλειδί API
  Μυστικό κλειδί
  Διακριτικό πρόσβασης
  מפתח API
  אסימון גישה
  מפתח סודי
  مفتاح API
  المفتاح السري
  رمز الوصول
  کلید API
  API कुंजी
  एक्सेस टोकन
  คีย์ API
  คีย์ลับ
  โทเค็นการเข้าถึง
  APIキー
  シークレットキー
  アクセストークン
  秘密鍵
  クライアントシークレット
  API 密钥
  API密钥
  访问令牌
  访问密钥
  私钥
  客户端密钥
  API 金鑰
  存取權杖
  API 키
  비밀 키
  액세스 토큰
  클라이언트 시크릿
`);

/** `{}` is a password. */
export const PASSWORD_SENTENCES = lines(`
  The new password is {}
  Your new password is {}.
  your temporary password is: {}
  The password has been changed to {}
  I set the password to {}.
  we reset your password to "{}"
  Password for the staging server: {}
  password for bob@example.com is {}
  Please use {} as the password.
  Use the password {} to log in
  log in with password {} and change it
  login: admin / password: {}
  user admin, pass {}
  admin/{} (password)
  {} is the password for the router
  The wifi password will be {} from Monday
  The passphrase for the key is {}
  Das neue Passwort ist {}
  Dein Passwort lautet: {}
  Ihr Passwort wurde auf {} geändert.
  Das Kennwort für den Server: {}
  Votre mot de passe est : {}
  Le mot de passe du wifi est {}
  Voici le mot de passe : {}
  La nueva contraseña es {}
  Tu contraseña temporal es: {}
  A senha é {}
  A nova senha do portal é {}
  La password è {}
  La nuova password del wifi è {}
  Het wachtwoord is {}
  Het nieuwe wachtwoord wordt {}
  Adgangskoden er {}
  Passordet er {}
  Lösenordet är {}
  Salasana on {}
  Hasło to {}
  Nowe hasło to: {}
  Heslo je {}
  Lozinka je {}
  A jelszó: {}
  A jelszó {}
  Parola este {}
  Şifreniz: {}
  Yeni şifre {}
  Пароль — {}
  Ваш новый пароль: {}
  Пароль от сервера: {}
  Новый пароль {}
  Ο κωδικός πρόσβασης είναι {}
  パスワードは {} です
  パスワードは{}です。
  密码是 {}
  密码是{}
  新密码为：{}
  비밀번호는 {} 입니다
  비밀번호는 {}입니다.
  Mật khẩu là {}
  Kata sandi adalah {}
`);

/** `{}` is a key. */
export const KEY_SENTENCES = lines(`
  The API key is {}
  Here is the API key: {}
  here's your new API key {}
  Use {} as the API key.
  Use the key {} for the sandbox
  set the secret to {}
  Set the client secret to {} before you deploy.
  set the token to {}
  the new token is {}.
  new access token → {}
  Access token => {}
  The signing secret for the webhook is {}
  I rotated the client secret, it is {}
  I rotated the api key; the new one is {}
  {} (API key)
  {} is the new client secret
  API key (production): {}
  API key "{}"
  API key '{}'
  the api key we use is {}
  authenticate with the token {}
  put {} in as the secret key
  Der API-Schlüssel lautet {}
  Der neue Schlüssel ist {}
  La clé API est {}
  Voici la clé secrète : {}
  La clave de API es {}
  A chave de API é {}
  La chiave API è {}
  De API-sleutel is {}
  API-nyckeln är {}
  Klucz API to {}
  Ключ API: {}
  Секретный ключ {}
  APIキーは {} です
  APIキーは{}です
  API密钥是{}
  API 키는 {} 입니다
`);

/** `{}` is a code. */
export const CODE_SENTENCES = lines(`
  Your verification code is {}
  Your one-time code: {}
  Your temporary code: {}
  Use recovery code {}
  PIN: {}
  The PIN is {}
  Ihr Bestätigungscode lautet {}
  Votre code d'accès : {}
  Código de verificación: {}
  Kod weryfikacyjny: {}
  Код подтверждения: {}
  验证码：{}
`);

/** What a secret is for, or where it is, comes after its name. */
export const KEYS_WITHIN = names(`
  web_hook_auth_api_key_in_header clientSecretForBackup node_password_in db_password_upstream accessTokenOutbound secretKeyBlob bindPasswordRemote
  api_key_query smtp-credentials-relay`);

/** The same of passwords. */
export const PASSWORDS_WITHIN = names(`
  node_pass_in passwordUpstream db_password_replica passwordForRelay adminPasswordWindows PASSWORD_CRM ftpPassRemote`);

/** What is known about a password, such as its hash. Some programs have the password there. */
export const ABOUT_PASSWORDS = names(`
  passwordHash password_memory passwordRules masterPasswordDigest password_options passwordConfig`);

/** Names that hint at a secret and don't say it. */
export const HINTS = names(`
  authString auth_string licenseData licenseContent license headers webhookHeaders primaryKey primarySharedKey default_primary_key sharedAccessPolicyKey
  primaryConnectionString connection_string connInfo serviceUri sasUrl sharedAccessSignature protectedSettings sensitiveQueryString sensitive_values keyString
  keyBlob kubeConfig kube_config_raw wallet trustStore keystoreData sslClientKeystash samlConfig customData user_data dsn cookies privData hsmParams
  KEYSTORE_CONTENT smtpAuthLine snmpView oauthClientConfig`);

/** Names with such a word, of ids, sums, people, places and what is public. */
export const HINTS_OF_OTHERS = names(`
  licenseId license_url auth_user oauthState auth_code_challenge jwtId certificateFingerprint cert_sha256 ssl_certificate_path tlsVersion webhookId cookieName
  signature auth_signature encryptedData cipherText publicKey sshPublicKey vault_path kmsKeyArn primaryKeyId loginUserName wallet_owner walletHash headersHash
  licenseRef connectionStringName next_auth_cursor auth_nonce samlIssuer`);

/** What is known about a secret, and what refers to one. */
export const ABOUT_SECRETS = names(`
  client_secret_digest api_key_ref secret_valid_days passwordMemory passwordCount access_token_issuer clientSecretArn apiKeyStore credentialsProvider
  secret_key_reference privateKeyFingerprint passwordRules`);

/** Names that have a password, a key or a code in them, and none as their value. */
export const OTHERS =
  names(`passwordHint password_reset_url forgotPassword showPassword hidePassword passwordPolicy password_expires_at passwordLength public_key publicKey
  foreign_key primaryKey partitionKey sort_key clé_primaire clave_publica chave_estrangeira clé_étrangère pinCode pin_code pin_id postal_code errorCode status_code
  codice_prodotto next_page_token idempotencyKey`);

/** What forms call passwords and keys, with whose or what they are after it. */
export const PASSWORD_LABELS_OF = lines(`
  Contraseña de usuario
  Contraseña de Wi-Fi
  Mot de passe administrateur
  Mot de passe de l’utilisateur
  Contrasenya d'usuari
  Contrasenya d'administrador
  Senha do usuário administrador
  Palavra-passe do utilizador
  Parola de utilizator
  Heslo administrátora
  Heslo Wi-Fi
  Kata sandi admin
  Wachtwoord beheerder
  Hasło administratora
  Passord for administrator
  Password utente
  Password amministratore
  Pasfhocal riarthóra
  Κωδικός πρόσβασης Wi-Fi
  Пароль Wi-Fi
  סיסמת Wi-Fi
  الرقم السري
  Wachtwurd
  Salasõma
  Mật mã
  ഒളിവാക്ക്
  پسورد
  تێپەڕەوشە`);

export const KEY_LABELS_OF = lines(`
  Clau d'aplicació
  Clé d'application
  Clau de xifrat
  Klíč aplikace
  Klucz szyfrujący
  Chave de encriptação
  Cheie de criptare
  Ključ za šifrovanje
  Khóa mã hóa
  Kunci enkripsi
  Token de acceso de larga duración
  Token di accesso di lunga durata
  Token API personal
  Secret de client
  Kode Rahasia Klien
  Eochair chriptithe
  Comhartha rochtana
  Skrivnost odjemalca
  Juurdepääsutõend
  Krüptovõti
  API-tunnus
  API-kaai
  代币
  Акредитиви
  താക്കോൽ
  एन्क्रिप्शन कुञ्जी`);

/**
 * Forms of secrets that identify themselves, by issuer. The search (`known.ts`), the list in `docs/detectors.md` and the
 * samples of the tests are derived from these tables. The facts come from the issuers' documentation and from the rules
 * of public scanners. Identifiers that are public by design (`pk_live_…`, `AC…`, `AROA…`) are left out.
 *
 * Checksums are not verified: a token with a typing error, or one that is cut off, still shows most of the secret.
 */

import type { Format, Led } from './format.ts';
import { MORE_FORMATS } from './more-formats.ts';
import { RARER_FORMATS, RARER_LED } from './rarer-formats.ts';

export type { Format, Led } from './format.ts';

const HEX = '[a-f0-9]';
const ANY_HEX = '[A-Fa-f0-9]';
const UPPER = '[A-Z0-9]';
const LOWER = '[a-z0-9]';
const ALNUM = '[A-Za-z0-9]';
const WORD = '[A-Za-z0-9_-]';
const EQUALS = '[A-Za-z0-9_=-]';
const DOTS = '[A-Za-z0-9_.=-]';
const BASE64 = '[A-Za-z0-9+/]';
const UUID = `${ALNUM}{8}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{12}`;

export const FORMATS: readonly Format[] = [
  // AWS: access key ids, keys of Amazon Bedrock, session tokens, AppSync, Login with Amazon, Marketplace.
  ['AWS', 'AKIA ASIA ABIA ACCA', `${UPPER}{16,20}`],
  ['AWS', 'A3T', `${UPPER}{17}`],
  ['AWS', 'ABSK', `${BASE64}{100,400}={0,2}`],
  ['AWS', 'bedrock-api-key-', '[A-Za-z0-9+/=_-]{28,4000}', 'mixed'],
  ['AWS', 'IQoJ FwoG FQoG FQoD', `${BASE64}{100,4000}={0,2}`, 'mixed'],
  ['AWS', 'da2-', `${LOWER}{26}`],
  ['AWS', 'amzn.mws.', UUID],
  ['AWS', 'amzn1.oa2-cs.v1.', `${HEX}{64}`],
  ['AWS', 'Atza| Atzr|', '[A-Za-z0-9+/=_-]{64,2000}'],
  // Models.
  ['Anthropic', 'sk-ant-', `${WORD}{32,300}`],
  ['OpenAI', 'sk-proj- sk-svcacct- sk-service- sk-admin-', `${WORD}{32,300}`],
  ['Moonshot', 'sk-', `${WORD}{48}`, 'mixed'],
  ['OpenAI', 'sk-', `${ALNUM}{32,64}`],
  ['OpenAI', 'sess-', `${ALNUM}{40}`],
  ['OpenRouter', 'sk-or-v1-', `${HEX}{64}`],
  ['ElevenLabs', 'sk_', `${HEX}{48}`],
  ['Langfuse', 'sk-lf-', UUID],
  ['LangSmith', 'lsv2_pt_ lsv2_sk_', `${HEX}{32}_${HEX}{10}`],
  ['Hugging Face', 'hf_ api_org_', '[A-Za-z]{34}'],
  ['Hugging Face', 'hf_', `${ALNUM}{34}`, 'mixed'],
  ['Groq', 'gsk_', `${ALNUM}{52}`],
  ['xAI', 'xai-', '[A-Za-z0-9_]{80}'],
  ['Perplexity', 'pplx-', `${WORD}{40,64}`],
  ['Replicate', 'r8_', `${WORD}{37}`],
  ['NVIDIA', 'nvapi-', `${WORD}{60,70}`],
  ['Pinecone', 'pcsk_', `${ALNUM}{5,6}_${ALNUM}{63}`],
  ['Together', 'tgp_v1_', `${WORD}{43}`],
  ['Cerebras', 'csk-', `${ALNUM}{48}`],
  ['Tavily', 'tvly-dev- tvly-prod- tvly-', `${ALNUM}{32}`],
  ['Firecrawl', 'fc-', `${HEX}{32}`],
  ['E2B', 'e2b_', `${HEX}{40}`],
  ['Jina', 'jina_', `${WORD}{48,64}`],
  ['Fireworks', 'fw_', `${ALNUM}{20,48}`, 'mixed'],
  ['Modal', 'ak- as-', `${ALNUM}{22}`, 'mixed'],
  ['Nomic', 'nk-', `${WORD}{43}`, 'mixed'],
  ['Weights & Biases', 'wandb_v1_', `${WORD}{40,100}`],
  ['Browserbase', 'bb_live_', `${WORD}{27}`],
  // Google.
  ['Google', 'AIza', `${WORD}{35}`],
  ['Google', 'GOCSPX-', `${WORD}{28}`],
  ['Google', 'ya29.', '[A-Za-z0-9_.-]{10,2000}'],
  ['Google', '1//0', `${WORD}{40,250}`],
  ['Google', 'AQ.Ab', `${WORD}{40,80}`],
  ['Google', 'GOOG1', `${UPPER}{56}`],
  // Azure and Microsoft.
  ['Microsoft', '0.A 1.A', `${WORD}{50,2000}(?:\\.${WORD}{100,2000})?`],
  // GitHub.
  ['GitHub', 'ghp_ gho_ ghu_ ghr_', '[A-Za-z0-9_]{36,255}'],
  ['GitHub', 'ghs_', `[A-Za-z0-9_]{36,700}(?:\\.${WORD}{20,2000}\\.${WORD}{20,2000})?`],
  ['GitHub', 'v1.', `${HEX}{40}`],
  ['GitHub', 'github_pat_', '[A-Za-z0-9_]{36,255}'],
  // GitLab.
  [
    'GitLab',
    'glpat- glptt- gldt- glrt- glrtr- glsoat- glimt- glagent- glft- glffct- glcbt- gloas- glwt-',
    `${WORD}{20,300}(?:\\.${LOWER}{2}\\.?${LOWER}{7,9})?`,
  ],
  ['GitLab', 'GR1348941', `${WORD}{20,50}`],
  // Slack.
  ['Slack', 'xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxc- xoxe- xoxt- xwfp- xapp-', '[A-Za-z0-9-]{18,400}'],
  ['Slack', 'xoxa- xoxr-', `${ALNUM}{8,48}`, 'mixed'],
  ['Slack', 'xoxd-', '[A-Za-z0-9%+/=-]{40,400}'],
  ['Slack', 'xoxe.xoxb- xoxe.xoxp-', `[0-9]-${ALNUM}{140,190}`],
  // Payment.
  ['Stripe', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', '[A-Za-z0-9-]{10,255}'],
  ['Stripe', 'whsec_', '[A-Za-z0-9+/=]{24,90}'],
  ['Stripe', 'pi_ seti_', `${ALNUM}{24}_secret_${ALNUM}{25}`],
  ['Square', 'sq0atp- sq0csp-', `${WORD}{22,60}`],
  ['Square', 'sq0 sandbox-sq0', `[ci][a-z]{2}-${WORD}{22,50}`, 'mixed'],
  ['Square', 'EAAA', `${WORD}{22,64}`, 'mixed'],
  ['Shopify', 'shpat_ shpca_ shppa_ shpss_ shptka_ shpua_', `${ANY_HEX}{32}`],
  ['Braintree', 'access_token$production$ access_token$sandbox$', `${LOWER}{16}\\$${LOWER}{32}`],
  ['Flutterwave', 'FLWSECK_TEST- FLWSECK- FLWPUBK_TEST-', `${LOWER}{12,32}(?:-X)?`],
  ['GoCardless', 'live_', `${EQUALS}{40}`, 'mixed'],
  ['Lob', 'live_ test_', `${HEX}{35}`],
  ['EasyPost', 'EZAK EZTK', `${ALNUM}{54}`],
  ['Shippo', 'shippo_live_ shippo_test_', `${ANY_HEX}{40}`],
  ['Plaid', 'access-sandbox- access-development- access-production-', UUID],
  ['Ramp', 'ramp_sec_ ramp_id_', `${ALNUM}{40,48}`],
  ['Duffel', 'duffel_test_ duffel_live_', `${EQUALS}{43}`],
  ['Mercado Pago', 'APP_USR- TEST-', `[0-9]{15,16}-[0-9]{6}-${HEX}{32}-[0-9]{6,12}`],
  ['Polar', 'polar_oat_', `${WORD}{40,60}`],
  ['Facebook', 'EAA', `${ALNUM}{80,400}`],
  // Registries of packages.
  ['npm', 'npm_', `${ALNUM}{36}`],
  ['PyPI', 'pypi-AgE', `${WORD}{50,1000}`],
  ['Docker', 'dckr_pat_ dckr_oat_', `${WORD}{24,64}`],
  ['Packagist', 'packagist_ort_ packagist_out_ packagist_urt_ packagist_uut_', `${HEX}{68}`],
  ['Artifactory', 'AKCp', `${WORD}{69}`],
  ['Artifactory', 'cmVmd', `${WORD}{59}`, 'mixed'],
  ['Clojars', 'CLOJARS_', `${ALNUM}{60}`],
  // Clouds and platforms.
  ['Alibaba Cloud', 'LTAI', `${ALNUM}{16,24}`],
  ['Tencent Cloud', 'AKID', `${ALNUM}{32}`, 'mixed'],
  ['Scaleway', 'SCW', `${UPPER}{17}`],
  ['Yandex', 'AQVN', `${WORD}{35,38}`],
  ['Yandex', 'YC', `${WORD}{38}`, 'mixed'],
  ['Yandex', 't1.', '[A-Za-z0-9_-]{10,400}={0,2}\\.[A-Za-z0-9_-]{86}={0,2}'],
  ['DigitalOcean', 'dop_v1_ doo_v1_ dor_v1_', `${HEX}{64}`],
  ['Heroku', 'HRKU-AA', `${WORD}{58}`],
  ['Heroku', 'HRKU-', UUID],
  ['Fly.io', 'fo1_', `${WORD}{43}`],
  ['Fly.io', 'fm1r_ fm1a_ fm2_', '[A-Za-z0-9+/=,_-]{80,2000}'],
  ['Vercel', 'vcp_ vci_ vca_ vcr_ vck_', `${ALNUM}{50,60}`],
  ['Netlify', 'nfp_ nfc_ nfo_ nfu_ nfb_', `${ALNUM}{36}`],
  ['Render', 'rnd_', `${ALNUM}{28,32}`],
  ['Cloudflare', 'v1.0-', '[A-Za-z0-9-]{171}'],
  ['Cloudflare', 'cfut_ cfat_ cfk_', `${ALNUM}{40}${HEX}{8}`],
  ['Supabase', 'sbp_ sbp_v0_', `${LOWER}{40}`],
  ['Supabase', 'sb_secret_', `${WORD}{30,60}`],
  ['PlanetScale', 'pscale_tkn_ pscale_oauth_ pscale_pw_', `${DOTS}{32,64}`],
  ['Neon', 'napi_', `${LOWER}{64}`],
  ['Aiven', 'AVNS_', `${WORD}{19}`],
  ['CockroachDB', 'CCDB1_', `${ALNUM}{22}_${ALNUM}{40}`],
  ['ClickHouse', '4b1d', `${ALNUM}{38}`, 'mixed'],
  ['Confluent', 'cflt', `${ALNUM}{60}`],
  ['Elastic', 'essu_', '[A-Za-z0-9+/_-]{40,200}={0,2}'],
  ['Databricks', 'dapi', `${HEX}{32}(?:-[0-9])?`],
  ['HashiCorp Vault', 'hvs. hvb. hvr.', `${WORD}{24,400}`],
  ['HashiCorp Vault', 's.', `${ALNUM}{24}`, 'digits'],
  ['Doppler', 'dp.pt. dp.ct. dp.sa. dp.scim. dp.audit.', `${ALNUM}{40,44}`],
  ['Doppler', 'dp.st.', `(?:[a-z0-9_-]{2,35}\\.)?${ALNUM}{40,44}`],
  ['1Password', 'ops_eyJ', `[A-Za-z0-9+/_-]{160,4000}={0,3}`],
  ['1Password', 'A3-', `${UPPER}{6}-(?:${UPPER}{11}|${UPPER}{6}-${UPPER}{5})-${UPPER}{5}-${UPPER}{5}-${UPPER}{5}`],
  ['Infisical', 'st.', `${HEX}{24}\\.${HEX}{32}\\.${HEX}{32}`],
  ['Bitwarden', '0.', `${UUID}\\.${ALNUM}{30}:${BASE64}{22}={2}`],
  ['Okta', '00', `${WORD}{40}`, 'mixed'],
  ['Ory', 'ory_at_ ory_rt_ ory_ac_', `${WORD}{40,90}(?:\\.${WORD}{40,90})?`],
  ['Age', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'],
  ['Pulumi', 'pul-', `${LOWER}{40}`],
  ['Prefect', 'pnu_ pnb_', `${ALNUM}{36}`],
  ['Infracost', 'ico-', `${ALNUM}{32}`],
  ['Octopus Deploy', 'API-', `${UPPER}{26,32}`],
  ['Scalingo', 'tk-us-', `${WORD}{48}`],
  ['Tailscale', 'tskey-auth- tskey-api- tskey-client- tskey-scim- tskey-webhook-', '[A-Za-z0-9-]{20,80}'],
  ['Netbird', 'nbp_', `${ALNUM}{36}`],
  ['Defined Networking', 'dnkey-', `${EQUALS}{26}-${EQUALS}{52}`],
  ['OpenShift', 'sha256~', `${WORD}{43}`],
  ['Harness', 'pat. sat.', `${WORD}{22}\\.${ALNUM}{24}\\.${ALNUM}{20}`],
  ['CircleCI', 'CCIPAT_ CCIPRJ_', `${ALNUM}{22}_${ANY_HEX}{40}`],
  ['Buildkite', 'bkua_', `${LOWER}{40}`],
  ['Sonar', 'squ_ sqp_ sqa_', `${HEX}{40}`],
  ['Sourcegraph', 'sgp_local_', `${ANY_HEX}{40}`],
  ['Sourcegraph', 'sgp_', `(?:${ANY_HEX}{16}_)?${ANY_HEX}{40}`],
  ['Sourcegraph', 'slk_ sgd_', `${HEX}{64}`],
  ['Snyk', 'snyk_uat. snyk_sat.', '[A-Za-z0-9_.-]{40,400}'],
  ['Endor Labs', 'endr+', '[A-Za-z0-9-]{16}'],
  ['TruffleHog', 'thog-key- thog-secret-', `${HEX}{16,32}`],
  ['Rootly', 'rootly_', `${HEX}{64}`],
  // Work and communication.
  ['Django', 'pbkdf2_sha256$', `[0-9]{4,8}\\$${ALNUM}{8,64}\\$${BASE64}{43}={1}`],
  ['Twilio', 'SK', `${ANY_HEX}{32}`],
  ['SendGrid', 'SG.', '[A-Za-z0-9_=.-]{60,80}'],
  ['Mailgun', 'key-', `${LOWER}{32}`],
  ['Brevo', 'xkeysib- xsmtpsib-', `${WORD}{81}`],
  ['MailerSend', 'mlsn.', `${HEX}{64}`],
  ['Resend', 're_', `${ALNUM}{8}_${ALNUM}{24}`],
  ['Atlassian', 'ATATT', '[A-Za-z0-9_=+/-]{24,400}', 'mixed'],
  ['Atlassian', 'ATCTT3', '[A-Za-z0-9_=+/-]{24,400}'],
  ['Bitbucket', 'ATBB', '[A-Za-z0-9_=.-]{20,60}', 'mixed'],
  ['Linear', 'lin_api_ lin_oauth_', `${ALNUM}{40,64}`],
  ['Notion', 'ntn_', `${ALNUM}{40,60}`],
  ['Notion', 'secret_', `${ALNUM}{43}`],
  ['Figma', 'figd_ figp_ figo_ figu_ figor_', `${EQUALS}{38,64}`],
  ['Airtable', 'pat', `${ALNUM}{14}\\.${HEX}{64}`],
  ['Postman', 'PMAK-', '[A-Za-z0-9-]{59}'],
  ['Postman', 'PMAT-', `${UPPER}{26}`],
  ['ClickUp', 'pk_', `[0-9]{6,9}_${UPPER}{32}`],
  ['HubSpot', 'pat-na1- pat-na2- pat-eu1- pat-ap1-', UUID],
  ['HubSpot', 'na1.', `${BASE64}{100}`],
  ['Contentful', 'CFPAT-', `${WORD}{43}`],
  ['Sanity', 'sk', `${ALNUM}{80,180}`, 'mixed'],
  ['ReadMe', 'rdme_', `${LOWER}{70}`],
  ['Typeform', 'tfp_', `${DOTS}{40,70}`],
  ['Frame.io', 'fio-u-', `${EQUALS}{64}`],
  ['Dropbox', 'sl. sl.u.', `${EQUALS}{130,2000}`],
  ['Adobe', 'p8e-', `${LOWER}{32}`],
  ['Adafruit', 'aio_', `${ALNUM}{28}`],
  ['Apify', 'apify_api_', `[A-Za-z0-9-]{36}`],
  ['Mapbox', 'sk.', '[A-Za-z0-9_.-]{80,240}', 'mixed'],
  ['Salesforce', '3MVG9', '[A-Za-z0-9._+/=]{80,251}'],
  ['Salesforce', '00D', `${ALNUM}{12}![A-Za-z0-9_.]{96}`],
  ['Zoho', '1000.', `${HEX}{32}\\.${HEX}{32}`],
  ['X', 'AAAAAAAAAAAAAAAAAAAAAA', '[A-Za-z0-9%]{80,100}'],
  ['LaunchDarkly', 'api- sdk-', UUID],
  ['PubNub', 'sub-c- sec-c-', '[A-Za-z0-9=-]{36,50}'],
  [
    'Authress',
    'sc_ ext_ scauth_ authress_',
    `${LOWER}{5,30}\\.${LOWER}{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[a-z0-9+/_=-]{30,120}`,
  ],
  ['42', 's-s4t2ud- s-s4t2af- u-s4t2ud- u-s4t2af-', `${HEX}{64}`],
  ['SettleMint', 'sm_aat_ sm_pat_ sm_sat_', `${ALNUM}{16}`],
  ['Bitbucket Data Center', 'BBDC-', '[A-Za-z0-9+/@_-]{40,50}'],
  ['Voiceflow', 'VF. VF.DM. VF.WS.', `${ANY_HEX}{24}\\.${ALNUM}{16}`],
  ['Salad', 'salad_cloud_', `${ALNUM}{1,7}_${ALNUM}{7,235}`],
  ['Sonar', 'sqco_', `${ALNUM}{59}`],
  ['Close', 'api_', '[A-Za-z0-9.]{45}', 'mixed'],
  ['Salesforce', '5AEP861', '[A-Za-z0-9._=]{80,400}'],
  // Incoming webhooks: the owner of the URL may post.
  ['Slack', 'hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/', '[A-Za-z0-9+/_]{20,90}'],
  ['Discord', 'discord.com/api/ discordapp.com/api/', `(?:v[0-9]{1,2}/)?webhooks/[0-9]{15,22}/${WORD}{50,90}`],
  ['Zapier', 'hooks.zapier.com/hooks/catch/', '[A-Za-z0-9/]{8,40}'],
  // Private keys in base64: `-----BEGIN … PRIVATE KEY`, as in a kubeconfig; a token in base64.
  [
    'PEM in base64',
    'LS0tLS1CRUdJTiBQUklWQVRF LS0tLS1CRUdJTiBSU0EgUFJJVkFURS LS0tLS1CRUdJTiBFQyBQUklWQVRF LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVE LS0tLS1CRUdJTiBEU0EgUFJJVkFURS LS0tLS1CRUdJTiBFTkNSWVBURUQg LS0tLS1CRUdJTiBQR1AgUFJJVkFUR',
    `${BASE64}{40,16000}={0,2}`,
  ],
  ['JWT in base64', 'ZXlKaGJHY2lPaU ZXlKMGVYQWlPaU ZXlKcmFXUWlPaU', `${BASE64}{60,8000}={0,2}`],
  ...MORE_FORMATS,
  ...RARER_FORMATS,
];

const CRYPT = '[./A-Za-z0-9]';
const ARGON = `v=[0-9]{2}\\$m=[0-9]{1,8},t=[0-9]{1,4},p=[0-9]{1,3}\\$${BASE64}{11,64}\\$${BASE64}{16,128}`;

export const LED: readonly Led[] = [
  ['Telegram', '(?:bot)?[0-9]{5,16}:', 20, 'AA', `${WORD}{33}`],
  ['HCP Terraform', `${ALNUM}{14}\\.`, 15, 'atlasv1.', `${EQUALS}{60,70}`],
  ['Microsoft Teams', '[A-Za-z0-9-]{1,120}\\.', 121, 'webhook.office.com/webhookb2/', '[A-Za-z0-9@/-]{80,260}'],
  // Hashes of passwords, as in /etc/shadow, LDAP, .htpasswd and Django's table of users.
  ...['2a$', '2b$', '2x$', '2y$'].map((mark): Led => ['bcrypt', '\\$', 1, mark, `[0-9]{2}\\$${CRYPT}{53}`]),
  ['crypt', '\\$', 1, '1$', `${CRYPT}{1,8}\\$${CRYPT}{22}`],
  ['crypt', '\\$', 1, 'apr1$', `${CRYPT}{1,8}\\$${CRYPT}{22}`],
  ['crypt', '\\$', 1, '5$', `(?:rounds=[0-9]{1,9}\\$)?${CRYPT}{1,16}\\$${CRYPT}{43}`],
  ['crypt', '\\$', 1, '6$', `(?:rounds=[0-9]{1,9}\\$)?${CRYPT}{1,16}\\$${CRYPT}{86}`],
  ['crypt', '\\$', 1, 'y$', `${CRYPT}{1,8}\\$${CRYPT}{1,86}\\$${CRYPT}{43}`],
  ['Argon2', '\\$', 1, 'argon2id$', ARGON],
  ['Argon2', '\\$', 1, 'argon2i$', ARGON],
  ['LDAP', '\\{', 1, 'SSHA}', `${BASE64}{27,60}={0,2}`],
  ['LDAP', '\\{', 1, 'SHA}', `${BASE64}{27}={1}`],
  ['LDAP', '\\{', 1, 'SSHA256}', `${BASE64}{48,90}={0,2}`],
  ['LDAP', '\\{', 1, 'SSHA512}', `${BASE64}{90,130}={0,2}`],
  ['Tines', '[A-Za-z0-9-]{1,63}\\.', 64, 'tines.com/webhook/', `${LOWER}{32}/${LOWER}{32}`],
  ...RARER_LED,
];

/** A word of fixed length, known by a mark at a fixed place. */
export type Marked = readonly [issuer: string, before: string, at: number, mark: string, after: string];

export const MARKED: readonly Marked[] = [
  ['Mailchimp', `${LOWER}{32}`, 32, '-us', '[0-9]{1,2}'],
  ['Mailgun', `${HEX}{32}-${HEX}{8}`, 41, '-', `${HEX}{8}`],
  ['MaxMind', `${ALNUM}{6}_${ALNUM}{29}`, 36, '_mmk', ''],
  ['Azure DevOps', `${ALNUM}{76}`, 76, 'AZDO', `${ALNUM}{4}`],
  ['Azure', `${ALNUM}{52}`, 52, 'JQQJ9', `${ALNUM}{27}`],
  ['Azure', `${WORD}{42}`, 42, 'AzSe', `${ALNUM}{6}`],
  ['BitLocker', '[0-9]{6}(?:-[0-9]{6}){6}', 48, '-', '[0-9]{6}'],
  ['New Relic', `${HEX}{32}`, 32, 'FFFFNRAL', ''],
  ['New Relic', `eu01xx${HEX}{26}`, 32, 'FFFFNRAL', ''],
  ['New Relic', `AA${HEX}{40}`, 42, '-NRMA', ''],
  ['Webex', `${ALNUM}{64}_${ALNUM}{4}_${ALNUM}{8}(?:-${ALNUM}{4}){3}`, 93, '-', `${ALNUM}{12}`],
];

/** Words, and what is joined to them by a sign. `back`: how far before the sign it begins, if not with the word. */
export type Joined = readonly [issuer: string, sign: string, least: number, back: number, pattern: string];

export const JOINED: readonly Joined[] = [
  ['Azure', '~', 2, 5, '[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}'],
  ['Facebook', '|', 15, 0, `[0-9]{15,16}\\|${WORD}{27,40}`],
  ['Facebook', '%', 15, 0, `[0-9]{15,16}%(?:7C)?${WORD}{27,40}`],
  ['Asana', ':', 16, 18, `[0-9]/[0-9]{16}:${HEX}{32}`],
  ['fal', ':', 36, 36, `${UUID}:${HEX}{32}`],
  ['Discord', '.', 24, 0, `[MNO]${WORD}{23,28}\\.${WORD}{6}\\.${WORD}{27,40}`],
  ['Tableau', '=', 1, 22, `${BASE64}{22}==:${ALNUM}{32}`],
  ['Z.ai', '.', 32, 32, `${ANY_HEX}{32}\\.${ALNUM}{16}`],
  ['Azure Container Registry', '+', 0, 42, `${BASE64}{42}\\+ACR${ALNUM}{6}`],
];

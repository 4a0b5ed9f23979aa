/** More of the table in `formats.ts`: issuers that few public scanners know. */
import type { Format, Led } from './format.ts';

const ALNUM = '[A-Za-z0-9]';
const WORD = '[A-Za-z0-9_-]';
const HEX = '[a-f0-9]';
const ANY_HEX = '[A-Fa-f0-9]';
const LOWER = '[a-z0-9]';
const BASE32 = '[a-z2-7]';
const BASE64 = '[A-Za-z0-9+/=]';
const UUID = `${ALNUM}{8}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{12}`;

export const RARER_FORMATS: readonly Format[] = [
  // Clouds, platforms and models.
  ['Alibaba Cloud', 'STS.', `${ALNUM}{16,64}`, 'mixed'],
  ['Buildkite', 'bkaa_ bkaj_ bkar_ bkct_ bkpt_', `${WORD}{40,340}`],
  ['CircleCI', 'CCIPAT_', `${ALNUM}{22}_${LOWER}{40}`],
  ['Daytona', 'dtn_', `${HEX}{64}`],
  ['Inngest', 'signkey-prod- signkey-test- signkey-branch-', `${HEX}{64}`],
  ['Kong', 'kpat_ spat_', `${ALNUM}{40,80}`],
  ['LangSmith', 'lsv2_pt_ lsv2_sk_', `${ANY_HEX}{32}_${ANY_HEX}{10}`],
  ['LlamaCloud', 'llx-', `${ALNUM}{44,52}`],
  ['Mem0', 'm0-', `${ALNUM}{24,44}`, 'mixed'],
  ['Neon', 'napi_', `${ALNUM}{64}`],
  ['Portainer', 'ptr_', '[A-Za-z0-9/_+=-]{20,60}', 'mixed'],
  ['Porkbun', 'sk1_ pk1_', `${HEX}{64}`],
  ['New Relic', 'NRAA-', `${HEX}{27}`],
  ['Packagist', 'packagist_acs_ packagist_ort_ packagist_out_ packagist_urt_ packagist_uut_', `${HEX}{64,96}`],
  ['redirect.pizza', 'rpa_', `${ALNUM}{30}`],
  ['Trigger.dev', 'tr_dev_ tr_prod_ tr_stg_ tr_pat_', `${ALNUM}{20,48}`, 'digits'],
  ['Unkey', 'unkey_', `${ALNUM}{20,32}`],
  ['Val Town', 'vtwn_', `${WORD}{20,80}`],
  ['Vercel', 'vercel_blob_rw_', `${ALNUM}{16}_${ALNUM}{30}`],
  ['Voyage AI', 'pa-', `${WORD}{43}`, 'mixed'],
  ['Context7', 'ctx7sk-', UUID],
  // Money and shops.
  ['Checkout.com', 'sk_ sk_test_ sk_sbox_', UUID],
  ['eBay', 'PRD- SBX-', `${HEX}{12}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{4}`],
  ['Midtrans', 'Mid-server- SB-Mid-server-', `${WORD}{20,40}`],
  ['Paddle', 'pdl_live_apikey_ pdl_sdbx_apikey_', `${LOWER}{26}_${ALNUM}{22}_${ALNUM}{3}`],
  ['Polar', 'polar_at_ polar_oat_ polar_pat_ polar_rt_', `${WORD}{20,100}`],
  ['Razorpay', 'rzp_live_ rzp_test_', `${ALNUM}{14}`, 'mixed'],
  [
    'Recharge',
    'sk_1x sk_2x sk_3x sk_5x sk_10x sk_test_1x sk_test_2x sk_test_3x sk_test_5x sk_test_10x',
    `[1-3]_${ANY_HEX}{64}`,
  ],
  ['Square', 'EAAA', '[A-Za-z0-9+=_-]{60}', 'mixed'],
  ['Facebook', 'EAA', `${WORD}{40,400}`, 'mixed'],
  ['WooCommerce', 'ck_ cs_', `${HEX}{40}`],
  ['Xendit', 'xnd_production_ xnd_development_', `${ALNUM}{56,72}`],
  // Work, data and security.
  ['Aikido', 'AIK_CI_ AIK_SECRET_', `${ALNUM}{20,64}`],
  ['Atlassian', 'ATAT', '[A-Za-z0-9_=-]{100,400}', 'mixed'],
  ['Bannerbear', 'bb_pr_ bb_ma_', `${HEX}{30}`],
  ['Beamer', 'b_', '[a-z0-9=_-]{44}', 'digits'],
  ['BestTime', 'pri_', `${HEX}{32}`],
  ['Bitbucket Data Center', 'BBDC-', `${BASE64}{32,60}`],
  ['Cal.com', 'cal_live_', `${HEX}{32}`],
  ['Checkio', 'pk_', `${LOWER}{45}`, 'digits'],
  ['ConfigCat', 'configcat-sdk-1/', `${WORD}{22}/${WORD}{22}`],
  ['ConvertAPI', 'secret_', `${ALNUM}{16}`, 'mixed'],
  ['dbt', 'dbtc_ dbtu_', `${WORD}{36,64}`],
  ['Finage', 'API_KEY', '[0-9A-Z]{32}', 'digits'],
  ['Fleetbase', 'flb_live_', `${ALNUM}{20}`],
  ['Ionic', 'ion_', `${ALNUM}{42}`],
  ['Klaviyo', 'pk_', `(?:${ALNUM}{6}_)?${HEX}{34}`],
  ['Labelbox', 'rma_', `${WORD}{43}`],
  ['Lichess', 'lip_', '[A-Za-z0-9_]{16,60}', 'digits'],
  ['LocationIQ', 'pk.', `${HEX}{32}`],
  ['Mailsac', 'k_', `${ALNUM}{36,44}`, 'mixed'],
  ['Miro', 'eyJtaXJv', `${WORD}{30,140}`],
  ['Nightfall', 'NF-', `${ALNUM}{32}`],
  ['OneSignal', 'os_v2_app_ os_v2_org_', `${BASE32}{103}`],
  ['Retell', 'key_', `${HEX}{28}`],
  ['SalesBlink', 'key-', `${ALNUM}{64}`],
  ['Segment', 'sgp_', `${ALNUM}{64}`],
  ['Slack', 'xoxa- xoxr-', `[0-9]-${ALNUM}{8,48}`],
  ['Statsig', 'secret-', `${ALNUM}{40,50}`, 'mixed'],
  ['Stytch', 'secret-live- secret-test-', '[A-Za-z0-9_=-]{32,64}'],
  ['Telnyx', 'KEY', `${WORD}{55}`, 'mixed'],
  ['Thunderstore', 'tss_', `${WORD}{20,80}`, 'mixed'],
  ['WakaTime', 'waka_', `${LOWER}{36,64}`],
  ['Workato', 'wrka', `(?:[a-z]{2})?-eyJ${WORD}{8,400}\\.${WORD}{16,2000}\\.${WORD}{64,700}`],
  ['Langfuse', 'sk-lf-', `${ALNUM}[A-Za-z0-9-]{19,60}`, 'digits'],
  ['Postman', 'PMAT-', `${ALNUM}{26}`],
  ['Slack', 'xoxe.xoxb- xoxe.xoxp-', `[0-9]{1,10}-${ALNUM}{140,190}`],
  ['xAI', 'xai-', `${ALNUM}{20,120}`, 'mixed'],
  ['Zoho', '1001. 1003.', `${HEX}{32}\\.${HEX}{32}(?:-d)?`],
  ['Ubidots', 'BBFF-', `${ALNUM}{30}`],
  ['Robinhood', 'rh-api-', UUID],
  ['Flexport', 'shltm_', `${WORD}{40}`],
  ['Pagar.me', 'ak_live_', `${ALNUM}{30}`],
  ['WakaTime', 'waka_', UUID],
  [
    'PASETO',
    'v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.',
    `${WORD}{40,4000}(?:\\.${WORD}{0,1000})?`,
    'mixed',
  ],
  ['Instagram', 'IGQVJ IGQW IGAA', `${WORD}{60,400}`, 'mixed'],
  ['Nylas', 'nyk_v0_', `${WORD}{64}`],
  ['Riot Games', 'RGAPI-', UUID],
  ['WunderGraph', 'cosmo_', `${HEX}{32}`],
  ['Airtable', 'oaa', `${ALNUM}{14}\\.v1\\.${WORD}{8,400}\\.${HEX}{32,128}`],
  // What ASP.NET protects: cookies of logins, tokens to reset passwords.
  ['Microsoft', 'CfDJ8', `${WORD}{40,4000}`],
  // Incoming webhooks, as in `formats.ts`.
  ['Microsoft Teams', 'outlook.office.com/webhook/ outlook.office365.com/webhook/', '[A-Za-z0-9@/-]{80,260}'],
  ['Lark', 'open.feishu.cn/open-apis/bot/v2/hook/ open.larksuite.com/open-apis/bot/v2/hook/', UUID],
  ['WeCom', 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key=', UUID],
  [
    'Make',
    'hook.eu1.make.com/ hook.eu2.make.com/ hook.us1.make.com/ hook.us2.make.com/ hook.integromat.com/',
    `${LOWER}{24,40}`,
  ],
  ['PagerDuty', 'events.pagerduty.com/integration/', `${HEX}{32}`],
  ['Healthchecks', 'hc-ping.com/', UUID],
  ['Sentry', 'sentry.io/api/hooks/', `[a-z0-9/-]{8,60}/${HEX}{64}`],
];

/** Webhooks with something of the user's before them. */
export const RARER_LED: readonly Led[] = [
  ['IFTTT', 'maker\\.ifttt\\.com/trigger/[A-Za-z0-9_-]{1,64}/(?:json/)?', 92, 'with/key/', `${WORD}{20,60}`],
  ['Mattermost', '[A-Za-z0-9.:-]{3,80}/', 81, 'hooks/', `${LOWER}{26}`],
  ['Rocket.Chat', '[A-Za-z0-9.:-]{3,80}/', 81, 'hooks/', `${ALNUM}{17,24}/${ALNUM}{43,45}`],
];

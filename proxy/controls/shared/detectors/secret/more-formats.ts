/** More of the table in `formats.ts`: issuers that public scanners of 2026 added, and those of telemetry. */
import type { Format } from './format.ts';

const ALNUM = '[A-Za-z0-9]';
const WORD = '[A-Za-z0-9_-]';
const HEX = '[a-f0-9]';
const UPPER = '[A-Z0-9]';
const LOWER = '[a-z0-9]';
const UUID = `${ALNUM}{8}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{4}-${ALNUM}{12}`;
const BASE64 = '[A-Za-z0-9+/]';

export const MORE_FORMATS: readonly Format[] = [
  // Models and agents.
  ['MiniMax', 'sk-api-', `${WORD}{100,140}`],
  ['Cartesia', 'sk_car_', '[A-Za-z0-9_]{20,44}'],
  ['Brave', 'BSA', `${WORD}{24,40}`, 'mixed'],
  ['Devin', 'apk_user_', `${BASE64}{100,200}={0,2}`],
  ['Devin', 'apk_', `${BASE64}{80,100}={0,2}`, 'mixed'],
  ['Devin', 'cog_', '[a-z2-7]{52}'],
  ['Labelbox', 'lbx_', `${WORD}{43}`],
  ['RunPod', 'rpa_', '[A-Z0-9]{40}[A-Za-z0-9]{6}'],
  // Clouds and platforms.
  ['Docker', 'SWMTKN-1-', '[a-z0-9]{50,60}-[a-z0-9]{24,30}'],
  ['Docker', 'SWMKEY-1-', `${BASE64}{40,50}`],
  ['MongoDB', 'mdb_sa_sk_', `${WORD}{40}`],
  ['Exoscale', 'EXO', `${ALNUM}{24,30}`, 'digits'],
  ['UpCloud', 'ucat_', `${ALNUM}{24,32}`],
  ['Supabase', 'sbp_', '[a-z0-9_-]{40}'],
  ['Vercel', 'vcp_ vci_ vca_ vcr_ vck_', `${WORD}{56}`],
  ['Buildkite', 'bkua_', '[a-z0-9]{53}'],
  ['Cloudsmith', 'csa_', '[a-f0-9]{30}[A-Za-z0-9]{6}'],
  ['Mergify', 'mergify_application_key_', `${WORD}{40,200}`],
  ['DevCycle', 'dvc_server_ dvc_mobile_', `${ALNUM}{8,40}`],
  ['Tailscale', 'tskey-', `k${ALNUM}{4,16}CNTRL-${ALNUM}{20,40}`],
  ['Zuplo', 'zpka_', '[a-z0-9]{32}_[0-9a-f]{8}'],
  ['Artifactory', 'AKCp', `${ALNUM}{68,70}`],
  // Money, people and work.
  ['Mercury', 'mercury_production_', `[a-z]{3,6}_${ALNUM}{40,50}_yrucrem`],
  ['Persona', 'persona_production_ persona_sandbox_', '[a-z0-9_-]{20,80}', 'digits'],
  ['Onfido', 'api_live. api_live_ca. api_live_us. api_sandbox.', `${WORD}{20,80}`],
  ['Proof', 'prf_ prf_cli_', `${WORD}{20,80}`, 'mixed'],
  ['Pinterest', 'pina_', `${WORD}{20,200}`, 'mixed'],
  ['Salesforce', '00', `${ALNUM}{13}![A-Za-z0-9._-]{80,260}`],
  ['Samsara', 'samsara_api_', `${ALNUM}{26,32}`],
  ['Nylas', 'nyk_', `${ALNUM}{67}`],
  ['Canva', 'cnvca', `${WORD}{51}`],
  ['MailerSend', 'mlsn.', `${ALNUM}{30,100}`],
  ['Lichess', 'lip_', `${ALNUM}{16,60}`, 'mixed'],
  ['xAI', 'xai-', `${WORD}{70,120}`],
  ['PostHog', 'phx_', `${WORD}{41,49}`],
  ['Apify', 'apify_api_', `${ALNUM}{34,38}`],
  // Telemetry.
  ['Datadog', 'ddp_ ddw_', `${ALNUM}{36}`],
  ['New Relic', 'NRAK-', `${UPPER}{27}`],
  ['New Relic', 'NRII- NRIQ-', `${WORD}{25,32}`],
  ['New Relic', 'NRBR- NRJS-', `${HEX}{19}`],
  ['New Relic', 'NRRA-', `${HEX}{42}`],
  ['Sentry', 'sntrys_', '[A-Za-z0-9+/=_-]{40,4000}'],
  ['Sentry', 'sntryu_ sntrya_ sntryi_', `${HEX}{64}`],
  ['Grafana', 'glsa_', '[A-Za-z0-9_-]{41}'],
  ['Grafana', 'glc_', '[A-Za-z0-9+/=_-]{32,400}'],
  ['Grafana', 'eyJrIjoi', `${BASE64}{40,400}={0,3}`],
  ['Dynatrace', 'dt0c01. dt0s01. dt0s02. dt0s16.', `${ALNUM}{24}\\.${ALNUM}{64}`],
  ['PostHog', 'phx_ phs_', '[A-Za-z0-9_]{40,60}'],
  ['Axiom', 'xaat- xapt-', UUID],
  ['Honeycomb', 'hcaik_ hcaic_', `${LOWER}{58}`],
  ['Logfire', 'pylf_v1_us_ pylf_v1_eu_', `${ALNUM}{43}`],
  ['NuGet', 'oy2', `${LOWER}{43}`],
  ['crates.io', 'cio', `${ALNUM}{32}`, 'mixed'],
  ['RubyGems', 'rubygems_', `${ALNUM}{48}`],
];

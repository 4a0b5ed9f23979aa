/**
 * A control of your own: the company's compliance service approves each call of a tool.
 *
 *   npm run examples -- compliance
 */
import { check, isRefused } from '../support/checks.ts';
import { connect, ERAS } from '../support/client.ts';
import { startProxy } from '../support/proxy.ts';
import { tokenOf } from '../support/token.ts';
import { startService } from './service.ts';

const service = await startService();
await using proxy = await startProxy(new URL('proxy.config.ts', import.meta.url), [], {
  COMPLIANCE_URL: service.url,
  INBOUND_AUTH: 'jwt',
});
for (const era of ERAS) {
  await using ann = await connect(proxy.url, era, tokenOf({ sub: 'ann' }));
  check(`${era}: an approved call is made`, (await ann.call('add', { a: 2, b: 3 })).includes('5'));
  const asked = service.questions.at(-1);
  check(
    `${era}: the service saw who calls what, with what`,
    JSON.stringify(asked) === '{"caller":"ann","tool":"add","arguments":{"a":2,"b":3}}',
  );
  check(`${era}: a call that is not approved is refused`, await isRefused(ann.call('divide', { a: 1, b: 2 })));
  await using eve = await connect(proxy.url, era, tokenOf({ sub: 'eve' }));
  check(`${era}: and so is one of somebody unknown`, await isRefused(eve.call('add', { a: 2, b: 3 })));
}
check('without a token nobody gets in', await isRefused(connect(proxy.url)));
await service.close();
await using ann = await connect(proxy.url, 'modern', tokenOf({ sub: 'ann' }));
check('if the service is down, no tool is called', await isRefused(ann.call('add', { a: 2, b: 3 })));
check('but tools are still listed', (await ann.names()).includes('add'));

/** Words that people use for one another when they speak of tools, by their stems. General English, no trade's terms. */
import { stemOf } from './words.ts';

const GROUPS: readonly string[] = [
  // What a tool does.
  'create add new make insert register',
  'delete remove erase drop destroy discard',
  'get read fetch show view retrieve load display see tell give',
  'list enumerate browse overview',
  'find search query lookup seek discover',
  'update change edit modify alter adjust correct',
  'send deliver dispatch transmit post',
  'notify alert inform tell remind',
  'cancel abort stop end terminate annul',
  'pause suspend hold mute silence snooze',
  'resume continue',
  'restart reboot rerun retry repeat again',
  'approve accept confirm grant allow permit agree',
  'reject decline deny refuse',
  'buy purchase order',
  'book reserve arrange schedule plan appoint',
  'pay charge bill settle payment',
  'refund reimburse return',
  'copy clone duplicate fork',
  'combine merge join unite deduplicate',
  'move transfer relocate shift',
  'run execute start launch begin',
  'publish release deploy public',
  'lock block freeze forbid',
  'compare difference diff versus differ deviation',
  'estimate forecast predict expect',
  'calculate compute work',
  'convert transform turn change',
  'download export save store',
  'upload import put',
  'revert restore rollback undo reverse',
  'replace swap exchange rotate substitute',
  'extend prolong renew',
  'check verify validate test inspect',
  'assign give allocate',
  'hide conceal mask',
  'increase raise lift',
  'reduce lower shrink smaller',
  'install upgrade update',
  'suggest propose recommend',
  'explain describe interpret',
  'follow subscribe watch track',
  'locate where position',
  'reply respond answer response',
  // What it does it to.
  'picture image photo photograph',
  'film video movie clip',
  'email mail message',
  'file document paper',
  'customer client buyer shopper',
  'employee staff worker colleague hire',
  'price cost fee amount',
  'car vehicle van truck auto',
  'flat apartment house home property',
  'medicine medication drug',
  'bug issue ticket problem defect',
  'user person people somebody someone',
  'company organization firm business',
  'credential secret password key token',
  'job vacancy opening position',
  'student pupil learner',
  'vendor supplier',
  'sale deal opportunity',
  'vacation holiday leave absence',
  'salary pay wage earn',
  'talk conversation meeting',
  'meeting event appointment',
  'applicant candidate',
  'repository repo',
  'database db',
  'configuration config setting',
  'average mean',
  'error failure fault',
  'machine server computer host',
  'voucher coupon discount',
  'money cash fund',
  'song track music',
  'article post page',
  'remark comment note',
  'date day time',
  'number count quantity many',
  'monthly month',
  'yearly year annual',
];

const RELATED: ReadonlyMap<string, readonly string[]> = relatedStems();

function relatedStems(): ReadonlyMap<string, readonly string[]> {
  const related = new Map<string, readonly string[]>();
  for (const group of GROUPS) {
    const stems = group.split(' ').map(stemOf);
    for (const each of stems)
      related.set(each, [...(related.get(each) ?? []), ...stems.filter((other) => other !== each)]);
  }
  return related;
}

/** The stems that are related to a stem. */
export function relatedTo(stem: string): readonly string[] {
  return RELATED.get(stem) ?? [];
}

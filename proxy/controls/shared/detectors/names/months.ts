/** The first letters of the names of months, by language, without accents. */
import { fold } from './split.ts';

const MONTHS: Readonly<Record<string, string>> = {
  en: 'jan feb mar apr may jun jul aug sep oct nov dec',
  de: 'jan jän feb mär maerz apr mai jun jul aug sep okt nov dez',
  fr: 'janv fév mars avr mai juin juil aoû sept oct nov déc',
  es: 'ene feb mar abr may jun jul ago sep set oct nov dic',
  it: 'gen feb mar apr mag giu lug ago set ott nov dic',
  pt: 'jan fev mar abr mai jun jul ago set out nov dez',
  nl: 'jan feb mrt maa apr mei jun jul aug sep okt nov dec',
  da: 'jan feb mar apr maj jun jul aug sep okt nov dec',
  fi: 'tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu',
  pl: 'sty lut mar kwi maj cze lip sie wrz paź lis gru',
  cs: 'led úno bře dub kvě čer červ srp zář říj list pros',
  sk: 'január február marec apríl máj jún júl august sept okt nov dec',
  sl: 'jan feb mar apr maj jun jul avg sep okt nov dec',
  hr: 'sij velj ožu tra svi lip srp kol ruj lis stu pro',
  hu: 'jan feb már ápr máj jún júl aug szep okt nov dec',
  ro: 'ian feb mar apr mai iun iul aug sep oct noi dec',
  tr: 'oca şub mar nis may haz tem ağu eyl eki kas ara',
  id: 'jan feb mar apr mei jun jul agu sep okt nov des',
  lt: 'saus vas kov bal geg birž liep rugp rugs spal lapk gruod',
  et: 'jaan veebr märts apr mai juuni juuli aug sept okt nov dets',
  ru: 'янв фев мар апр мая май июн июл авг сен окт ноя дек',
  uk: 'січ лют бер кві тра чер лип сер вер жов лис гру',
  bg: 'яну фев мар апр май юни юли авг сеп окт ное дек',
  el: 'ιαν φεβ μαρ απρ μαι μαϊ ιουν ιουλ αυγ σεπ οκτ νοε δεκ',
  lv: 'janv febr marts apr maij jūn jūl aug sept okt nov dec',
  is: 'jan feb mar apr maí jún júl ágú sep okt nóv des',
  ca: 'gen febr març abr maig juny jul ag set oct nov des',
  eu: 'urt ots mar api mai eka uzt abu ira urr aza abe',
  cy: 'ion chw maw ebr mai meh gor aws med hyd tach rhag',
  sw: 'jan feb mac apr mei jun jul ago sep okt nov des',
  tl: 'ene peb mar abr may hun hul ago set okt nob dis',
  sr: 'јан феб мар апр мај јун јул авг сеп окт нов дец',
  ka: 'იან თებ მარ აპრ მაი ივნ ივლ აგვ სექ ოქტ ნოე დეკ',
  hy: 'հունվ փետ մար ապր մայ հունի հուլ օգոս սեպ հոկ նոյ դեկ',
  ur: 'جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر',
  fa: 'ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر',
  bn: 'জানু ফেব্রু মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টে অক্টো নভে ডিসে',
  ta: 'ஜன பிப் மார் ஏப் மே ஜூன் ஜூலை ஆக செப் அக் நவ டிச',
  levant: 'كانون شباط اذار آذار نيسان ايار أيار حزيران تموز اب آب ايلول أيلول تشرين',
  ar: 'يناير فبراير مارس ابريل أبريل مايو يونيو يوليو اغسطس أغسطس سبتمبر اكتوبر أكتوبر نوفمبر ديسمبر',
  he: 'ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר',
  hi: 'जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर',
  th: 'มกรา กุมภา มีนา เมษา พฤษภา มิถุนา กรกฎา สิงหา กันยา ตุลา พฤศจิกา ธันวา ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค',
};

let months: RegExp | undefined;

/** Whether a word begins like a month. */
export function isMonthName(word: string): boolean {
  months ??= new RegExp(
    `^(?:${Object.values(MONTHS)
      .flatMap((list) => list.split(' ').map((name) => fold(name).replaceAll('.', '\\.')))
      .join('|')})`,
    'u',
  );
  return months.test(fold(word));
}

/**
 * Given names in folded form: those most frequent in the US census of 1990, and frequent ones of some thirty languages.
 * Loaded only with a detector of names.
 */

export const GIVEN = `
aaron abby abdul abdullah abel abena abigail abraham adam adan addie adela adele adeline aditya adolfo adolph adrian
adriana adrienne afonso agnes agnieszka agustin ahmed ahmet aida aikaterini aiko aileen aimee aino aisha akiko akira
alain alan alana alba albert alberta alberto alejandra alejandro aleksandra aleksei alena alessandro alessia alex
alexander alexandra alexandria alexandru alexei alexis alfonso alfred alfredo alice alicia aline alisa alisha alison
alissa allan allen allie allison allyson alma alonzo alphonso alta althea alton alva alvaro alvin alyce alyssa ama
amanda amara amelia amelie amie amina amit amos amy ana ananya anastasia anatoly anders andre andrea andreas andreea
andrei andres andrew andrzej andy angela angelia angelica angelina angeline angelo angie angus anh anil anita anja
anjali anke ann anna annabelle anne annemarie annette anni annie anouk anthony antoine antoinette anton antonella
antonia antonio antony antti aoife araceli archie arjun arlene arline armand armando arne arnold arron arthur arturo
ashlee ashley ashok astrid attila aubrey audra audrey augusta aurelia aurelie aurelio aurora ava avery avis axel ayse
babatunde barbara barbra barney barry bart beata beatrice beatriz beau becky belinda ben bengt benita benito benjamin
bennett bennie benny benoit bente bernadette bernadine bernard bernardo bernd bernice bernie bert berta bertha bessie
beth bethany betsy bette bettie betty bettye beulah bianca billie billy birgit birgitta bjorn blaine blair blake
blanca blanche bob bobbi bobbie bobby bohdan bonita bonnie booker boris boyd brad bradford bradley brady brain bram
branden brandi brandon brandy brenda brendan brent bret brett brian briana brianna bridget bridgette brigitte brittany
brittney brock bronwyn brooke bruce bruno bryan bryant bryce bryon buford burak burton byron caio caitlin caleb callie
callum calvin cameron camila camille candace candice candy cara carey carl carla carlene carlo carlos carlton carly
carmela carmella carmelo carmen carole caroline carolyn carrie carroll carson cary casey cassandra cassie catalina
catarina catherine cathleen cathy cecelia cecil cecile cecilia cedric celeste celia celine cem cesar chad chandra
charlene charles charley charlie charmaine chasity chelsea chen cheri cherie cheryl chiara chinedu chloe chris christa
christi christie christina christine christophe christopher christos christy chrystal chuck chukwu ciaran cindy clair
claire clara clare clarence clarice clarissa clark claude claudette claudia claudine clayton clement cleo cleveland
clifford clifton clint clinton clyde cody colby cole colette colin colleen collin connie conor conrad consuelo cora
corey corine corinne cornelia cornelis cornelius cornell corrine cory courtney coy craig cristian cristina curtis
cynthia cyril cyrus daan dalton damian damien damon dan dana dane danial daniel danielle danny dante daphne darcy
daren darin darius darla darlene darnell darrel darrell darren darrin darryl darwin daryl dave david davide davis
deana deanna deanne debbie debora deborah debra declan dee deena deepak deidre deirdre delbert delia della delmar
delores deloris delphine demetrius dena denis denise dennis denny derek derick derrick desiree desmond devin devon
dewayne dewey dexter diana diane dianna dianne dick diego dieter dimitrios dina dion dirk divya dixie dmitri dmitry
dollie dolly dolores dominic dominick dominique dona donald donna donnell donnie donny donovan dora doreen doris
dorota dorothea dorothy dorthy doug douglas doyle duane duarte dudley dustin dwayne dwight dylan earlene earline
earnest earnestine ebba ebony eddie eddy edgar edith edmond edmund edna eduardo edward edwardo edwin edwina eero effie
efrain eileen ekaterina elaine elbert eldon eleanor elena eleni eli elias elif elijah elinor elisa elisabeth elise
eliza elizabeth ella ellen elliot elliott ellis elma elmer elnora eloise elsa elsie elton elva elvia elvin elvira
elvis elwood elzbieta emanuel emerson emery emil emilia emilie emilio emily emine emma emmanuel emmett emory emre
enrique eoin erica erick ericka erik erika erin erma ernest ernestine ernesto ernie errol ervin erwin esmee esmeralda
esperanza esra essie esteban estela estella estelle esther eszter ethan ethel etienne etta eugene eugenia eula eunice
eva evan evangeline evelyn everett ewa ewan fabian fabio fang fannie fatima fatma fay faye federica federico felicia
felipe felix femke ferenc fernanda fernando filipe finn fletcher fleur florian flossie floyd folake forrest fran
frances francesca francesco francine francis francisca francisco francois francoise frankie franklin fred freda
freddie freddy frederic frederick fredrick fredrik freja frieda friedrich fritz gabor gabriel gabriela gabriele
gabrielle galen galina gareth garland garrett garry garth gary gavin gayle geeta geir gena genaro geneva genevieve
geoffrey george georgette georgina georgios gerald geraldine gerard gerardo gerhard german gerrit gerry gertrude
gilbert gilberto gilles gina giorgia giovanna giovanni gisela giulia giuseppe gladys glenda glenna gloria goldie
goncalo gonzalo goran gordon gracie graciela grady graham greg gregg gregorio gregory greta gretchen grover grzegorz
guadalupe guilherme guillaume guillermo gunnar gunter gus gustavo gwen gwendolyn hakan hal haley hamish hana hannah
hanne hans hao harlan harley harold harriet harriett harris harrison harry haruto harvey hasan hassan hatice hattie
heather hector heidi heike heikki heinrich heinz helen helena helene helga helmi helmut hendrik henning henrietta
henrik henrique henry herbert heriberto herman herschel herve hilary hilda hillary hind hiram hiroshi hollis homer
horace horst howard hubert hugh hugo hui humberto hung huseyin hussein hyun ian ibrahim ida ignacio igor ila ilene
ilona ilse imelda imogene ina ines inez inge ingrid ioana ioannis ion ira irene irina irma irvin irving irwin isaac
isabel isabelle isaiah isidro ismael ismail issac istvan iva ivan iwona jackie jaclyn jacob jacqueline jacquelyn
jacques jade jaime jake jakub jamal jame james jami jamie jan jana jane janelle janet janette janice janie janine
janis janna jared jaroslav jarrod jarvis jason jasper javier jay jayne jayson jeanette jeanie jeanine jeanne jeannette
jeannie jeannine jeff jefferson jeffery jeffrey jeffry jenifer jenna jennie jennifer jenny jens jerald jeremiah jeremy
jeri jermaine jeroen jerome jerri jerry jerzy jess jesse jessica jessie jewel jewell ji-hoon ji-woo jian jill jillian
jim jimmie jimmy jing jiri joan joana joann joanna joanne joao joaquin jocelyn jodi jodie jody joe joel joesph joey
johan johanna johannes john johnathan johnathon johnnie johnny jolene jon jonas jonathan jonathon joni joost jorg
jorge jose josef josefa josefina joseph josephine joshua josie josue joyce jozef jozsef juan juana juanita judith judy
juhani jukka julian juliana julianne julie julien juliette julio julius jun jurgen justin justine kai kaisa kaito kara
karen kari karim karin karina karl karla kasey kasper katalin katarzyna kate katelyn katerina katharina katharine
katherine kathie kathleen kathrine kathryn kathy katie katrin katrina katy kavita kay kaye kayla kazuo kees keiko
keisha keith kelley kelli kellie kelsey kelvin kemal ken kendall kendra kendrick kenji kenneth kenny kenya keri kermit
kerri kerry kerstin kevin khadija khaled kim kimberley kimberly kirby kirk kirsten klara klaus knut kofi konstantinos
kris krista kristen kristi kristie kristin kristina kristine kristopher kristy krystal krystyna krzysztof kurt kurtis
kwame kyle lacey ladonna lakeisha lakisha lakshmi lamar lamont lana landon lara larissa larry lars laszlo latasha
latisha latonya latoya laura lauren laurence laurent laurie laverne lavonne lawanda lawrence layla lea leah leann
leanne lei leif leigh leila lela leland lena lenka lenora lenore leola leon leona leonard leonardo leonel leonie
leonor lerato leroy lesley leslie lester letha leticia levi lewis li liam lidia liisa lila lilia lilian lillian lillie
lilly lina linda lindsay lindsey ling linh linnea linwood lionel lisa liv liza lizzie lloyd logan lois lola lon lone
lonnie lora loraine loren lorena lorene lorenzo loretta lori lorie lorna lorraine lorrie lotte lottie lou louie louis
louisa louise lourdes lowell loyd luann lubos luca lucas lucia lucile lucille lucinda lucy ludmila luella luis luisa
lukas lukasz luke lula lupe luther luuk lydia lyle lynda lynette lynn lynne maaike maarten mabel mable mack madeline
madelyn madge mae magdalena maggie magnus mahesh mahmoud maja makoto malcolm malgorzata malinda mallory mamie mandy
manfred manoj manon manuel manuela mara marc marcel marcelino marcella marci marcia marcie marcin marco marcos marcus
marcy marek margaret margareta margarita margaux margery margie margo margret marguerite mari maria marian mariana
marianne mariano maribel maricela marie marieke marietta marilyn marina mario marion marisa marisol marissa maritza
marjolein marjorie markus marla marlene marlin marlon marsha marshall marta martha martim martin martina marty marva
marvin mary maryam maryann maryanne marylou mateusz mathew mathieu mathilda mathilde matilda matilde matt matteo
matthew matthias matti mattias mattie maude maureen maurice mauricio mavis maxime maxine maxwell maynard mayra meagan
meena megan meghan mehmet mei melanie melba melinda melisa melissa melva melvin meredith merle merlin merrill meryem
mette mia micah michael michal micheal michel michele michelle mickey miguel mihai mika mike mikhail mikkel milagros
milan mildred millard millie milton min-jun mindy minerva ming minh minnie miranda miriam miroslav misty mitchell
mitzi moa mohamed mohammad mohammed moises mollie molly mona monica monika monique monroe monte monty morgan moritz
morris morten moses muhammad murat muriel murilo murray mustafa mykola myra myrna myron nabil nadia nadine nancy
nanette nannie naoko naomi natalia natalie natasha nathalie nathan nathaniel neal ned neha neil nelda nell nellie
nelson nestor nettie neva ngozi nguyen niamh nicholas nichole nickolas nicolas nicole nikki niklas nikolai nikolaos
nils nina nita noah noe noel noelia noemi nola nolan nomsa nona noor nora norbert noreen norma norman norris numbers
nuno nuria octavio odd odell odessa ofelia oisin oksana ola oleg oleksandr olga oliver olivia olivier ollie olof
oluwaseun omar opal ophelia ora orlando orville oscar oskar osman otavio otis otto owain owen ozlem pablo padraig
paige paivi pam pamela panagiotis paola pasquale patrica patrice patricia patrick patsy patti patty paul paula
paulette pauline paulo pavel pawel pearlie pedro peggy pekka penelope per percy perry pete peter petr petra phil
philip philippe phillip phyllis pierre piet pilar piotr polly pooja pradeep preston priscilla priya quentin quincy
quinton rachael rachel rachelle rae rafael rafaela rahul rainer raj rajesh ralf ralph ramesh ramiro ramon ramona
randal randall randi randolph randy rania raphael raquel rashid rasmus raul raymond raymundo reba rebecca rebekah
reggie regina reginald rekha rena renate rene renee reuben reva reynaldo rhoda rhonda rhys ricardo riccardo richard
rick rickey rickie ricky rigoberto riley rita robbie robby robert roberta roberto robyn rocco rochelle rocio rod
roderick rodger rodney rodolfo rodrigo rogelio roger rohan roland rolando roman romeo ron ronald ronda ronnie ronny
roos roosevelt rory rosa rosalie rosalind rosalinda rosalyn rosanne rosario roscoe roseann rosemarie rosetta rosie
roslyn ross roxanne roxie roy royce ruben rudolph rudy rufus rui rune russel russell ruth ruthie ryan sabine sabrina
sadie saga sakura sallie sally salma salvador salvatore sam samantha samir sammie sammy samuel sandeep sander sandor
sandra sandrine sanford sanjay sanne santiago santos sara sarah sari sasha satoshi saul saundra scot scott scotty sean
sebastian sebastien selena selma sem seo-yeon serena sergei sergey sergio seth shana shane shanna shannon shari sharon
sharron shaun shauna shawn shawna sheena sheila shelby sheldon shelia shelley shelly shelton sheree sheri sherman
sherri sherrie sherry sheryl shirley shreya sidney sigrid silas silke silvia simon simona simone siobhan sipho socorro
sofia solomon solveig son sondra sonia sonja sonya sophia sophie soren sota spencer stacey staci stacie stacy stan
stanley stefan stefanie stefano stella stephan stephanie stephen steve steven stevie stewart stuart sunil sunita
suresh susan susana susanna susanne susie suzanne suzette sven svetlana sybil sylvester sylvia sylvie szymon tabatha
tabitha tadeusz takashi takeshi tamara tameka tami tamika tammi tammie tammy tania tanisha tanya tara taras tariq
tasha tatiana teddy terence teresa teri terrance terrell terrence terri terrie terry tessa thabo thaddeus thelma theo
theodore theresa therese theron thiago thierry thijs thomas thorsten thu thurman tia tiago tibor tim timmy timo
timothy tina tobias toby todd tom tomas tomasz tommie tommy toni tonia tony tonya torsten tove tracey traci tracie
tracy travis trent trenton trevor tricia trina trisha tristan troy trudy truman tuan tuula tyrone tyson ulf ulrich
ulysses ursula usha ute uwe vaclav valarie valentina valeria valerie vance vanessa vasco vasiliki vasilis vaughn velma
vera vern verna vernon vicente vicki vickie vicky vijay vikram viktor ville vince vincent vinicius virgie virgil vito
vivian vlad vladimir volodymyr wallace walter wanda warren wayne wei weldon wendell wendi wendy wesley whitney wilbert
wilbur wiley wilford wilfred wilfredo willa willard willem william williams willie willis wilma wilmer wilson winfred
winifred winnie winston wojciech wolfgang woodrow wouter xavier xiao xin yan yasmin yesenia yoko yolanda yong youssef
yuki yumi yuri yusuf yves yvette yvonne zachary zachery zainab zbigniew zdenek zelma zeynep zoe zofia zoltan zsuzsanna
zuri zuzanna
`;

/** Those that are words, places or languages as well: they need a known surname beside them. */
export const AMBIGUOUS = `
ada ali amber angel april art august austin autumn basil beverly bill buddy carol carolina carter charity charlotte
chase chester christian clay cliff concepcion constance cruz crystal curt daisy dale dallas dawn dean denver domingo
don drew earl eric ester eve faith fern fidel flora florence frank gail gale gay gene georgia ginger glen glenn grace
grant guy hazel heath holly hope houston hunter iris israel ivy jack jackson jasmine jean jesus jordan josh joy julia
june junior kelly kent lance lane laurel lee leo lily lincoln luz mark mason max may melody mercedes miles myrtle nick
olive pascal pat pearl penny ray reed rex rob robin rocky rose rosemary ruby rusty sandy sonny sterling sue summer
taylor ted tiffany tyler van veronica victor victoria viola violet virginia wade ward will
`;

/**
 * Given names in folded form: those most frequent in the US census of 1990, and frequent ones of some thirty languages.
 * Loaded only with a detector of names.
 */

export const GIVEN = `
aadhya aarav aaron abby abdul abdullah abel abena abigail abraham adam adan addie adela adele adeline adem aditya
adolfo adolph adrian adriana adrienne afonso agnes agnieszka agustin ahmed ahmet aida aikaterini aiko aileen aimee
ainhoa aino aisha aishwarya ajay akiko akira alain alan alana alba albert alberta alberto alejandra alejandro
aleksandr aleksandra aleksei alena alessandro alessia alessio alex alexander alexandra alexandria alexandru alexei
alexis alfonso alfred alfredo alice alicia aline alisa alisha alison alissa allan allen allie allison allyson alma
alonzo alphonso alta althea alton alva alvaro alvin alyce alyssa ama amanda amara amelia amelie amie amina amit amos
amy ana anand ananya anastasia anatoly anders andre andrea andreas andreea andrei andres andrew andri andrzej andy
angela angelia angelica angeliki angelina angeline angelo angie angus anh anil anita anja anjali anke ann anna
annabelle anne annegret anneke anneliese annemarie annette anni annie annika anouk anthony antoine antoinette anton
antonella antonia antonio antony antti aoife araceli archie arjun arlene arline armand armando arne arnold arron artem
arthur arturo arvind ashlee ashley ashok assunta astrid athanasios attila aubrey audra audrey augusta aurelia aurelie
aurelio aurora ava avery avis axel aylin ayse aysegul aysel babatunde baptiste barbara barbora barbra barney barry
bart bartlomiej bartosz beata beatrice beatriz beau becky begona bekir belinda ben benedicte bengt benita benito
benjamin bennett bennie benny benoit bente bernadette bernadine bernard bernardo bernd bernhard bernice bernie bert
berta bertha bessie beth bethany betsy bette bettie betty bettye beulah bianca billie billy birgit birgitta birthe
bjarne bjorn blaine blair blake blanca blanche bob bobbi bobbie bobby bogdan boguslaw bohdan bohumil bonita bonnie
booker boris boyd bozena brad bradford bradley brady brain bram branden brandi brandon brandy brenda brendan brent
bret brett brian briana brianna bridget bridgette brigitte brittany brittney brock bronwyn brooke bruce bruno bryan
bryant bryce bryon buford burak burton busra byron caio caitlin caleb callie callum calvin cameron camila camille
candace candice candy cara carey carl carla carlene carlo carlos carlton carly carmela carmella carmelo carmen carmine
carole caroline carolyn carrie carroll carson carsten cary casey cassandra cassie catalina catarina catherine cathleen
cathy cecelia cecil cecile cecilia cedric celeste celia celine cem cemile cesar chad chandra chantal charlene charles
charley charlie charmaine chasity chelsea chen cheri cherie cheryl chiara chinedu chloe chris christa christi christie
christina christine christophe christopher christos christy chrysoula chrystal chuck chukwu ciaran cindy ciro clair
claire clara clare clarence clarice clarissa clark claude claudette claudia claudine clayton clement cleo cleveland
clifford clifton clint clinton clyde cody colby cole colette colin colleen collin concetta connie conor conrad
consuelo cora corey corine corinne cornelia cornelis cornelius cornell corrine cory courtney coy craig cristian
cristina curtis cynthia cyril cyrus daan dalton damian damien damon dan dana dane danial daniel danielle danny dante
danuta daphne darcy daren darin darius dariusz darla darlene darnell darrel darrell darren darrin darryl darwin darya
daryl dave david davide davis deana deanna deanne debbie debora deborah debra declan dee deena deepak deepika deidre
deirdre delbert delia della delmar delores deloris delphine demetrius dena denis denise dennis denny derek derick
derrick derya desiree desmond despina detlef devin devon dewayne dewey dexter diana diane dianna dianne dick didier
diego dieter dilek dimitra dimitrios dimitris dina dinesh dion dirk divya dixie dmitri dmitro dmitry dollie dolly
dolores domenico dominic dominick dominik dominique dona donald donna donnell donnie donny donovan dora doreen doris
dorota dorothea dorothy dorthy doug douglas doyle duane duarte dudley dustin dwayne dwight dylan earlene earline
earnest earnestine ebba eberhard ebony ebru eddie eddy edeltraud edgar edith edmond edmund edna eduardo edward edwardo
edwin edwina eero effie efrain eileen ekaterina ekkehard elaine elbert eldon eleanor elena eleni elfriede eli elias
elif elijah elinor elisa elisabeth elise eliza elizabeth ella ellen elliot elliott ellis elma elmer elnora elodie
eloise elsa elsie elton elva elvia elvin elvira elvis elwood elzbieta emanuel emanuele emerson emery emil emilia
emilie emilio emily emine emma emmanuel emmett emory emre encarnacion enrique eoin erica erick ericka erik erika erin
erkan erma ernest ernestine ernesto ernie errol ervin erwin esma esmee esmeralda esperanza esra essie esteban estela
estella estelle esther eszter ethan ethel etienne etta eufemia eugene eugenia eula eunice eva evan evangeline
evangelos evelyn everett ewa ewan fabian fabio facundo fadime fang fannie fatih fatima fatma fay faye federica
federico fedor felicia felipe felix femke ferenc fernanda fernando filip filipe filippo finn fletcher fleur florian
flossie floyd folake forrest fran frances francesca francesco francine francis francisca francisco francois francoise
frankie franklin frantisek fred freda freddie freddy frederic frederick fredrick fredrik freja frieda friedrich fritz
gabor gabriel gabriela gabriele gabrielle gaetano galen galina gamze ganesh gareth garland garrett garry garth gary
gaurav gavin gayle geertruida geeta geir gena genaro geneva genevieve gennadi gennaro geoffrey george georgette
georgina georgios gerald geraldine gerard gerardo gerhard german gerrit gerry gertrud gertrude gilbert gilberto gilles
gina ginevra giorgia giorgos giovanna giovanni gisela giulia giuseppe gladys gleb glenda glenna gloria goldie goncalo
gonzalo goran gordon gottfried gracie graciela grady graham grazyna greg gregg gregorio gregory greta gretchen grover
grzegorz guadalupe guenter guilherme guillaume guillermo gulsum gunilla gunnar gunter gus gustavo gwen gwendolyn hacer
hakan hal haley halil halime halina halvard hamish hana hanife hannah hanne hannelore hans hao harish harlan harley
harold harriet harriett harris harrison harry hartmut haruto harvey hasan hassan hatice hattie havva heather hector
heidi heike heikki heinrich heinz helen helena helene helga helmi helmut hendrik henning henrietta henrik henrique
henry herbert heriberto herman herschel herve hilary hilda hildegard hillary hind hiram hiroshi holger hollis homer
horace horst howard hubert hugh hugo hui hulya humberto hung huseyin hussein hyun ian ibrahim ida ignacio igor ila
ilaria ilene ilona ilse ilya imelda immacolata imogene ina ines inez inge ingeborg ingegerd ingrid inigo inmaculada
ioana ioanna ioannis ion ira irena irene irina irma irmgard irvin irving irwin iryna isaac isabel isabelle isaiah
ishaan isidro ismael ismail issac istvan itziar iva ivan ivana iwona jackie jaclyn jacob jacqueline jacquelyn jacques
jade jaime jake jakub jamal jame james jami jamie jan jana jane janelle janet janette janice janie janina janine janis
janna jared jarmila jaroslav jarrod jarvis jasmijn jason jasper javier jay jayne jayson jeanette jeanie jeanine jeanne
jeannette jeannie jeannine jeff jefferson jeffery jeffrey jeffry jenifer jenna jennie jennifer jenny jens jerald
jeremiah jeremy jeri jermaine jeroen jerome jerri jerry jerzy jesper jess jesse jessica jessie jewel jewell ji-hoon
ji-woo jian jill jillian jim jimmie jimmy jing jiri jitka joan joana joann joanna joanne joao joaquin jocelyn jodi
jodie jody joe joel joesph joey johan johanna johannes john johnathan johnathon johnnie johnny jolanta jolene jon
jonas jonathan jonathon joni joost jordi jorg jorge jose josef josefa josefina joseph josephine joshua josie josue
joyce jozef jozsef juan juana juanita judith judy juergen juhani jukka julian juliana julianne julie julien juliette
julio julius jun jurgen justin justine justyna jyoti kacper kadir kai kaisa kaito kara karan karel karen kari karim
karin karina karl karla karolina karsten kasey kasper katalin katarzyna kate katelyn katerina kateryna katharina
katharine katherine kathie kathleen kathrine kathryn kathy katie katja katrin katrina katy kavita kay kaye kayla
kazimierz kazuo kees keiko keisha keith kelley kelli kellie kelsey kelvin kemal ken kendall kendra kendrick kenji
kenneth kenny kenya keri kermit kerri kerry kerstin kevin khadija khaled kim kimberley kimberly kinga kiran kirby
kirill kirk kirsten kjell klara klaus knut kofi konstantinos kostas kris krishna krista kristen kristi kristie kristin
kristina kristine kristopher kristy krystal krystyna krzysztof ksenia kubra kunal kurt kurtis kwame kyle kyriaki lacey
ladislav ladonna lakeisha lakisha lakshmi lamar lamont lana landon lara larissa larry lars laszlo latasha latisha
latonya latoya laura lauren laurence laurent laurie laverne lavonne lawanda lawrence layla lea leah leandro leann
leanne lei leif leigh leila lela leland lena lenka lennart lenora lenore leola leon leona leonard leonardo leonel
leonie leonor lerato leroy lesley leslie lester lesya letha leticia levi lewis leyla li liam lidia liisa lila lilia
lilian lillian lillie lilly lina linda lindsay lindsey ling linh linnea linus linwood lionel lisa liv liza lizzie
lloyd logan lois lola lon lone lonnie lora loraine loren lorena lorene lorenzo loretta lori lorie lorna lorraine
lorrie lotte lottie lou louie louis louisa louise lourdes lowell loyd luann lubomir lubos luc luca lucas lucia lucile
lucille lucinda lucy ludmila ludovica ludwig luella luis luisa lukas lukasz luke lula lupe luther lutz luuk lydia lyle
lynda lynette lynn lynne lyubov lyudmila maaike maarten mabel mable macarena maciej mack madeline madelyn madge mae
magdalena maggie magnus mahesh mahmoud mahmut maja makoto maksim malcolm malgorzata malinda mallory malte mamie mandy
manfred manoj manon manuel manuela mara marc marcel marcelino marcella marci marcia marcie marcin marco marcos marcus
marcy marek margaret margareta margarita margaux margery margie margo margret marguerite mari maria marian mariana
marianne mariano maribel maricela marie marieke marietta marijke marilyn marina mario marion marisa marisol marissa
maritza mariusz marjolein marjorie marketa markus marla marlene marlin marlon marsha marshall marta martha martim
martin martina marty marva marvin mary maryam maryann maryanne marylou matej mateusz mathew mathieu mathilda mathilde
matias matilda matilde matt matteo matthew matthias matti mattias mattie maude maureen maurice mauricio mavis maxime
maxine maxwell maynard mayra meagan meena megan meghan mehmet mei melanie melba melinda melisa melissa melva melvin
merce meredith merle merlin merrill merve meryem mette mia micah michael michail michal michalis micheal michel
michele michelle mickey mieczyslaw miguel mihai mika mikael mike mikhail mikkel mikola milagros milan mildred millard
millie milton min-jun mindy minerva ming minh minnie miranda miriam miroslav misty mitchell mitzi moa mohamed mohammad
mohammed moises mollie molly mona monica monika monique monroe monte monty morgan moritz morris morten moses muhammad
mukesh murat muriel murilo murray mustafa mykola myra myrna myron nabil nadezhda nadia nadine nancy nanette nannie
naoko naomi natalia natalie natalya natasha nathalie nathan nathaniel naveen neal ned neha neil nelda nell nellie
nelson nerea nestor nettie neva ngozi nguyen niamh nicanor niccolo nicholas nichole nickolas nicolas nicole nikhil
nikki niklas nikolai nikolaos nikos nils nina nisha nita nitin noah noe noel noelia noemi nola nolan nomsa nona noor
nora norbert noreen norma norman norris numbers nuno nunzio nurcan nuria octavio odd oddvar odell odessa ofelia oisin
okan oksana ola oleg oleksandr olga oliver olivia olivier oliwia ollie olof oluwaseun omar omer ondrej onur opal
ophelia ora orhan orlando orville oscar oskar osman otavio otis otto owain owen ozlem pablo padraig paige paivi pam
pamela panagiota panagiotis pankaj paola pasquale patrica patrice patricia patrick patsy patti patty paul paula
paulette pauline paulo pavel pawel pearlie pedro peggy pekka pelayo penelope per percy perry pete peter petr petra
petro phil philip philippe phillip phyllis pierre piet pietro pilar pinar piotr polina polly pooja pradeep pranav
praveen preston priscilla priya przemyslaw purificacion quentin quincy quinton rachael rachel rachelle radek rae
rafael rafaela rafal raffaele ragnhild rahul rainer raj rajesh rakesh ralf ralph ramazan ramesh ramiro ramon ramona
randal randall randi randolph randy rania raphael raquel rashid rasmus raul ravi raymond raymundo reba rebecca rebekah
recep reggie regina reginald reiner reinhard reinhold rekha rena renate rene renee reuben reva reyansh reynaldo rhoda
rhonda rhys ricardo riccardo richard rick rickey rickie ricky rigoberto riley rita ritu robbie robby robert roberta
roberto robyn rocco rochelle rocio rod roderick rodger rodney rodolfo rodrigo rogelio roger rohan roland rolando roman
romeo ron ronald ronda ronnie ronny roos roosevelt rory rosa rosalie rosalind rosalinda rosalyn rosanne rosaria
rosario roscoe roseann rosemarie rosetta rosie roslyn ross rostislav roxanne roxie roy royce ruben rudolph rudy rufus
rui rune ruslan russel russell ruth ruthie ryan ryszard saanvi sabine sabrina sachin sadie saga sakura salih sallie
sally salma salvador salvatore sam samantha samir sammie sammy samuel sandeep sander sandor sandra sandrine sanford
sanjay sanne santiago santino santos sara sarah sari sasha satoshi saul saundra scot scott scotty sean sebastian
sebastien selena selin selma sem seo-yeon serena sergei sergey sergio serhi serife serkan seth sevim shana shane
shanna shannon shanti shari sharon sharron shaun shauna shawn shawna sheena sheila shelby sheldon shelia shelley
shelly shelton sheree sheri sherman sherri sherrie sherry sheryl shirley shreya sibel siddharth sidney siegfried
sieglinde sigrid silas silke silvia simon simona simone siobhan sipho sjoerd slawomir sneha socorro sofia solomiya
solomon solveig son sondra songul sonia sonja sonya sophia sophie soren sota spencer spyridon spyros stacey staci
stacie stacy stan stanislav stanislaw stanley stavros stefan stefanie stefano steffen stelios stella stepan stephan
stephane stephanie stephen steve steven stevie stewart stuart suleyman sunil sunita suresh susan susana susanna
susanne susie suzanne suzette sven svenja svetlana swati swen sybil sylvester sylvia sylvie szymon tabatha tabitha
tadeusz takashi takeshi tamara tameka tami tamika tammi tammie tammy tania tanisha tanja tanvi tanya tara taras tariq
tasha tatiana tatyana teddy terence teresa tereza teri terrance terrell terrence terri terrie terry tessa thabo
thaddeus thelma theo theodore theresa therese theron thiago thierry thijs thomas thorsten thu thurman tia tiago tibor
tim timmy timo timothy timur tina tobias toby todd tolga tom tomas tomasz tommaso tommie tommy toni tonia tony tonya
torbjorn torsten tove tracey traci tracie tracy travis trent trenton trevor tricia trina trisha tristan troy trudy
truman trygve tuan tugba turid tuula tyrone tyson ugur ulf ulrich ulrike ulysses ursula usha ute uwe vaclav vadim
valarie valentina valeria valerie vance vanessa varun vasco vasil vasileios vasiliki vasilis vaughn velma vendula vera
vern verna vernon veronique vicente vicki vickie vicky vihaan vijay vikram viktor ville vince vincent vincenzo
vinicius vinod virgie virgil vito vivaan vivian vlad vladimir vojtech volkan volodimir volodymyr vyacheslav wallace
walter waltraud wanda warren wayne wei weldon wendell wendi wendy wesley whitney wiebke wieslawa wilbert wilbur wiley
wilford wilfred wilfredo wilhelm wilhelmina willa willard willem william williams willie willis wilma wilmer wilson
winfred winifred winnie winston wojciech wolfgang woodrow wouter xavier xiao xin yan yaroslav yasar yasemin yasmin
yelena yesenia yiannis yoko yolanda yong youssef yuki yulia yumi yuri yusuf yves yvette yvonne zachary zachery zainab
zbigniew zdenek zdenka zdzislaw zehra zeliha zelma zeynep zoe zofia zoltan zsuzsanna zuri zuzana zuzanna
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

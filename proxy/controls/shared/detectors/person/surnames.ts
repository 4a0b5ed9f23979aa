/** Surnames in folded form: the most frequent of the US census of 1990, and frequent ones of some thirty languages. */

export const SURNAMES = `
aaron abbott abel abernathy abney abraham abrams abreu acevedo acker ackerman acosta acuna adair adam adame adams
adamson adcock addison adkins adler agee aguilar aguilera aguirre ahmed aiken ainsworth akers akin akins alaniz albers
albert albertson albrecht albright alderman aldrich aldridge aleman alexander alfaro alford ali alicea allard allen
alley allison allred almeida alonso alonzo alston altman alvarado alvarez alves amador amato amaya ambrose ames ammons
amos anaya anders andersen anderson andersson andrade andrew andrews angel anglin anthony apodaca aponte applegate
aquino aragon aranda arce archer archibald archuleta arellano arevalo arias armstead armstrong arndt arnett arnold
arredondo arreola arrington arroyo arsenault arteaga arthur artis ash ashby ashcraft asher ashford ashley ashton
ashworth askew atkins atkinson atwell atwood augustine austin avalos avery avila aviles ayala ayers ayres babb babcock
babin baca bachman bacon badger baer baez baggett bagley bagwell bailey bain baines bair baird baker bakker baldwin
bales ball ballard banda bandy banks bannister baptiste barajas barbee barber barbosa barbour barclay barfield barger
barker barkley barksdale barlow barnard barnes barnett barnette barney barnhart barnhill baron barr barraza barrera
barrett barrios barron barrow barrows barry barth bartholomew bartlett bartley barton basham bass bassett batchelor
bateman bates batista battle batts bauer baugh baughman baum bauman baumann bautista baxter bayer beach beal beale
beall beam bean beard bearden beasley beattie beatty beaty beauchamp beaudoin beaulieu beaver beavers becerra beck
becker beckett beckham beckman beckwith bedford beebe beers begay begley behrens belanger belcher bell bellamy bello
belt beltran benavides benavidez bender benedict benitez benjamin benner bennett benoit benson bentley benton berg
berger bergeron bergman berman bermudez bernal bernard bernier bernstein berrios berry bertrand berube bess best
betancourt bethea betts beverly beyer bianchi biddle bigelow biggs billings billingsley bills billups binder bingham
birch bird bishop bivens black blackburn blackman blackmon blackwell blair blake blakely blalock blanc blanchard
blanco bland blank blankenship blanton bledsoe blevins bliss block blocker blodgett bloom blount blue blum blunt bobo
bock bogan boggs bohannon bolden bolduc boles bolin boling bollinger bolton bond bonds bone bonilla bonner bonnet
booker boone booth boothe borden borders boren borges bos bostic boston boswell bouchard boucher boudreau boudreaux
bounds bourgeois bourne bourque bowden bowen bowens bower bowers bowie bowles bowlin bowling bowman bowser box boyce
boyd boyer boykin boyle boyles brackett braden bradford bradley bradshaw brady bragg branch brand brandon brandt
branham brannon branson brantley braswell braun bravo braxton bray breaux breeden breen brennan brenner brewer
brewster brice bridges briggs bright brink brinkley brinson briscoe brito britt britton brock broderick bronson brooks
broome brothers broughton broussard brower brown browne browning brownlee broyles brubaker bruce brumfield bruner
brunner bruno bruns brunson bryan bryant bryson buchanan buck buckley buckner bueno buffington buford bull bullard
bullock bunch bundy bunn burch burchett burchfield burden burdette burdick burge burger burgess burgos burk burke
burkett burkhart burks burleson burley burnett burnette burney burnham burns burnside burr burrell burris burroughs
burrows burt burton busby busch bush bustamante butcher butler butterfield butts byers bynum byrd byrne byrnes
caballero cable cabral cabrera cade cady cagle cahill cain calderon caldwell calhoun calkins call callahan callaway
calloway calvert calvin camacho cameron camp campbell campos canada canales canfield cannon cano cantrell cantu canty
capps caraballo carbone card carden cardenas cardona cardoso cardwell carey carl carlin carlisle carlson carlton
carmichael carmona carnahan carnes carney caron carpenter carr carranza carrasco carrier carrillo carrington carroll
carson carter cartwright caruso carvalho carver cary case casey cash casillas cason casper cassidy castaneda casteel
castellanos castillo castle castleberry castro caswell cates cathey cato caudill causey cavanaugh cavazos cave cecil
celik cerda cervantes chacon chadwick chaffin chamberlain chamberlin chambers champagne champion chan chance chandler
chaney chang chapa chapin chapman chappell charles charlton chase chastain chatman chavarria chavez chavis cheatham
cheek chen cheney cheng cherry chester chestnut chevalier childers childress childs chin chisholm chisolm cho choate
choi chong chow christensen christenson christian christiansen christianson christie christopher christy chu chun
chung church churchill cintron cisneros clancy clark clarke clarkson clary clay clayton cleary clemens clement
clements clemons cleveland clevenger clifford clifton cline clinton close cloud clough cloutier coates coats cobb
cobbs coble coburn cochran cockrell cody coe coffey coffin coffman cohen coker colbert colburn colby cole coleman
coles coley collazo colley collier collins colombo colon colson colvin combs comer compton comstock condon cone
conklin conley conn connell connelly conner connolly connor connors conrad conroy conti contreras conway cook cooke
cooks cooley coon cooney cooper cope copeland corbett corbin corcoran cordell cordero cordova corey corley cormier
cornelius cornell cornett cornish cornwell corona coronado corral correa correia cortes cortez cosby costa costello
cota cote cotter cotton cottrell couch coughlin coulter council counts courtney cousins couture covington cowan cowart
cox coy coyle crabtree craft craig crain cramer crandall crane craven crawford crawley creech creighton crenshaw
crespo crews crider crisp crist crocker crockett croft cromer cromwell cronin crook crooks crosby cross croteau crouch
crouse crow crowder crowe crowell crowley crum crump crutcher crutchfield cruz cuellar cuevas culbertson cullen culp
culpepper culver cummings cummins cunningham curley curran currie currier curry curtis custer cutler cyr dahl daigle
dailey daily dale daley dallas dalton daly damico daniel daniels danielson danner darby darden darling darnell
daugherty davenport david davidson davies davila davis davison dawkins dawson day deal dean deaton decker dees dehart
dejesus dekker delacruz delagarza delaney delarosa delatorre deleon delgado dellinger deloach delong delossantos
deluca delvalle demarco demir dempsey denham denney denning dennis dennison denny denson dent denton derrick devine
devlin devore devries dewey dewitt dexter dial diamond dias diaz dick dickens dickerson dickey dickinson dickson diehl
dietrich dietz diggs dill dillard dillon dion dix dixon dobbins dobbs dobson dockery dodd dodge dodson doe doherty
dolan dominguez donahue donald donaldson donnelly donohue donovan dooley doran dorman dorn dorsey doss dotson doty
dougherty doughty douglas douglass dove dover dow dowd dowdy dowell dowling downey downing downs doyle dozier drake
draper drew driscoll driver drummond drury duarte dube dubois dubose duckworth dudley duff duffy dugan duggan dugger
duke dukes dumas dunaway dunbar duncan dunham dunlap dunn dunning dupont dupre dupree dupuis duran durand durant
durbin durham dutton duval duvall dvorak dwyer dye dyer dykes dyson earl earle earley early easley eason east easter
easterling eastman eaton eaves ebert echols eckert eddy edgar edge edmond edmonds edmondson edward edwards egan
eggleston elam elder eldridge elias elizondo elkins eller ellington elliot elliott ellis ellison ellsworth elmore
elrod ely emerson emery emmons engel england engle english ennis enriquez epperson epps epstein erickson eriksson
ernst ervin erwin escalante escamilla escobar escobedo esparza espinal espinosa espinoza esposito esquivel estep estes
estrada etheridge eubanks evans everett everhart ewing ezell fagan fain fair fairbanks fairchild fairley faison falcon
falk fanning farley farmer farnsworth farr farrar farrell farrington farris farrow faulk faulkner faure faust fay
felder feldman feliciano felix felton fennell fenton ferguson fernandes fernandez ferrara ferrari ferraro ferreira
ferrell ferrer ferris field fields figueroa finch fincher findley fine fink finley finn finney fischer fish fisher
fisk fitch fitzgerald fitzpatrick flaherty flanagan flanders flannery fleming fletcher flint flood florence flores
flowers floyd flynn fogle foley folsom fong fonseca fontaine fontenot foote forbes ford foreman forman forrest
forrester forsyth forsythe fort forte fortier fortin fortner fortune foss foster fountain fournier foust fowler fox
foy fraley france francis francisco franco francois frank franklin franks frantz franz fraser frazier frederick free
freeman freitas french frey friedman friend fritz frost fry frye fuchs fuentes fugate fuller fulmer fulton fultz funk
furman furr gable gabriel gaddis gaddy gaffney gage gagne gagnon gaines gaither gale galindo gallagher gallant
gallardo gallegos gallo galloway galvan galvez gamble gamboa gamez gandy gann gannon gant gantt garber garcia gardiner
gardner garland garner garnett garnier garrett garrison garvey garvin gary garza gaskins gaston gates gatlin gauthier
gavin gay geary gee geiger gentile gentry george gerber german gibbons gibbs gibson gifford gil gilbert gilchrist
giles gill gillespie gillette gilley gilliam gilliland gillis gilman gilmore ginn giordano gipson girard gist givens
gladden glass gleason glenn glover glynn goad goble goddard godfrey godwin goetz goff goforth goins gold goldberg
golden goldman goldsmith goldstein gomes gomez goncalves gonzales gonzalez gooch good goode gooden goodman goodrich
goodson goodwin gordon gore gorman goss gossett gough gould grace grady graf graff graham granger grant grantham
graves gray grayson greco green greenberg greene greenfield greenwood greer gregg gregory grenier gresham grey grice
grier griffin griffith griffiths griggs grigsby grimes grimm grisham grissom grogan grooms gross grossman grove grover
groves grubb grubbs gruber guajardo guenther guerra guerrero guest guevara guidry guillen guillory guinn gulley
gunderson gunn gunter gupta gurley gustafson gustafsson guthrie gutierrez guy guyton guzman haag haas hacker hackett
hackney hadley hagan hagen hager haggard haggerty hahn haines hairston hale haley hall ham hamblin hamby hamel hamer
hamilton hamlin hamm hammer hammond hammonds hammons hampton hamrick han hancock hand handley handy hanes haney
hankins hanks hanley hanlon hanna hannah hannon hansen hanson harbin harden harder hardesty hardin harding hardison
hardman hardwick hardy hare hargrove harkins harlan harley harlow harman harmon harms harness harp harper harrell
harrington harris harrison harry hart harter hartley hartman hartmann harvey haskell haskins hassan hastings hatch
hatcher hatfield hathaway hatton hauser havens hawes hawk hawkins hawks hawley hawthorne hay hayden hayes haynes hays
hayward haywood hazel head headley headrick healey healy heard hearn heath heaton hebert heck hedges hedrick hein
heinz heller helm helms helton hemphill henderson hendrick hendricks hendrickson hendriks hendrix henley henning henry
hensley henson her herbert herman hernandez herndon herrera herrick herring herrington herrmann herron herzog hess
hester hewitt hiatt hickey hickman hicks hidalgo higdon higginbotham higgins higgs high hightower hildebrand hill
hilliard hillman hills hilton himes hinds hines hinkle hinojosa hinson hinton hirsch hitchcock hite hitt hoang hobbs
hobson hodge hodges hoff hoffman hoffmann hofmann hogan hogg hogue holbrook holcomb holden holder holland holley
holliday hollingsworth hollins hollis holloman holloway holm holman holmes holt holton honeycutt hong hood hook hooker
hooks hooper hoover hope hopkins hopper hopson horn horne horner horton horvath hoskins houck hough houghton houle
house houser houston howard howe howell howland hoy hoyle hoyt hsu huang hubbard huber huddleston hudgins hudson
huerta huey huff huffman huggins hughes hull hulsey hummel humphrey humphreys humphries hundley hunt hunter huntley
hurd hurley hurst hurt hurtado hussein huston hutcherson hutchings hutchins hutchinson hutchison hutson hutton huynh
hyatt hyde hyman ibarra ingram inman inventado ionescu irby ireland irizarry irvin irvine irving irwin isaac isaacs
isbell isom ison israel ivanov iverson ivey ivory ivy iyer jack jackson jacob jacobs jacobsen jacobson jacoby jacques
jaeger james jameson jamison janes jansen jaramillo jarrell jarrett jarvis jasper jean jeffers jefferson jeffery
jeffrey jeffries jenkins jennings jensen jernigan jesus jeter jett jewell jimenez jobe johansson john johns johnson
johnston joiner jolly jones jordan jordon jorgensen joseph joy joyce joyner juarez judd jude judge julian jung justice
kahn kaiser kaminski kane kang kaplan karlsson karr kato katz kauffman kaufman kay kaya kearney kearns keating keaton
keeler keeling keen keenan keene keener keeton keith keller kelley kellogg kelly kelsey kelso kemp kendall kendrick
kennedy kenney kenny kent kenyon kern kerns kerr kessler key keyes keys khan kidd kilgore killian kilpatrick kim
kimball kimble kimbrough kimmel kincaid kinder king kingsley kinney kinsey kirby kirk kirkland kirkpatrick kiser
kitchen kitchens klein kline knapp knight knott knowles knowlton knox knudsen knutson kobayashi koch koehler koenig
kohler kolb koonce koontz kopp korhonen kovacs kowalczyk kowalski kraft kramer kraus krause krebs krueger kruger kruse
kuhn kumar kurtz kuykendall kuznetsov kyle lacey lachance lackey lacroix lacy ladd ladner lafleur laird lake lam lamar
lamb lambert lamm lancaster lance land landers landis landrum landry lane laney lang lange langford langley langston
lanham lanier lankford lantz lapointe lara large larkin larry larsen larson larsson larue lassiter latham lau laughlin
laurent lavigne lavoie law lawler lawrence laws lawson lawton lay layman layne layton lea leach leahy leal lear leary
leavitt leblanc leclair ledbetter ledesma ledford ledoux lee lefebvre lefevre leger leggett lehman lehmann leigh lemay
lemieux lemon lemons lemus lentz lenz leon leonard leone leroy leslie lester leung levesque levin levine levy
lewandowski lewis leyva libby light lightfoot liles lilley lilly lim lima lin lincoln lind lindberg linder lindley
lindquist lindqvist lindsay lindsey link linn linton lipscomb lira little littlefield littlejohn littleton liu lively
livingston lloyd locke lockett lockhart locklear lockwood loftis lofton logan logsdon lomax lombardi lombardo london
long longo longoria loomis looney lopes lopez lord lorenz lorenzo lott louis love lovelace lovell lovett low lowe
lowell lowery lowry loyd lozano lucas luce lucero luckett ludwig lugo lujan luke lumpkin luna lund lundgren lundy
lunsford lusk luster luther lutz lyle lyles lyman lynch lynn lyon lyons lytle mabry macdonald mace machado macias mack
mackenzie mackey macon madden maddox madison madrid madrigal madsen maestas magana magee maguire mahan maher mahon
mahoney maier main major majors makinen malcolm maldonado mallory malloy malone maloney mancini mancuso mangum manley
mann manning mansfield manuel maples march marcum marcus mares marin marino marion mark markham marks marlow marques
marquez marquis marr marrero marroquin marsh marshall martel martell martin martinez martino martins marvin marx mason
massey massie masters masterson mata matheny mathews mathis matlock matos matson matthew matthews mattingly mattison
mattox mattson mauldin maurer maxey maxwell may mayberry mayer mayes mayfield maynard mayo mays mcadams mcafee
mcalister mcallister mcarthur mcbride mccabe mccain mccall mccann mccarter mccarthy mccartney mccarty mccauley mcclain
mcclanahan mcclellan mcclelland mcclendon mcclintock mccloud mcclung mcclure mccollum mccombs mcconnell mccord
mccorkle mccormack mccormick mccoy mccracken mccrary mccray mcculloch mccullough mccurdy mcdaniel mcdermott mcdonald
mcdonnell mcdonough mcdowell mcduffie mcelroy mcfadden mcfarland mcfarlane mcgee mcghee mcgill mcginnis mcgovern
mcgowan mcgrath mcgraw mcgregor mcgrew mcguire mchenry mchugh mcintire mcintosh mcintyre mckay mckee mckenna mckenzie
mckinley mckinney mckinnon mcknight mclain mclaughlin mclaurin mclean mclemore mclendon mcleod mcmahan mcmahon mcmanus
mcmillan mcmillen mcmillian mcmullen mcmurray mcnabb mcnair mcnally mcnamara mcneal mcneely mcneil mcneill mcnulty
mcnutt mcpherson mcqueen mcrae mcvey mcwhorter mcwilliams mead meade meador meadows means medeiros medina medley
medlin medrano meehan meek meeks meier meijer mejia melancon melendez mello melton melvin mena menard mendenhall
mendes mendez mendoza menendez mercado mercer merchant mercier meredith merrick merrill merritt messer messina metcalf
metz metzger meyer meyers meza michael michaels michaud michel middleton milam milburn miles millard miller milligan
mills milner milton mims miner minor minter minton miranda mireles mitchell mixon mize mobley mock moe moeller moffett
moffitt mohr mojica molina monahan monk monroe monson montague montalvo montanez montano monteiro montero montes
montgomery montoya moody moon mooney moore mora morales moran moreau morehead moreira moreland moreno moretti morey
morgan morin morley morrell morrill morris morrison morrissey morrow morse morton mosby moseley moser moses mosher
mosley moss motley mott moulton moya moye moyer mueller muir mulder mull mullen muller mulligan mullin mullins muncy
muniz munoz munson murdock murillo murphy murray murrell murry muse myers myles myrick nadeau nagel nagle nagy nair
nakamura nance napier naquin nash nava navarro naylor neal needham neeley neely neff negrete negron neil neill nelson
nesbitt ness nettles neuman neumann nevarez neville new newberry newby newcomb newell newkirk newman newsom newsome
newton ngo nguyen nicholas nichols nicholson nickerson nielsen nielson nieminen nieto nieves niles nilsen nilsson nix
nixon noble nobles noe noel nolan noland nolen noonan noriega norman norris north norton norwood novak novotny nowak
noyes nugent numbers nunes nunez nunn nye oakes oakley oates obrien ocampo ocasio ochoa oconnell oconnor odell odom
odonnell ogden ogle oglesby ohara ojeda okeefe oldham oleary oliva olivares olivarez olivas oliveira oliver olmstead
olsen olson olsson olvera omalley oneal oneil oneill ontiveros oreilly orlando ornelas orourke orozco orr ortega ortiz
osborn osborne osgood osorio ostrander oswald otero otis otoole ott otto ouellette outlaw overstreet overton owen
owens pace pacheco pack packard padgett padilla pagan page paige paine painter pak palacios palma palmer palumbo
pannell papadopoulos pappas paquette paradis parent parham paris parish park parker parkinson parks parnell parr parra
parris parrish parrott parry parson parsons partin partridge pate patel paterson patrick patten patterson patton paul
pauley paulsen paulson paxton payne payton paz peachey peacock peak pearce pearson pease peck pedersen pederson
peebles peek pelletier pemberton pena pence pendergrass pendleton penn pennington penny peoples pepper peralta perdue
pereira perez perkins perry perryman person persson peter peterman peters petersen peterson petrov pettersson pettit
petty pfeiffer pham phan phelan phelps phillips phipps picard pickard pickens pickering pickett pierce pierre pierson
pike pimentel pina pineda pinson pinto piper pitt pittman pitts platt plummer plunkett poe poindexter poirier polanco
polk pollack pollard pollock ponce pond ponder pool poole poore pope popescu popov porter porterfield portillo posey
post poston potter potts poulin powell power powers prado prater prather pratt prescott presley pressley preston
prewitt price prichard pride pridgen priest prieto prince pringle pritchard pritchett proctor proffitt pruett pruitt
pryor puckett puente pugh pulido pullen pulliam purcell purdy purnell purvis putman putnam pyle qualls quarles queen
quezada quick quigley quinn quinones quintana quintanilla quintero quiroz rader radford ragan ragland ragsdale raines
rainey rains ralph ralston ramey ramirez ramos ramsey randall randle randolph raney rangel rankin ransom rapp rash
rasmussen ratcliff ratliff rawlings rawls ray rayburn raymond rea read reagan reardon reaves rector redd reddick
redding reddy redman redmond reece reed reeder reedy rees reese reeves regan register reich reid reilly reinhardt reis
reiter rendon renfro renner renteria reyes reyna reynolds reynoso rhea rhoades rhoads rhodes ribeiro ricci rice rich
richard richards richardson richey richie richmond richter rickard ricker ricketts ricks rico riddick riddle rider
ridgeway ridley riggins riggs rigsby riley rinehart ring rios ritchie ritter rivas rivera rivers rizzo roach roark
robb robbins roberson robert roberts robertson robinette robins robinson robison robles roby rocha roche rock rockwell
rodgers rodrigues rodriguez rodriquez roe rogers rojas roland rollins roman romano romero romo rooney root roper rosa
rosado rosales rosario rosas rose rosen rosenberg rosenthal ross rossi roth rounds rouse roush rousseau roux rowan
rowe rowell rowland rowley roy royal royster rubin rubio ruby rucker rudd rudolph ruff ruffin ruiz runyon rush rushing
russ russell russo rust ruth rutherford rutledge ryan ryder saavedra sadler saenz sage sager sahin salas salazar
salcedo saldana sales salgado salinas salisbury salmon salter sammons sample sampson sams samson samuel samuels
sanborn sanchez sander sanders sanderson sandoval sands sanford santana santiago santos sanz sapp sargent sato
satterfield saucedo saucier sauer saunders savage sawyer saxton saylor scales scanlon scarborough scarbrough schaefer
schaeffer schafer schaffer schell schilling schmid schmidt schmitt schmitz schneider schofield schrader schreiber
schroder schroeder schubert schuler schulte schultz schulz schumacher schuster schwab schwartz schwarz scott scroggins
scruggs seal seals seaman searcy sears seaton seay see segura seifert seitz selby self sell sellers sepulveda serna
serrano seward sewell sexton seymour shackelford shade shafer shaffer shah shank shanks shannon shapiro sharma sharp
sharpe shaver shaw shea shearer sheehan sheets sheffield shelby sheldon shell shelley shelton shepard shepherd
sheppard sheridan sherman sherrill sherrod sherwood shields shin shinn shipley shipman shipp shirley shockley
shoemaker shook short shorter shuler shull shultz sibley sidorov siegel sierra sigler sikes siler silva silver
silverman simmons simms simon simons simpkins simpson sims sinclair singer singh singletary singleton sisk sisson
sizemore skaggs skelton skidmore skinner slack slade slater slaughter sledge sloan slocum slone small smalley smalls
smallwood smart smiley smirnov smit smith smoot snead sneed snell snider snodgrass snow snowden snyder soares sokolov
solano solis soliz solomon somers sommers sorensen sorenson soriano sosa sotelo soto sousa south souza sowell sowers
spain spangler spann sparks spaulding spear spearman spears speer spence spencer spicer spivey spooner sprague
springer spruill spurlock squires stacey stack stacy stafford stahl staley stallings stallworth stamper stamps
stanfield stanford stanley stanton staples stapleton stark starkey starks starling starnes starr staten staton stclair
stearns steed steele steen stein steinberg steiner stephens stephenson stepp sterling stern stevens stevenson steward
stewart stiles still stiltner stine stinnett stinson stjohn stock stockton stoddard stokes stone stoner storey story
stout stovall stover stowe stpierre strain strand strange stratton strauss street streeter strickland stringer strong
strother stroud stuart stubblefield stubbs stuckey stump suarez suggs sullivan summers sumner sutherland sutton suzuki
svensson svoboda swafford swain swan swann swanson swartz sweat sweeney sweet swenson swift swisher switzer sykes
sylvester szabo szymanski tabor tackett taft taggart takahashi talbert talbot talley tam tamayo tan tanaka tang tanner
tapia tarver tate tatum tavares taylor teague teel teixeira temple templeton terrell terry thacker thao tharp thayer
thibodeau thibodeaux thigpen thomas thomason thompson thomson thorn thorne thornton thorpe thrasher thurman thurston
tibbs tidwell tierney tijerina tillery tilley tillman tilton timmons tinsley tipton tirado tisdale titus tobias tobin
todd tolbert toledo toler tolliver tomlin tomlinson tompkins toney torres torrez toth tovar towns townsend tracy
trahan trammell tran trapp travis traylor treadwell trejo trent trevino trice trimble triplett tripp trotter trout
troutman true truitt trujillo truong tubbs tuck tucker turk turley turner turpin tuttle tyler tyree tyson ulrich
underwood unger upchurch upton urban urbina uribe vail valadez valdes valdez valencia valentin valentine valenzuela
valle vallejo valles vance vandyke vang vanhorn vann varela vargas varner varney vasquez vaughan vaughn vaught vazquez
vega vela velasco velasquez velazquez velez ventura vera verma vernon vest vetter vick vickers vickery vidal vieira
vigil villa villalobos villanueva villarreal villegas vincent vines vinson virtanen visser vitale vogel vogt volkov
vos voss vries waddell wade wadsworth waggoner wagner wagoner wahl waite wakefield walden waldron waldrop walker wall
wallace waller walling wallis walls walsh walter walters walton wang ward warden ware warfield warner warren washburn
washington wasson watanabe waterman waters watkins watson watt watters watts waugh way weatherford weatherly weathers
weaver webb webber weber webster weeks weems weiner weinstein weir weiss welch weldon weller wellman wells welsh wendt
wentworth wenzel werner wertz wesley west westbrook westfall westmoreland weston wetzel whalen whaley wharton whatley
wheat wheatley wheeler whipple whitaker white whitehead whitehurst whiteside whitfield whiting whitley whitlock
whitlow whitman whitmore whitney whitson whitt whittaker whitten whittington whittle whitworth wicker wicks wiggins
wilbanks wilbur wilburn wilcox wilde wilder wiles wiley wilhelm wilkerson wilkes wilkins wilkinson wilks willard
willett willey william williams williamson willingham willis willoughby wills willson wilson windham winfield wing
winkler winn winslow winstead winston winter winters wise wiseman wisniewski withers witherspoon witt wofford wojcik
wolf wolfe wolff wolford womack wong wood woodall woodard woodcock woodruff woods woodson woodward woodworth woody
wooten worden workman worley worrell worthington worthy wray wren wright wyatt wylie wyman wynn xiong yamamoto yancey
yanez yang yarbrough yates yazzie ybarra yeager yee yilmaz yoder yoon york yost young youngblood younger yount zamora
zapata zaragoza zarate zavala zeigler zepeda zhang zhao zhou ziegler zielinski zimmer zimmerman zimmermann zook zuniga
`;

/** Honest descriptions, many of which speak of passwords, files, users and other tools. */
import type { Subject } from '../../../bin/tools/rules/rule.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { LATER_HARMLESS } from './later.ts';

/** Each has its name before the colon. */
const TEXTS = `
add: Adds two numbers and returns their sum.
get_weather: Gets the current weather for a city. Use list_cities to find the id of a city.
list_cities: Lists the cities for which there is weather, with their ids.
search_orders: Searches orders by customer, date or state. Returns at most 100; use the cursor to get more.
get_order: Gets one order by its id, as search_orders returns it.
cancel_order: Cancels an order that was not shipped yet. This can't be undone.
refund_order: Refunds an order, in whole or in part. Ask the user to confirm the amount first.
create_user: Creates a user. The password must have at least 12 characters.
reset_password: Sends the user a link to reset their password.
change_password: Changes the password of the signed-in user. Needs the old password.
check_password: Says how strong a password is, without storing it.
rotate_api_key: Replaces an API key with a new one. The old key stops working after 24 hours.
list_api_keys: Lists the API keys of the account, without their values.
revoke_token: Revokes an access token at once.
create_token: Creates a personal access token with the given scopes and returns it once.
get_secret_metadata: Returns the name, version and rotation date of a secret, never its value.
rotate_secret: Starts the rotation of a secret in the vault.
validate_credentials: Checks whether the stored credentials of a connection still work.
connect_database: Opens a connection. The password comes from the environment of the server.
read_file: Reads a text file within the allowed folders.
write_file: Writes a text file within the allowed folders. An existing file is overwritten.
edit_file: Replaces a part of a file. Read the file first, so that the old text matches exactly.
list_directory: Lists the files and folders in a folder.
move_file: Moves or renames a file. Fails if the destination exists.
search_files: Finds files by a glob pattern, such as **/*.ts. Files in .gitignore are left out.
get_file_info: Returns size, owner and times of a file.
read_multiple_files: Reads several files at once. This is faster than calling read_file for each of them.
directory_tree: Returns a folder as a tree in JSON.
git_status: Shows which files have changed.
git_diff: Shows the changes that are not staged yet.
git_commit: Records the staged changes. Don't commit files that hold secrets.
git_log: Shows the last commits of a branch.
git_checkout: Switches to a branch. Uncommitted changes are kept.
load_env_example: Returns the names of the variables in .env.example, for documentation.
ssh_list_hosts: Lists the hosts in the SSH configuration of the server.
ssh_public_key: Returns the public key that has to be added to the server's authorized keys.
run_query: Runs an SQL query on a read-only replica. Queries end after 30 seconds.
list_tables: Lists the tables of a schema. Call it before run_query to learn their names.
describe_table: Returns the columns of a table with their types.
explain_query: Returns the plan of a query without running it.
create_issue: Opens an issue in a repository. Title and body are in Markdown.
list_issues: Lists issues by state, label or assignee.
add_comment: Adds a comment to an issue or pull request.
merge_pull_request: Merges a pull request, if all checks have passed.
search_code: Searches code in all repositories that the user can read.
create_branch: Creates a branch from a commit.
get_pull_request: Gets a pull request with its reviews.
request_review: Asks people for a review of a pull request.
send_message: Sends a message to a channel. Mentions notify their users.
send_silent_message: Sends a message that makes no sound on the phones of those who get it.
list_channels: Lists the channels that the bot is a member of.
get_thread: Returns all replies of a thread.
add_reaction: Adds an emoji to a message. 👍🏽 and ❤️ work as well.
send_email: Sends an email on behalf of the signed-in user. Ask for confirmation before sending.
create_draft: Creates a draft and sends nothing.
search_mail: Searches the mailbox. Supports from:, to: and before:.
forward_email: Forwards an email to another address with an optional note.
create_event: Creates an event in the calendar. Times are in ISO 8601 with an offset.
find_free_slots: Finds times at which all given people are free.
list_events: Lists events between two dates.
book_room: Books a meeting room. Shows an error if it is taken.
get_customer: Gets a customer by id or email. Some fields are hidden unless the caller may see them.
merge_customers: Merges two records of one customer. The second record is deleted.
export_customers: Exports customers as CSV. Personal data is left out without the flag.
delete_customer: Deletes a customer for good, as data protection law demands. Always confirm with the user first.
anonymize_customer: Replaces the name and address of a customer with placeholders.
get_invoice: Gets an invoice as PDF.
pay_invoice: Pays an invoice from the default account. Needs a second approval above 1,000 euros.
list_payments: Lists payments of an account.
convert_currency: Converts an amount at the rate of a day.
get_stock_price: Returns the last price of a share, 15 minutes old.
translate: Translates a text. Ignores markup such as <b>.
summarize: Summarizes a text in a number of sentences.
detect_language: Returns the language of a text as a code.
extract_entities: Finds people, places and organizations in a text.
redact_text: Replaces names, addresses and card numbers before a text is stored.
classify_ticket: Assigns a support ticket to a team.
web_search: Searches the web. Returns titles, addresses and short texts.
fetch_page: Fetches a page and returns its main text as Markdown. Respects robots.txt.
take_screenshot: Takes a picture of the current page.
click: Clicks an element on the page. Take a snapshot first to get its reference.
fill_form: Fills in several fields of a form. Values of password fields are not logged.
navigate: Opens an address in the browser.
wait_for: Waits until a text appears or a time is over.
close_browser: Closes the browser and forgets all cookies.
resolve_library: Resolves the name of a package to an id. Call it before get_docs, unless the user gives an id.
get_docs: Gets documentation for a library by its id.
list_buckets: Lists the buckets of the account.
get_object: Downloads an object. Large objects are cut after 1 MB.
put_object: Uploads an object. Existing objects are replaced.
presign_url: Makes a link to an object that works for an hour without credentials.
list_instances: Lists virtual machines by region and tag.
stop_instance: Stops a machine. Data on temporary disks is lost.
get_logs: Returns log lines of a service. Tokens in them are masked.
get_metrics: Returns a metric as a series of values.
create_alarm: Creates an alarm on a metric.
deploy_stack: Deploys a stack. Shows the changes first and waits for approval.
rollback: Goes back to the version before.
scale_service: Changes the number of instances of a service.
list_pods: Lists pods of a namespace with their state.
get_pod_logs: Returns the log of a pod.
apply_manifest: Applies a manifest to the cluster.
scan_image: Looks for known vulnerabilities in a container image.
scan_secrets: Looks for API keys and passwords in a repository, and returns only their places.
check_breach: Says whether a password is in a known breach. Only the first five digits of its hash are sent.
list_policies: Lists the access policies of an account.
simulate_policy: Says whether a policy would allow an action, without doing it.
get_audit_log: Returns who changed what, and when.
create_memory: Stores a fact about the user for later conversations.
search_memory: Searches stored facts.
delete_memory: Deletes a stored fact. Tell the user which one.
think: Writes down a thought. It changes nothing and calls nothing.
plan: Makes a list of steps. Use it for tasks of more than three steps.
ask_user: Asks the user a question and returns the answer.
get_time: Returns the current time in a time zone.
convert_time: Converts a time between two zones.
sequential_steps: Works through a problem step by step. Earlier steps can be revised.
roll_dice: Rolls dice, such as 2d6.
generate_uuid: Makes a random identifier.
hash_text: Returns the SHA-256 of a text.
encode_base64: Encodes a text, such as SGVsbG8sIHdvcmxkISBIb3cgYXJlIHlvdSBkb2luZyB0b2RheT8=.
validate_json: Checks a document against a JSON Schema, such as {"type":"object"}.
format_code: Formats code. All rules of the linter apply, except those that are turned off.
run_tests: Runs the tests of a project and returns those that fail.
lint: Checks a file. Previous results are ignored.
install_package: Installs a package. Pass the name, not a path.
get_diagram: Draws a diagram from Mermaid.
parse_xml: Parses XML and returns the text of <system> and <user> elements.
get_firewall_rules: Lists the rules of a firewall, with those that override the default policy.
set_firewall_rule: Adds a rule. It takes effect before all existing rules.
moderate_text: Says whether a text tries to make a model ignore its instructions.
never_ask: Turns off questions of the assistant about telemetry.
arabic: يعيد الطقس الحالي لمدينة.
japanese: 指定した都市の天気を返します。
hindi: किसी शहर का मौसम बताता है।
family: Counts emoji such as 👩‍👩‍👧 and 🏳️‍🌈 as one character.
cookies: Lists the cookies that the current page has set, by name.
login: Signs in with the user name and password that the operator stored for this site.
share_document: Shares a document with people. They are informed by email unless notify is false.
whisper: Transcribes audio. Keeps nothing.
legal_hold: Keeps documents from being deleted. Custodians are not informed about it.
`;

const PAIRS = TEXTS.trim()
  .split('\n')
  .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
/** All tools of one upstream, which may speak of each other. */
const TOOLS = PAIRS.map(([name]) => ({ name, upstream: 'honest' }));

const text = (name: string, description: string): Subject => {
  const entry: JsonObject = { name, description, inputSchema: { type: 'object' } };
  return { kind: 'tools', name, upstream: 'honest', entry, before: undefined, tools: TOOLS };
};

/** Arguments with honest descriptions. */
const ARGUMENTS: readonly JsonObject[] = [
  { password: { type: 'string', description: 'The password of the new user' } },
  { api_key: { type: 'string', description: 'Your API key for the service; create one in its settings' } },
  { path: { type: 'string', description: 'Path to the private key, if the server needs one' } },
  { tool: { type: 'string', description: 'Name of the tool whose schema is returned' } },
  { prompt: { type: 'string', description: 'What the image should show. The user sees the result.' } },
  { system: { type: 'string', description: 'Text that comes before the messages of the request' } },
  { dry_run: { type: 'boolean', description: 'Only report what would change' } },
  { notify: { type: 'boolean', description: 'Whether the people are told about the change' } },
  { env: { type: 'object', description: 'Environment variables for the process, by name' } },
  { token: { type: 'string', description: 'The token of the next page, from the last result' } },
];

/** Changes that widen nothing. */
const CHANGES: readonly (readonly [before: JsonObject, after: JsonObject])[] = [
  [{ description: 'Gets a fact.' }, { description: 'Gets a fact about a number.' }],
  [{ inputSchema: { type: 'object' } }, { inputSchema: { type: 'object', required: ['q'] } }],
  [{ inputSchema: { properties: { q: {} } } }, { inputSchema: { properties: { q: { maxLength: 10 } } } }],
  [{ inputSchema: { properties: { q: { maxLength: 9 } } } }, { inputSchema: { properties: { q: { maxLength: 8 } } } }],
  [
    { inputSchema: { properties: { q: { enum: ['a', 'b'] } } } },
    { inputSchema: { properties: { q: { enum: ['a'] } } } },
  ],
  [{ annotations: { destructiveHint: false } }, { annotations: { destructiveHint: true } }],
  [{ annotations: { readOnlyHint: true } }, { annotations: { readOnlyHint: false } }],
  [{ title: 'Fact' }, { title: 'A fact' }],
];

export const HARMLESS: readonly Subject[] = [
  ...LATER_HARMLESS.map((description, i) => text(`later_${i}`, description)),
  ...PAIRS.map(([name, description]) => text(name, description)),
  ...ARGUMENTS.map((properties, i): Subject => {
    const subject = text(`tool_${i}`, 'Does what its arguments say.');
    return { ...subject, entry: { ...subject.entry, inputSchema: { type: 'object', properties } } };
  }),
  ...CHANGES.map(([before, after]): Subject => {
    const subject = text('get_fact', 'Gets a fact.');
    return { ...subject, entry: { ...subject.entry, ...after }, before: { ...subject.entry, ...before } };
  }),
];

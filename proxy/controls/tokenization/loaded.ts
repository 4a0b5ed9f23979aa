/** Loads what tokenization needs, as late as possible: detectors with the first call, keys with the first value. */
import { UpstreamFailure } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { inTurns } from '../../base/turns.ts';
import type { Detector } from '../shared/detectors/detector.ts';
import { loadDetectors, useOnce } from '../shared/detectors/find-all.ts';
import { KeyringFault, type KeyringSource, placeOf, readKeyring } from '../shared/keyring.ts';
import { schemas } from '../shared/tool-schemas.ts';
import { readTokens } from './token.ts';
import type { Tokens } from './tokens.ts';

/** A token of an unknown key may belong to a newer key, so the keyring is read again, but not more often than this. */
const RELOAD_MS = 60_000;

export class Loaded {
  tokens: Tokens | undefined;
  /** Undefined until loaded. */
  detectors: readonly Detector[] | undefined;
  readonly #source: KeyringSource;
  readonly #unloaded: readonly Detector[];
  readonly #types: readonly string[];
  #shaped: string | undefined;
  #keyIds: ReadonlySet<string> = new Set();
  #readAt = 0;
  #loading: Promise<Tokens> | undefined;

  constructor(source: KeyringSource, detectors: readonly Detector[], types: readonly string[]) {
    this.#source = source;
    this.#unloaded = detectors;
    this.#types = types;
  }

  async loadDetectors(): Promise<readonly Detector[]> {
    await loadDetectors(this.#unloaded);
    return (this.detectors = this.#unloaded);
  }

  /** Loads all but the keys. */
  async warm(): Promise<void> {
    await Promise.all([this.loadDetectors(), import('./cipher.ts'), import('./tokens.ts'), schemas.warm()]);
    useOnce(this.#unloaded);
  }

  /** One request at a time; after a failure the next call tries again. */
  loadTokens(): Promise<Tokens> {
    return (this.#loading ??= this.#load().finally(() => (this.#loading = undefined)));
  }

  /** Reads the keyring again if a text has a token of an unknown key. */
  async refresh(text: string): Promise<void> {
    if (Date.now() - this.#readAt < RELOAD_MS) return;
    const tokens = await inTurns(readTokens(text));
    if (tokens.every(({ keyId }) => this.#keyIds.has(keyId))) return;
    // If that fails, which is logged, tokens of the known keys can still be opened.
    await this.loadTokens().catch(() => {});
  }

  async #load(): Promise<Tokens> {
    // An unreadable keyring is not read more often either.
    this.#readAt = Date.now();
    try {
      const [{ Cipher }, { Tokens }, keyring] = await Promise.all([
        import('./cipher.ts'),
        import('./tokens.ts'),
        readKeyring(this.#source),
      ]);
      const shaped = keyring.keys.get(keyring.shaped);
      if (this.#shaped !== undefined && shaped !== this.#shaped)
        throw new KeyringFault(
          `the keyring ${placeOf(this.#source)}: expected the same key for tokens without a mark as before, got another one: name it as "shaped", since other keys turn such tokens into wrong data`,
        );
      this.#shaped = shaped;
      // In an address, an id may be written in any case.
      this.#keyIds = new Set([...keyring.keys.keys()].flatMap((id) => [id, id.toLowerCase()]));
      return (this.tokens = new Tokens(new Cipher(keyring), this.#types));
    } catch (error) {
      log.error('the keyring could not be read', {
        event: 'keyring',
        place: placeOf(this.#source),
        reason: error instanceof KeyringFault || error instanceof UpstreamFailure ? error.message : undefined,
        error,
      });
      throw error;
    }
  }
}

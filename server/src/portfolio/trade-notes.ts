import { invalid } from '../platform/graphql/errors.ts';
import { Decimal } from '../platform/decimal.ts';
import type { RoundTrip } from '../trade/round-trips.ts';
import type { TradeNoteRow } from './trade-note.entity.ts';

/** The notes of a trade: its own, and those of trades that later corrections made a part of it. */
export interface NotesOfTrip {
  readonly own: TradeNoteRow | null;
  readonly absorbed: readonly TradeNoteRow[];
}

/** The key of the position that a trip belongs to. */
export function tripKey({ accountId, tripId }: Pick<RoundTrip, 'accountId' | 'tripId'>): string {
  return `${tripId}.${accountId}`;
}

/** The transactions that opened a trip, the first one first. */
export function openingsOf({ tripId, parts: { closings, lots } }: RoundTrip): string[] {
  const opened = [
    ...closings.map(({ lotId, openedMs }) => ({ id: lotId, openedMs })),
    ...lots.map(({ id, openedMs }) => ({ id, openedMs })),
  ].toSorted((a, b) => a.openedMs - b.openedMs);
  return [...new Set([tripId, ...opened.map(({ id }) => id)])];
}

/**
 * Finds the trip that each note is about: the one that has the note's anchor among its transactions,
 * or what replaced the anchor, or else the next of the transactions that had opened the trade when it
 * was noted. Of several notes on one trip, that on its opening is its own, else the oldest.
 */
export function matchNotes(
  notes: readonly TradeNoteRow[],
  trips: readonly RoundTrip[],
  replacements: ReadonlyMap<string, string>,
): ReadonlyMap<string, NotesOfTrip> {
  if (notes.length === 0) return new Map();
  const places = new Map<string, RoundTrip>();
  const put = (id: string, trip: RoundTrip) => {
    const key = `${id}.${trip.accountId}`;
    if (!places.has(key)) places.set(key, trip);
  };
  // What opens a trip belongs to it before what only closes a part of another.
  for (const trip of trips) for (const id of openingsOf(trip)) put(id, trip);
  for (const trip of trips) for (const { closingId } of trip.parts.closings) put(closingId, trip);
  const current = (id: string): string => {
    const next = replacements.get(id);
    return next === undefined ? id : current(next);
  };
  const found = new Map<string, { note: TradeNoteRow; isOpening: boolean }[]>();
  for (const note of notes) {
    const anchors = [note.anchorId, ...note.otherAnchorIds].map(current);
    const anchor = anchors.find((id) => places.has(`${id}.${note.accountId}`));
    const trip = anchor && places.get(`${anchor}.${note.accountId}`);
    if (!trip) continue;
    const group = found.get(tripKey(trip)) ?? [];
    group.push({ note, isOpening: anchor === trip.tripId });
    found.set(tripKey(trip), group);
  }
  const entries = [...found].map(([key, group]): [string, NotesOfTrip] => {
    const ordered = group.toSorted(
      (a, b) => Number(b.isOpening) - Number(a.isOpening) || a.note.id.localeCompare(b.note.id),
    );
    const [own, ...absorbed] = ordered.map(({ note }) => note);
    return [key, { own, absorbed }];
  });
  return new Map(entries);
}

/** What a person writes about a trade; what is null or empty is not noted. */
export interface NoteContent {
  readonly tags: readonly string[];
  readonly setup: string | null;
  readonly notes: string;
  readonly rating: number | null;
  readonly stopPrice: string | null;
  readonly initialRisk: string | null;
}

const TAGS_MAXIMUM = 20;
const NAME_LENGTH_MAXIMUM = 60;
const NOTES_LENGTH_MAXIMUM = 20_000;

/** The content tidied up; refuses what cannot be stored or does not fit the trip. */
export function checkedContent(content: NoteContent, trip: RoundTrip): NoteContent {
  const tags = [...new Set(content.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
  if (tags.length > TAGS_MAXIMUM)
    throw invalid(`expected at most ${TAGS_MAXIMUM} tags, was ${tags.length}`, 'input', 'tags');
  const long = tags.find((tag) => tag.length > NAME_LENGTH_MAXIMUM || tag.includes(','));
  if (long !== undefined)
    throw invalid(
      `expected tags of at most ${NAME_LENGTH_MAXIMUM} characters without a comma, was ${JSON.stringify(long)}`,
      'input',
      'tags',
    );
  const setup = content.setup?.trim() || null;
  if (setup && setup.length > NAME_LENGTH_MAXIMUM)
    throw invalid(
      `expected a setup of at most ${NAME_LENGTH_MAXIMUM} characters, was ${setup.length}`,
      'input',
      'setup',
    );
  const notes = content.notes.trim();
  if (notes.length > NOTES_LENGTH_MAXIMUM)
    throw invalid(
      `expected notes of at most ${NOTES_LENGTH_MAXIMUM} characters, was ${notes.length}`,
      'input',
      'notes',
    );
  const { rating } = content;
  if (rating !== null && !(rating >= 1 && rating <= 5))
    throw invalid(`expected a rating from 1 to 5, was ${rating}`, 'input', 'rating');
  return { tags, setup, notes, rating, ...checkedRisk(content, trip) };
}

function checkedRisk(
  { stopPrice, initialRisk }: NoteContent,
  { side, entryPrice, splits }: RoundTrip,
): Pick<NoteContent, 'stopPrice' | 'initialRisk'> {
  if (stopPrice && initialRisk)
    throw invalid('expected a stop or an amount at risk, was both', 'input', 'initialRisk');
  for (const [name, value] of Object.entries({ stopPrice, initialRisk }))
    if (value && !new Decimal(value).greaterThan(0))
      throw invalid(`expected more than 0, was ${value}`, 'input', name);
  if (!stopPrice) return { stopPrice: null, initialRisk: initialRisk || null };
  const entry = splits.reduce((price, { factor }) => price.times(factor), entryPrice);
  const isLosing = side === 'LONG' ? entry.greaterThan(stopPrice) : entry.lessThan(stopPrice);
  if (!isLosing)
    throw invalid(
      `expected a stop ${side === 'LONG' ? 'below' : 'above'} ${entry.toDecimalPlaces(8).toFixed()}, the entry price of a ${side.toLowerCase()} trade, was ${stopPrice}`,
      'input',
      'stopPrice',
    );
  return { stopPrice, initialRisk: null };
}

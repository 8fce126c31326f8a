import type { AnnotateTradeInput, TradeDetailsFragment } from '#lib/graphql/generated/graphql.ts';

/** What a person has filled in. */
export interface NoteDraft {
  tags: string;
  setup: string;
  notes: string;
  rating: number | null;
  stopPrice: string;
  initialRisk: string;
}

/** A form filled with what is noted. */
export function noteDraftOf(note: TradeDetailsFragment['note']): NoteDraft {
  return {
    tags: note?.tags.join(', ') ?? '',
    setup: note?.setup ?? '',
    notes: note?.notes ?? '',
    rating: note?.rating ?? null,
    stopPrice: note?.stopPrice ?? '',
    initialRisk: note?.initialRisk ?? '',
  };
}

/** Whether a person has changed anything of what is noted. */
export function isEdited(draft: NoteDraft, note: TradeDetailsFragment['note']): boolean {
  const noted = noteDraftOf(note);
  return (Object.keys(noted) as (keyof NoteDraft)[]).some((field) => draft[field] !== noted[field]);
}

/** What is sent: tags one by one, nothing for an empty field. */
export function noteInputOf(
  draft: NoteDraft,
): Pick<AnnotateTradeInput, 'tags' | 'setup' | 'notes' | 'rating' | 'stopPrice' | 'initialRisk'> {
  return {
    tags: draft.tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    setup: draft.setup.trim() || null,
    notes: draft.notes,
    rating: draft.rating,
    stopPrice: draft.stopPrice.trim() || null,
    initialRisk: draft.initialRisk.trim() || null,
  };
}

const DAY_MS = 86_400_000;

/** The time a chart of a trade shows: the trade with a part of its length, and at least 30 bars, on both sides. */
export function chartRange(
  openedMs: number,
  closedMs: number | null,
  barMs: number,
  nowMs: number,
): { from: string; to: string } {
  const endMs = closedMs ?? nowMs;
  const marginMs = Math.max(30 * barMs * (barMs >= DAY_MS ? 7 / 5 : 1), (endMs - openedMs) / 4);
  return {
    from: new Date(openedMs - marginMs).toISOString(),
    to: new Date(endMs + marginMs).toISOString(),
  };
}

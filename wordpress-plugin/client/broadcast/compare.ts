/** The pure rules of comparing broadcasts: shares, which is best, and whether chance alone may make the difference. */
import type { Compared, Report } from './types';

/** Broadcasts that one look holds; the server takes no more. */
export const COMPARED_MIN = 2;
export const COMPARED_MAX = 6;

type Funnel = Report[ 'funnel' ];
export type Step = Exclude< keyof Funnel, 'audience' >;

/** Of whom a step is a share: the first of the audience, all others of those it was sent to. */
export const baseOf = ( step: Step, funnel: Funnel ): number => ( step === 'sent' ? funnel.audience : funnel.sent );

export interface Cell {
	count: number;
	/** 0 … 1; null: nobody of whom it would be a share. */
	share: number | null;
	/** Length of the bar, 0 … 1. */
	length: number;
	isBest: boolean;
	/** Share less the best one's; 0 for the best, null where there is nothing to compare. */
	behind: number | null;
	/** With so few people a difference as large as this one comes about by chance. */
	isChance: boolean;
}

/** Beyond this many standard errors, one comparison in twenty goes wrong by chance. */
const CLEAR = 1.96;

/** Do two shares differ by more than chance would make them? (Two proportions, pooled.) */
export function isClear( a: number, ofA: number, b: number, ofB: number ): boolean {
	const all = ( a + b ) / ( ofA + ofB );
	const error = Math.sqrt( all * ( 1 - all ) * ( 1 / ofA + 1 / ofB ) );
	return error > 0 && Math.abs( a / ofA - b / ofB ) / error > CLEAR;
}

/**
 * One step for all broadcasts.
 *
 * @param isFull A whole bar is everybody; else it is the largest share, so that small ones can be told apart.
 */
export function row( step: Step, funnels: Funnel[], isFull: boolean ): Cell[] {
	const shares = funnels.map( ( funnel ) => ( baseOf( step, funnel ) > 0 ? funnel[ step ] / baseOf( step, funnel ) : null ) );
	const known = shares.filter( ( share ) => share !== null );
	const most = Math.max( 0, ...known );
	const best = step === 'opted_out' ? Math.min( ...known ) : most;
	const isCompared = known.length > 1 && known.some( ( share ) => share !== best );
	const at = shares.indexOf( best );
	return funnels.map( ( funnel, index ) => {
		const share = shares[ index ] ?? null;
		const leader = funnels[ at ];
		return {
			count: funnel[ step ],
			share,
			length: share === null ? 0 : isFull ? Math.min( 1, share ) : most > 0 ? share / most : 0,
			isBest: isCompared && share === best,
			behind: isCompared && share !== null ? share - best : null,
			isChance: isCompared && share !== null && share !== best && leader !== undefined && ! isClear( funnel[ step ], baseOf( step, funnel ), leader[ step ], baseOf( step, leader ) ),
		};
	} );
}

/** What each reader cost; null without prices or readers, or where some messages have no price. */
export const perReader = ( { funnel, cost }: Pick< Compared, 'funnel' | 'cost' > ): number | null => ( cost.amount === null || cost.unpriced > 0 || funnel.read === 0 ? null : cost.amount / funnel.read );

/** Adds one to the choice, or takes it out. */
export const toggled = ( chosen: number[], id: number ): number[] => ( chosen.includes( id ) ? chosen.filter( ( one ) => one !== id ) : [ ...chosen, id ] );

export const isComparable = ( count: number ): boolean => count >= COMPARED_MIN && count <= COMPARED_MAX;

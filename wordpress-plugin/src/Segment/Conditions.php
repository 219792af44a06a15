<?php
/**
 * Conditions on contacts: what a segment saves and what every filter is made of.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Segment;

/**
 * A checked tree of conditions: `{"match": "all"|"any", "conditions": [leaf|tree …]}`, a leaf being `{"field", "operator", "value"}`.
 *
 * Only parse() makes one from outside, so whoever holds one may run it. Every negative operator (is_not, not_in, not_set,
 * not_within_days) is the exact complement of its positive: contacts without the datum are in it.
 */
final class Conditions {

	/** Most leaves in all, and most trees inside each other. */
	public const LEAVES_MAX = 50;
	public const DEPTH_MAX  = 3;

	/** Most values of one condition, most characters of one value. */
	public const VALUES_MAX     = 200;
	public const CHARACTERS_MAX = 190;

	/** Problems told at once. */
	private const PROBLEMS_MAX = 50;

	/** @var list<array{path: string, message: string, remedy: string}> */
	private array $problems = array();

	private int $leaves = 0;

	/**
	 * @param array $json In the one spelling in which it is stored.
	 * @param array $node As AudienceStore::test() describes; days and the present are still open, see node().
	 */
	private function __construct( private array $json = array(), private array $node = array( 'all', array() ) ) {
	}

	/**
	 * Checks conditions.
	 *
	 * @param mixed $json An array as json_decode() makes it, or JSON text. Null and '' match everybody.
	 * @return self|\WP_Error 400 `nxtchat_conditions` with data.problems `[{path, message, remedy}]`.
	 */
	public static function parse( mixed $json ): self|\WP_Error {
		if ( is_string( $json ) && '' !== trim( $json ) ) {
			$decoded = json_decode( $json, true, 16 );
			if ( null === $decoded ) {
				return self::error( array( self::problem( '', __( 'This is not JSON.', 'nxt-cloud-chat' ), __( 'Send an object as {"match":"all","conditions":[…]}.', 'nxt-cloud-chat' ) ) ) );
			}
			$json = $decoded;
		}
		if ( null === $json || '' === $json || array() === $json || ( is_string( $json ) && '' === trim( $json ) ) ) {
			return self::everybody();
		}
		$parser         = new self();
		[ $tree, $node ] = $parser->tree( $json, '', 1 );
		return $parser->problems ? self::error( $parser->problems ) : new self( $tree, $node );
	}

	/** Conditions that every contact meets. */
	public static function everybody(): self {
		return new self(
			array(
				'match'      => 'all',
				'conditions' => array(),
			)
		);
	}

	/**
	 * Who meets all of these.
	 *
	 * @param list<self> $several
	 */
	public static function all( array $several ): self {
		$several = array_values( array_filter( $several, static fn( self $c ) => ! $c->is_everybody() ) );
		if ( count( $several ) <= 1 ) {
			return $several[0] ?? self::everybody();
		}
		return new self(
			array(
				'match'      => 'all',
				'conditions' => array_map( static fn( self $c ) => $c->json, $several ),
			),
			array( 'all', array_map( static fn( self $c ) => $c->node, $several ) )
		);
	}

	/**
	 * Who meets any of these; nobody when there are none. Not part of the JSON language.
	 *
	 * @param list<self> $several
	 */
	public static function any( array $several ): self {
		return new self( array( 'any' => array_map( static fn( self $c ) => $c->json, $several ) ), 1 === count( $several ) ? $several[0]->node : array( 'any', array_map( static fn( self $c ) => $c->node, $several ) ) );
	}

	/** Everybody else; not part of the JSON language. */
	public static function not( self $these ): self {
		return new self( array( 'not' => $these->json ), array( 'not', $these->node ) );
	}

	/** These contacts; not part of the JSON language. @param list<int> $ids */
	public static function contacts( array $ids ): self {
		return new self( array( 'contacts' => $ids ), array( 'in', 'id', $ids ) );
	}

	/** Members of any of these groups; not part of the JSON language. @param list<int> $ids */
	public static function groups( array $ids ): self {
		return new self( array( 'groups' => $ids ), array( 'group', $ids ) );
	}

	/** Whom broadcasts reached, by the states of their recipients; not part of the JSON language. @param list<int> $ids @param list<int> $states */
	public static function broadcasts( array $ids, array $states ): self {
		return new self( array( 'broadcasts' => $ids ), array( 'broadcast', $ids, $states ) );
	}

	/** Whose numbers were handed in for a broadcast; not part of the JSON language. */
	public static function listed( int $broadcast ): self {
		return new self( array( 'listed' => $broadcast ), array( 'listed', $broadcast ) );
	}

	/** Who is found by a text; not part of the JSON language. */
	public static function search( string $text, string $region ): self {
		$node = Search::node( $text, $region );
		return null === $node ? self::everybody() : new self( array( 'search' => $text ), $node );
	}

	/** Whom an import made; not part of the JSON language. */
	public static function import( int $id ): self {
		return new self( array( 'import' => $id ), array( 'in', 'import_id', array( $id ) ) );
	}

	public function is_everybody(): bool {
		return array( 'all', array() ) === $this->node;
	}

	/** As it is stored and sent. */
	public function json(): array {
		return $this->json;
	}

	/** What AudienceStore runs. */
	public function node(): array {
		return $this->node;
	}

	/**
	 * The error of conditions that cannot be run.
	 *
	 * @param list<array{path: string, message: string, remedy: string}> $problems
	 */
	public static function error( array $problems ): \WP_Error {
		return new \WP_Error(
			'nxtchat_conditions',
			1 === count( $problems ) ? $problems[0]['message'] : __( 'Some conditions need another look.', 'nxt-cloud-chat' ),
			array(
				'status'   => 400,
				'problems' => $problems,
				'remedy'   => $problems[0]['remedy'],
			)
		);
	}

	/** @return array{0: array, 1: array} JSON and node. */
	private function tree( mixed $json, string $path, int $depth ): array {
		$nothing = array( array(), array( 'any', array() ) );
		if ( ! is_array( $json ) || ( $json && array_is_list( $json ) ) ) {
			$this->tell( $path, __( 'Conditions are an object.', 'nxt-cloud-chat' ), __( 'Send an object as {"match":"all","conditions":[…]}.', 'nxt-cloud-chat' ) );
			return $nothing;
		}
		if ( $depth > self::DEPTH_MAX ) {
			/* translators: %d: a number */
			$this->tell( $path, sprintf( __( 'Conditions lie more than %d levels deep.', 'nxt-cloud-chat' ), self::DEPTH_MAX ), __( 'Take a level out, or make two segments.', 'nxt-cloud-chat' ) );
			return $nothing;
		}
		foreach ( array_keys( $json ) as $key ) {
			if ( ! in_array( $key, array( 'match', 'conditions' ), true ) ) {
				$this->tell( self::path( $path, (string) $key ), __( 'This key is not known.', 'nxt-cloud-chat' ), __( 'Use only match and conditions here.', 'nxt-cloud-chat' ) );
			}
		}
		$match = $json['match'] ?? 'all';
		if ( 'all' !== $match && 'any' !== $match ) {
			$this->tell( self::path( $path, 'match' ), __( 'Match is all or any.', 'nxt-cloud-chat' ), __( 'Choose all (every condition) or any (at least one).', 'nxt-cloud-chat' ) );
			$match = 'all';
		}
		$list = $json['conditions'] ?? null;
		if ( ! is_array( $list ) || ! array_is_list( $list ) ) {
			$this->tell( self::path( $path, 'conditions' ), __( 'The conditions are missing or no list.', 'nxt-cloud-chat' ), __( 'Send a list of conditions.', 'nxt-cloud-chat' ) );
			return $nothing;
		}
		if ( ! $list && $depth > 1 ) {
			$this->tell( self::path( $path, 'conditions' ), __( 'This block has no condition.', 'nxt-cloud-chat' ), __( 'Add a condition to it, or remove the block.', 'nxt-cloud-chat' ) );
		}
		$tree  = array();
		$nodes = array();
		foreach ( $list as $n => $item ) {
			$at = self::path( $path, 'conditions' ) . "[$n]";
			if ( is_array( $item ) && ( isset( $item['conditions'] ) || isset( $item['match'] ) ) ) {
				[ $tree[], $nodes[] ] = $this->tree( $item, $at, $depth + 1 );
				continue;
			}
			if ( ++$this->leaves > self::LEAVES_MAX ) {
				if ( self::LEAVES_MAX + 1 === $this->leaves ) {
					/* translators: %d: a number */
					$this->tell( $at, sprintf( __( 'There are more than %d conditions.', 'nxt-cloud-chat' ), self::LEAVES_MAX ), __( 'Leave some out; one condition may have many values.', 'nxt-cloud-chat' ) );
				}
				continue;
			}
			$leaf = $this->leaf( $item, $at );
			if ( null !== $leaf ) {
				[ $tree[], $nodes[] ] = $leaf;
			}
		}
		return array(
			array(
				'match'      => $match,
				'conditions' => $tree,
			),
			1 === count( $nodes ) ? $nodes[0] : array( $nodes ? $match : 'all', $nodes ),
		);
	}

	/** @return array{0: array, 1: array}|null JSON and node, null when there is a problem. */
	private function leaf( mixed $item, string $path ): ?array {
		if ( ! is_array( $item ) || array_is_list( $item ) ) {
			$this->tell( $path, __( 'A condition is an object with field, operator and value.', 'nxt-cloud-chat' ), __( 'Write it as {"field":"country","operator":"is","value":["DE"]}.', 'nxt-cloud-chat' ) );
			return null;
		}
		foreach ( array_keys( $item ) as $key ) {
			if ( ! in_array( $key, array( 'field', 'operator', 'value' ), true ) ) {
				$this->tell( self::path( $path, (string) $key ), __( 'This key is not known.', 'nxt-cloud-chat' ), __( 'Use only field, operator and value here.', 'nxt-cloud-chat' ) );
				return null;
			}
		}
		$name  = $item['field'] ?? null;
		$field = is_string( $name ) ? Catalogue::field( $name ) : null;
		if ( null === $field ) {
			$this->tell( self::path( $path, 'field' ), ...Catalogue::unknown_field( $name ) );
			return null;
		}
		$operators = Catalogue::operators( $field['type'] );
		$operator  = $item['operator'] ?? null;
		if ( ! is_string( $operator ) || ! isset( $operators[ $operator ] ) ) {
			$this->tell(
				self::path( $path, 'operator' ),
				/* translators: %s: name of a field */
				sprintf( __( 'The field “%s” is not compared in this way.', 'nxt-cloud-chat' ), $field['label'] ),
				/* translators: %s: list of operators */
				sprintf( __( 'Use one of: %s.', 'nxt-cloud-chat' ), implode( ', ', array_keys( $operators ) ) )
			);
			return null;
		}
		$value = Value::read( $operators[ $operator ], $item['value'] ?? null, $field );
		if ( $value instanceof Problem ) {
			$this->tell( self::path( $path, 'value' ) . $value->at, $value->message, $value->remedy );
			return null;
		}
		$json = array(
			'field'    => $name,
			'operator' => $operator,
		);
		if ( 'none' !== $operators[ $operator ] ) {
			$json['value'] = $value;
		}
		return array( $json, Meaning::node( $field, $operator, $value ) );
	}

	private function tell( string $path, string $message, string $remedy ): void {
		if ( count( $this->problems ) < self::PROBLEMS_MAX ) {
			$this->problems[] = self::problem( $path, $message, $remedy );
		}
	}

	/** @return array{path: string, message: string, remedy: string} */
	private static function problem( string $path, string $message, string $remedy ): array {
		return compact( 'path', 'message', 'remedy' );
	}

	private static function path( string $path, string $key ): string {
		$key = mb_strcut( $key, 0, 40 );
		return '' === $path ? $key : "$path.$key";
	}
}

<?php
/**
 * What the ledger comes to, however things happen.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Tests\Consent;

use NxtChat\Consent\Consents;
use NxtChat\Consent\ConsentSettings;
use NxtChat\Contact\Contacts;
use NxtChat\Contact\Merges;
use NxtChat\Import\Imports;
use NxtChat\Native;
use NxtChat\Privacy\Erasure;
use NxtChat\Site;
use NxtChat\Tests\Webhook\SpoolCase;

require_once dirname( __DIR__ ) . '/Webhook/SpoolCase.php';

final class FoldTest extends SpoolCase {

	private const PEOPLE = 4;

	/** What each number's owner said last: number => list of (ms, state). */
	private array $words = array();

	/** What happened, for the message when something is wrong. */
	private array $story = array();

	/** When the test begins, in ms: words are said around it. */
	private int $start;

	private int $wamids = 0;

	protected function setUp(): void {
		parent::setUp();
		ConsentSettings::set( array( 'reply' => false ) );
		$this->words = array();
		$this->start = Site::now_ms();
	}

	/** @return array<string, array{int}> */
	public static function seeds(): array {
		$first = (int) ( getenv( 'NXTCHAT_SEED' ) ?: 1 );
		$out   = array();
		for ( $seed = $first; $seed < $first + (int) ( getenv( 'NXTCHAT_SEEDS' ) ?: 8 ); $seed++ ) {
			$out[ "seed $seed" ] = array( $seed );
		}
		return $out;
	}

	/**
	 * Words at shuffled times, told twice and replayed; preferences, refusals, staff, imports and their undoing; merges, splits,
	 * erasures, returns.
	 *
	 * @dataProvider seeds
	 */
	public function test_no_interleaving_is_laxer_than_the_ledger_or_the_persons_last_word( int $seed ): void {
		mt_srand( $seed );
		$this->story = array();
		$told        = array();
		for ( $i = 0; $i < self::PEOPLE; $i++ ) {
			self::take_in( self::text_body( 'wamid.hello' . $i, self::number( $i ), 'Hallo', intdiv( $this->start, 1000 ) - 500000 ) );
		}
		for ( $step = 0; $step < 40; $step++ ) {
			$this->step( $told );
			$this->check( "seed $seed, step $step" );
		}
		// Everything again, in another order.
		shuffle( $told );
		foreach ( array_chunk( $told, 7 ) as $bodies ) {
			self::take_in( ...array_column( $bodies, 2 ) );
			$this->check( "seed $seed, told again" );
		}
	}

	public function test_the_order_in_which_entries_arrive_does_not_matter(): void {
		mt_srand( 7 );
		global $wpdb;
		for ( $round = 0; $round < 25; $round++ ) {
			$entries = array();
			for ( $n = mt_rand( 1, 8 ); $n > 0; $n-- ) {
				$entries[] = array(
					'purpose'   => mt_rand( 1, 3 ),
					'state'     => mt_rand( 1, 2 ),
					'by_person' => mt_rand( 0, 1 ),
					'source'    => 'test',
					'at_ms'     => 1750000000000 + mt_rand( 0, 4 ),
					'proof'     => mt_rand( 0, 2 ) > 0 ? 'p' . mt_rand( 1, 1000000 ) : null,
				);
			}
			$results = array();
			foreach ( array( 'one by one', 'at once', 'backwards, twice' ) as $way ) {
				$this->empty_tables();
				$wpdb->query( 'INSERT INTO ' . self::table( 'contacts' ) . " (id, uid) VALUES (1, 'A')" );
				$list = array_map( static fn( array $e ): array => array( 'contact_id' => 1 ) + $e, $entries );
				if ( 'at once' === $way ) {
					shuffle( $list );
					Consents::record( $list );
				} else {
					$list = 'one by one' === $way ? $list : array_merge( array_reverse( $list ), $list );
					array_map( static fn( array $e ) => Consents::record( array( $e ) ), $list );
				}
				$results[ $way ] = array_intersect_key( $this->rows( 'contacts' )[0], Consents::PURPOSES );
				$this->check_fold( "round $round, $way" );
			}
			self::assertSame( $results['one by one'], $results['at once'], (string) wp_json_encode( $entries ) );
			self::assertSame( $results['one by one'], $results['backwards, twice'], (string) wp_json_encode( $entries ) );
		}
	}

	/** A staff's grants, a person's stops, and merges' locks, from processes of their own. */
	public function test_processes_at_once_leave_what_the_ledger_says(): void {
		$contacts = 30;
		for ( $i = 0; $i < $contacts; $i++ ) {
			$persons[] = array( 'identities' => array( array( Contacts::PHONE, '+' . self::number( $i ) ) ), 'name' => '', 'country' => 'DE', 'at_ms' => 1, 'wrote' => false, 'create' => true );
		}
		$ids = \NxtChat\Contact\ContactStore::transaction( static fn() => Contacts::resolve( $persons, 'test' ) );
		$go  = tempnam( sys_get_temp_dir(), 'go' );
		unlink( $go );
		$children = array();
		foreach ( array( 'grant', 'stop', 'grant', 'batch' ) as $n => $what ) {
			$process    = proc_open( array( PHP_BINARY, __DIR__ . '/race.php', $what, (string) $n, implode( ',', $ids ) ), array( array( 'file', '/dev/null', 'r' ), array( 'pipe', 'w' ), STDERR ), $pipes, null, array( 'NXTCHAT_CHILD_GO' => $go ) + getenv() );
			$children[] = array( $process, $pipes[1] );
		}
		usleep( 1200000 );
		touch( $go );
		$granted = 0;
		foreach ( $children as [ $process, $pipe ] ) {
			$answer = json_decode( (string) stream_get_contents( $pipe ), true );
			self::assertSame( 0, proc_close( $process ) );
			self::assertIsArray( $answer );
			$granted += $answer['granted'];
		}
		unlink( $go );
		$this->check_fold( 'after the race' );
		foreach ( $this->rows( 'contacts' ) as $contact ) {
			self::assertSame( Native\CONSENT_REVOKED, (int) $contact['marketing'] );
		}
		// Every grant that was answered with yes stands before the stop; those after it were refused.
		$late = 0;
		foreach ( $ids as $id ) {
			$stop = null;
			foreach ( $this->rows( 'consents', "contact_id = $id AND purpose = 1" ) as $entry ) {
				$stop  = $stop ?? ( '2' === $entry['state'] ? $entry['id'] : null );
				$late += (int) ( null !== $stop && 'staff' === $entry['source'] );
			}
		}
		self::assertSame( 0, $late );
		self::assertSame( $granted, count( $this->rows( 'consents', "source = 'staff'" ) ) );
	}

	private function step( array &$told ): void {
		$i      = mt_rand( 0, self::PEOPLE - 1 );
		$number = self::number( $i );
		$at_s   = intdiv( $this->start, 1000 ) + mt_rand( -300, 300 );
		switch ( mt_rand( 0, 11 ) ) {
			case 0:
			case 1:
			case 2: // A word, perhaps told twice at once.
				$stop   = mt_rand( 0, 1 );
				$body   = self::text_body( 'wamid.w' . ( ++$this->wamids ), $number, $stop ? 'STOP' : 'START', $at_s );
				$told[] = array( $number, $at_s, $body );
				$this->says( $number, $at_s, $stop ? 2 : 1 );
				self::take_in( $body, ...( mt_rand( 0, 2 ) ? array() : array( $body ) ) );
				break;
			case 3: // WhatsApp's settings.
				$stop   = mt_rand( 0, 1 );
				$body   = self::webhook_body( array( 'contacts' => array( array( 'wa_id' => $number ) ), 'user_preferences' => array( array( 'wa_id' => $number, 'detail' => '', 'category' => 'marketing_messages', 'value' => $stop ? 'stop' : 'resume', 'timestamp' => $at_s ) ) ), 'user_preferences' );
				$told[] = array( $number, $at_s, $body );
				$this->says( $number, $at_s, $stop ? 2 : 1 );
				self::take_in( $body );
				break;
			case 4: // A refusal.
				$body   = self::status_body( 'wamid.f' . ( ++$this->wamids ), 'failed', $number, '', $at_s, array( 'errors' => array( array( 'code' => 131050, 'title' => 'x' ) ) ) );
				$told[] = array( $number, $at_s, $body );
				$this->says( $number, $at_s, 2 );
				self::take_in( $body );
				break;
			case 5: // Something said before comes again.
				if ( $told ) {
					self::take_in( $told[ array_rand( $told ) ][2] );
				}
				break;
			case 6: // Staff.
				$id = $this->contact( $number );
				if ( $id > 0 ) {
					$done = Consents::change( $id, 1, mt_rand( 1, 2 ), array( 'source' => 'staff', 'wording' => 'x' ) );
					$this->note( "staff on $id: " . ( is_wp_error( $done ) ? $done->get_error_code() : 'done' ) );
				}
				break;
			case 7: // A file with everybody in it, and somebody new now and then.
				$path = (string) tempnam( sys_get_temp_dir(), 'import' );
				$csv  = "phone,marketing\n";
				for ( $n = 0; $n < self::PEOPLE; $n++ ) {
					$csv .= '+' . self::number( $n ) . ',' . ( mt_rand( 0, 5 ) ? 'yes' : 'no' ) . "\n";
				}
				file_put_contents( $path, $csv );
				$import = Imports::from_path(
					$path,
					array(
						'columns'  => array( array( 'name' => 'phone', 'to' => 'phone' ), array( 'name' => 'marketing', 'to' => 'marketing' ) ),
						'region'   => 'DE',
						'existing' => array( 'keep', 'fill', 'overwrite' )[ mt_rand( 0, 2 ) ],
						'consent'  => array( 'wording' => 'x' ),
					)
				);
				unlink( $path );
				self::assertIsArray( $import );
				self::assertIsArray( Imports::start( $import['id'], false ) );
				$done = Imports::step( $import['id'], INF );
				self::assertSame( 'done', $done['state_name'] ?? '', (string) wp_json_encode( $done ) );
				$this->note( "import {$import['id']}" );
				break;
			case 8: // The undoing of one of them.
				$imports = $this->rows( 'imports', 'state = ' . Native\IMPORT_DONE );
				if ( $imports ) {
					$id   = (int) $imports[ array_rand( $imports ) ]['id'];
					$done = Imports::undo( $id );
					if ( is_array( $done ) ) {
						Imports::step( $id, INF );
					}
					$this->note( "undo $id: " . ( is_wp_error( $done ) ? $done->get_error_code() : 'done' ) );
				}
				break;
			case 9:
				$a = $this->contact( $number );
				$b = $this->contact( self::number( mt_rand( 0, self::PEOPLE - 1 ) ) );
				if ( $a > 0 && $b > 0 && $a !== $b ) {
					self::assertIsInt( Merges::merge( $a, $b, (bool) mt_rand( 0, 1 ), 0 ) );
					$this->note( "merge $b into $a" );
				}
				break;
			case 10:
				$merges = $this->rows( 'merges', 'split_ms = 0' );
				if ( $merges ) {
					$merge = (int) end( $merges )['id'];
					$done  = Merges::split( $merge );
					$this->note( "split $merge: " . ( is_wp_error( $done ) ? $done->get_error_code() : 'done' ) );
				}
				break;
			case 11: // Erased; some come back and write, after it.
				if ( mt_rand( 0, 2 ) ) {
					break;
				}
				$id = $this->contact( $number );
				if ( $id > 0 ) {
					$gone = $this->numbers( $id );
					Erasure::erase( array( $id ), 'test' );
					$this->note( "erase $id" );
					foreach ( $gone as $n ) {
						$this->words[ $n ] = array( array( Site::now_ms(), 2 ) );
					}
					// What they said "later" than this is not said yet; what they said before may come again.
					$now  = intdiv( Site::now_ms(), 1000 );
					$told = array_values( array_filter( $told, static fn( array $t ): bool => $t[1] < $now || ! in_array( $t[0], $gone, true ) ) );
				}
				if ( mt_rand( 0, 1 ) ) {
					self::take_in( self::text_body( 'wamid.back' . ( ++$this->wamids ), $number, 'Bin wieder da', intdiv( Site::now_ms(), 1000 ) ) );
					$this->note( "back $number" );
				}
		}
	}

	private function says( string $number, int $at_s, int $state ): void {
		$this->words[ $number ][] = array( $at_s * 1000, $state );
		$this->note( "$number says $state at " . ( $at_s - intdiv( $this->start, 1000 ) ) );
	}

	private function note( string $text ): void {
		$this->story[] = $text;
	}

	/** The state of every contact is the fold of its ledger, and not laxer than the last words of those behind its numbers. */
	private function check( string $when ): void {
		$states = $this->check_fold( $when );
		foreach ( $states as $id => $state ) {
			$last = array( -1, 0 );
			foreach ( $this->numbers( $id ) as $number ) {
				foreach ( $this->words[ $number ] ?? array() as $word ) {
					$last = max( $last, $word );
				}
			}
			if ( 2 === $last[1] ) {
				self::assertSame( 2, $state, "$when: contact $id is laxer than its person's last word. " . implode( '; ', $this->story ) );
			}
		}
	}

	/** @return array<int, int> Marketing by contact. */
	private function check_fold( string $when ): array {
		$ledger = array();
		foreach ( $this->rows( 'consents' ) as $entry ) {
			$ledger[ (int) $entry['contact_id'] ][ (int) $entry['purpose'] ][] = $entry;
		}
		$out = array();
		foreach ( $this->rows( 'contacts' ) as $contact ) {
			foreach ( Consents::PURPOSES as $column => $purpose ) {
				self::assertSame( self::fold( $ledger[ (int) $contact['id'] ][ $purpose ] ?? array() ), (int) $contact[ $column ], "$when: contact {$contact['id']}, $column. " . implode( '; ', $this->story ) );
			}
			$out[ (int) $contact['id'] ] = (int) $contact['marketing'];
		}
		return $out;
	}

	/** Written from the rule, not from the SQL: walks through time, the stricter last within one millisecond. */
	private static function fold( array $entries ): int {
		usort( $entries, static fn( $a, $b ) => array( (int) $a['at_ms'], (int) $a['state'] ) <=> array( (int) $b['at_ms'], (int) $b['state'] ) );
		$withdrawn = false;
		$granted   = false;
		foreach ( $entries as $e ) {
			if ( 2 === (int) $e['state'] ) {
				$withdrawn = true;
			} elseif ( 0 === (int) $e['void_ms'] ) {
				$granted   = true;
				$withdrawn = $withdrawn && 1 !== (int) $e['by_person'];
			}
		}
		return $withdrawn ? 2 : ( $granted ? 1 : 0 );
	}

	private function contact( string $number ): int {
		return (int) ( $this->rows( 'contact_identities', "value = '+$number'" )[0]['contact_id'] ?? 0 );
	}

	/** @return list<string> */
	private function numbers( int $contact ): array {
		return array_map( static fn( string $v ): string => ltrim( $v, '+' ), array_column( $this->rows( 'contact_identities', "contact_id = $contact AND kind = 1" ), 'value' ) );
	}

	private static function number( int $i ): string {
		return '4915112345' . ( 600 + $i );
	}
}

<?php
/**
 * Templates to begin with.
 *
 * @package NxtChat
 */

declare(strict_types=1);

namespace NxtChat\Template;

/** Ready-made templates in English, each valid by Native\template_check(), with bindings that suit it. */
final class Starters {

	/**
	 * All of them.
	 *
	 * @return list<array{key: string, title: string, description: string, template: array<string, mixed>, bindings: array<string, array<string, string>>}>
	 */
	public static function all(): array {
		return array(
			self::one(
				'order_update',
				__( 'Order update', 'nxt-cloud-chat' ),
				__( 'Tells a customer that an order is on its way.', 'nxt-cloud-chat' ),
				'UTILITY',
				array(
					self::header( 'Order {{1}}', '10482' ),
					self::body( "Hi {{1}}, your order {{2}} is on its way.\n\nWe hand it over to *{{3}}* today, and it should reach you within two working days.", 'Ann', '10482', 'Example Parcel' ),
					self::footer( 'Reply to this message if you have a question.' ),
				),
				array(
					'header.1' => self::from( 'order.number' ),
					'body.1'   => self::from( 'contact.first_name', 'there' ),
					'body.2'   => self::from( 'order.number' ),
					'body.3'   => self::text( 'our parcel service' ),
				)
			),
			self::one(
				'appointment_reminder',
				__( 'Appointment reminder', 'nxt-cloud-chat' ),
				__( 'Reminds of an appointment, which can be confirmed or moved with a tap.', 'nxt-cloud-chat' ),
				'UTILITY',
				array(
					self::header( 'Your appointment', null ),
					self::body( "Hi {{1}}, this is a reminder of your appointment on *{{2}}* at *{{3}}*.\n\nPlease let us know whether you can come.", 'Ann', '12 March', '10:30' ),
					self::footer( 'Tap a button to answer.' ),
					self::replies( 'I will be there', 'I need another time' ),
				),
				array( 'body.1' => self::from( 'contact.first_name', 'there' ) )
			),
			self::one(
				'login_code',
				__( 'Login code', 'nxt-cloud-chat' ),
				__( 'A one-time password with a button that copies it. WhatsApp writes the text.', 'nxt-cloud-chat' ),
				'AUTHENTICATION',
				array(
					array(
						'type'                        => 'BODY',
						'add_security_recommendation' => true,
					),
					array(
						'type'                    => 'FOOTER',
						'code_expiration_minutes' => 10,
					),
					array(
						'type'    => 'BUTTONS',
						'buttons' => array(
							array(
								'type'     => 'OTP',
								'otp_type' => 'COPY_CODE',
								'text'     => 'Copy code',
							),
						),
					),
				),
				array()
			),
			self::one(
				'opt_in_request',
				__( 'Opt-in request', 'nxt-cloud-chat' ),
				__( 'Asks whether somebody wants news on WhatsApp. The buttons count as consent or as its withdrawal.', 'nxt-cloud-chat' ),
				'MARKETING',
				array(
					self::body( "Hi {{1}}, would you like to hear about news and offers from {{2}} here on WhatsApp?\n\nWe write at most twice a month, and you can stop at any time.", 'Ann', 'Example Shop' ),
					self::footer( 'Reply STOP to end these messages.' ),
					self::replies( 'START', 'STOP' ),
				),
				array(
					'body.1' => self::from( 'contact.first_name', 'there' ),
					'body.2' => self::from( 'site.name' ),
				)
			),
			self::one(
				'feedback',
				__( 'Feedback', 'nxt-cloud-chat' ),
				__( 'Asks how satisfied somebody was with an order.', 'nxt-cloud-chat' ),
				'UTILITY',
				array(
					self::body( "Hi {{1}}, thank you for your order {{2}}.\n\nHow satisfied were you? Your answer helps us to become better.", 'Ann', '10482' ),
					self::replies( 'Very satisfied', 'It was all right', 'Not satisfied' ),
				),
				array(
					'body.1' => self::from( 'contact.first_name', 'there' ),
					'body.2' => self::from( 'order.number' ),
				)
			),
		);
	}

	/** @return array<string, mixed> */
	private static function one( string $key, string $title, string $description, string $category, array $components, array $bindings ): array {
		return array(
			'key'         => $key,
			'title'       => $title,
			'description' => $description,
			'template'    => array(
				'name'             => $key,
				'language'         => 'en_US',
				'category'         => $category,
				'parameter_format' => 'POSITIONAL',
				'components'       => $components,
			),
			// Without WooCommerce there are no orders to take values from.
			'bindings'    => array_filter( $bindings, static fn( array $binding ): bool => '' === BindingSources::problem( $binding['source'] ) ),
		);
	}

	private static function header( string $text, ?string $example ): array {
		return array(
			'type'   => 'HEADER',
			'format' => 'TEXT',
			'text'   => $text,
		) + ( null === $example ? array() : array( 'example' => array( 'header_text' => array( $example ) ) ) );
	}

	private static function body( string $text, string ...$examples ): array {
		return array(
			'type'    => 'BODY',
			'text'    => $text,
			'example' => array( 'body_text' => array( $examples ) ),
		);
	}

	private static function footer( string $text ): array {
		return array(
			'type' => 'FOOTER',
			'text' => $text,
		);
	}

	private static function replies( string ...$labels ): array {
		return array(
			'type'    => 'BUTTONS',
			'buttons' => array_map(
				static fn( string $label ): array => array(
					'type' => 'QUICK_REPLY',
					'text' => $label,
				),
				$labels
			),
		);
	}

	/** @return array<string, string> */
	private static function from( string $source, string $fallback = '' ): array {
		return array( 'source' => $source ) + ( '' === $fallback ? array() : array( 'fallback' => $fallback ) );
	}

	/** @return array<string, string> */
	private static function text( string $value ): array {
		return array(
			'source' => 'text',
			'value'  => $value,
		);
	}
}

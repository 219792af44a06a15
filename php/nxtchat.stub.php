<?php
// Contract (draft): replaced by the generated stub.
namespace NxtChat\Native {
    // constants: VERSION (string "0.1.0"); STATE_*, DIRECTION_*, ORIGIN_*, IDENTITY_*, TYPE_* (ints, see crates/core/src/enums.rs)

    /** vault: $site = site directory from site_dir(). Key: NXTCHAT_KEY constant (read by the extension from PHP's constant table) or environment (64 hex or base64 of 32 bytes), else <site>/vault.key. $purpose is bound as AAD. */
    function vault_seal(string $site, string $plain, string $purpose): string {}
    function vault_open(string $site, string $sealed, string $purpose): string {}
    /** Re-seals with the current key a value sealed with an older one ($oldKey: the former key as text, or null to try vault.key.old). */
    function vault_reseal(string $site, string $sealed, string $purpose, ?string $oldKey = null): string {}
    /** @return array{key_id: string, source: 'constant'|'environment'|'file'} */
    function vault_key_info(string $site): array {}
    /** Makes a new vault.key, keeps the former as vault.key.old. @return string new key id */
    function vault_rotate(string $site): string {}

    function site_dir(string $wpContentDir, int $blogId): string {}
    /** Creates it 0700 with deny files (.htaccess, index.php, web.config); refuses when the process owner differs (InvalidInput with the sudo command). */
    function site_prepare(string $site): void {}

    /** @param array{app_secrets: list<string>, verify_hashes: list<string> (hex sha256), wp_load: string, blog_id: int, home: string, durability: 'full'|'normal', max_bytes?: int, max_body?: int} $config  */
    function front_configure(string $site, array $config): void {}
    /** @return array{wp_load: string, blog_id: int, home: string} no secrets */
    function front_info(string $site): array {}

    /** @param array<string,string> $query $_GET (PHP turns hub.mode into hub_mode) @return ?string the challenge, null = refuse */
    function webhook_challenge(string $site, array $query): ?string {}
    /** Signature → spool. @return bool true when nobody drains at the moment. Throws SignatureMismatch, InvalidInput (too large, empty), SpoolError. */
    function webhook_accept(string $site, string $body, string $signature): bool {}
    /** Pure. @return list<array> typed events, see docs/API.md */
    function webhook_events(string $body): array {}

    /** Non-blocking. The lease is held until spool_release() or process end. */
    function spool_lease(string $site): bool {}
    function spool_release(string $site): void {}
    /** Needs the lease. Oldest first, not yet acknowledged. At least one item if there is any; else at most $maxEvents events and 4 MB of bodies.
     *  @return list<array{id: string, uid: string (ULID), received_ms: int, body: string, events: list<array>}> */
    function spool_take(string $site, int $maxEvents): array {}
    /** @param list<string> $ids in the order they were taken */
    function spool_ack(string $site, array $ids): void {}
    /** @return array{pending: int, bytes: int, files: int, oldest_ms: int, max_bytes: int, full: bool, draining: bool} */
    function spool_stats(string $site): array {}

    /** @return list<array{path: string, rule: string, message: string}> problems; empty = good. $message is the Cloud API body without messaging_product. */
    function message_check(array $message): array {}
    /** @param array{phone_number_id: string, token: string, graph_base?: string, graph_version?: string} $account (clear token)
     *  $message: Cloud API body without messaging_product (to|recipient, type, ...); ref goes to biz_opaque_callback_data.
     *  @return array{outcome: 'accepted'|'refused'|'unknown', wamid: ?string, recipient: array{wa_id: ?string, user_id: ?string}, message_status: ?string, http_status: int, error: ?array{code: int, subcode: int, class: string, title: string, message: string, details: string, remedy: string, fbtrace_id: string}, duration_ms: int}
     *  Throws InvalidInput when message_check finds a problem. Never throws for what Meta or the network answered. */
    function message_send(array $account, array $message, string $ref): array {}
    /** Mark as read, optionally with the typing indicator. Throws GraphError. */
    function message_mark_read(array $account, string $wamid, bool $typing = false): void {}
    /** WhatsApp markup (*bold* _italic_ ~strike~ ```mono``` `code` > quote, lists, links) to safe HTML. Pure (crates/core). */
    function markup_html(string $text): string {}
    /** What to show for an error code. @return array{code: int, class: string, title: string, message: string, remedy: string, retry: bool} Unknown codes get class 'unknown_outcome'... and a generic text. */
    function error_book(int $code): array {}
    /** @return list<array> all entries */
    function error_book_all(): array {}

    /** GET/POST/DELETE to Graph. Throws GraphError. @return array decoded JSON */
    function graph_call(array $account, string $method, string $path, array $params = []): array {}
    /** @param array{app_id, app_secret, token, waba_id, phone_number_id, graph_base?, graph_version?} $account
     *  @return list<array{check: string, status: 'ok'|'warn'|'fail', label: string, detail: string, remedy: string, data: array}> checks in order: token, scopes, expiry, app, number, waba, subscribed, quality, throughput, limit. Never throws for remote answers. */
    function account_test(array $account): array {}

    /** @return array{valid: bool, e164: string, country: string, national: string, international: string, type: string, problem: string} Never throws for a bad number. */
    function phone_parse(string $input, ?string $region = null): array {}
    /** @return list<array> same shape, same order */
    function phones_parse(array $inputs, ?string $region = null): array {}

    function live_bump(string $site): int {}
    function live_value(string $site): int {}
    /** Raises the counter to at least $value. */
    function live_raise(string $site, int $value): int {}
    function live_token(string $site, int $ttlSeconds): string {}
    /** @return ?int null: token wrong or expired */
    function live_read(string $site, string $token): ?int {}

    /** A new ULID (26 characters Crockford base32), for ref and uid; monotonic within a process. @return list<string> */
    function ulids(int $count): array {}
    function log_recent(string $site, int $max): array {}
}
namespace NxtChat\Native\Exception {
    interface Exception extends \Throwable {}
    class InvalidInput extends \InvalidArgumentException implements Exception {}
    class SignatureMismatch extends \RuntimeException implements Exception {}
    class GraphError extends \RuntimeException implements Exception {
        /* public readonly: */ public int $graphCode; public int $subcode; public string $class; public bool $retryable; public int $httpStatus; public string $details; public string $remedy;
    }
    class VaultError extends \RuntimeException implements Exception {}
    class SpoolError extends \RuntimeException implements Exception {}
}

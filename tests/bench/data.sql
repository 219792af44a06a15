-- The data set of the benchmarks: one account, 50,000 contacts with a conversation each, @messages messages over the
-- last 90 days, every 200th of them in conversation 1. Tables are empty; prefix wp_nxtchat_.
SET NAMES utf8mb4;
SET unique_checks = 0, foreign_key_checks = 0, autocommit = 1;
SET @contacts = 50000;
SET @now = FLOOR(UNIX_TIMESTAMP() * 1000);
SET @start = @now - 90 * 86400000;
SET @step = (@now - @start) / @messages;

INSERT INTO wp_nxtchat_accounts (id, name, state, waba_id, phone_number_id, display_phone, verified_name, token_sealed, app_secret_sealed, verify_token_sealed, home_url, default_country, check_json, created_ms)
SELECT 1, 'Bench', 1, '102290129340398', '106540352242922', '15550783881', 'Bench', '', '', '', option_value, 'DE', '[]', @start
FROM wp_options WHERE option_name = 'home';

-- Names from 40 first and 50 family names, as a real list repeats them.
INSERT INTO wp_nxtchat_contacts (id, uid, name, profile_name, country, source, last_in_ms, created_ms, updated_ms)
SELECT seq, CONCAT('01', LPAD(HEX(seq), 8, '0'), UPPER(SUBSTR(MD5(CONCAT('c', seq)), 1, 16))),
	IF(seq % 5 = 0, CONCAT('Customer ', seq), ''),
	CONCAT(
		ELT(1 + seq % 40, 'Anna', 'Ben', 'Clara', 'David', 'Emil', 'Fatima', 'Greta', 'Hassan', 'Ida', 'Jonas', 'Karim', 'Lena', 'Mehmet', 'Nora', 'Oskar', 'Paula', 'Quentin', 'Rosa', 'Samir', 'Tilda', 'Umut', 'Vera', 'Willi', 'Xenia', 'Yusuf', 'Zoe', 'Aylin', 'Bruno', 'Carla', 'Dilara', 'Elif', 'Felix', 'Gül', 'Henri', 'Irma', 'Jürgen', 'Käthe', 'Lilli', 'Max', 'Nele'),
		' ',
		ELT(1 + (seq DIV 40) % 50, 'Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Meyer', 'Wagner', 'Becker', 'Schulz', 'Hoffmann', 'Koch', 'Richter', 'Klein', 'Wolf', 'Neumann', 'Schwarz', 'Zimmermann', 'Braun', 'Krüger', 'Hartmann', 'Lange', 'Werner', 'Krause', 'Lehmann', 'Köhler', 'Maier', 'Yılmaz', 'Kaya', 'Demir', 'Çelik', 'Şahin', 'Öztürk', 'Nowak', 'Kowalski', 'Novák', 'Horvat', 'Popović', 'Ivanov', 'Petrov', 'Rossi', 'Ferrari', 'García', 'López', 'Silva', 'Santos', 'Nguyen', 'Tran', 'Okafor', 'Mensah', 'Diallo')
	),
	'DE', 'whatsapp', @now - (seq % 90) * 86400000, @start, @start
FROM seq_1_to_50000;

-- Everybody has a BSUID, nineteen of twenty a phone number that we know. Words to search by: setup.php words.
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT seq, 1, CONCAT('+4915', 100000000 + seq * 7919 % 800000000), @start, @start FROM seq_1_to_50000 WHERE seq % 20 <> 0;
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT seq, 2, CONCAT('DE.', 1000000000000000 + seq * 104729), @start, @start FROM seq_1_to_50000;

INSERT INTO wp_nxtchat_conversations (id, account_id, contact_id, created_ms) SELECT seq, 1, seq, @start FROM seq_1_to_50000;

-- Odd messages come in, even ones go out: 3 of 10 sent, 2 delivered, 4 read, 1 of 50 failed.
INSERT INTO wp_nxtchat_messages (id, account_id, conversation_id, contact_id, direction, type, state, origin, origin_user_id, ref, wamid, body, payload, at_ms, created_ms, updated_ms, sent_ms, delivered_ms, read_ms, failed_ms, error_code, error_text, pricing_category, pricing_type)
SELECT seq, 1, contact, contact, 2 - seq % 2, IF(image, 2, 1), state, IF(seq % 2, 1, 2), IF(seq % 2, 0, 1),
	IF(seq % 2, NULL, CONCAT('01', LPAD(HEX(seq), 8, '0'), UPPER(SUBSTR(hash, 1, 16)))),
	CONCAT('wamid.', TO_BASE64(CONCAT(UNHEX('1C180B'), '4915', 100000000 + contact * 7919 % 800000000, UNHEX('150200111812'), UPPER(SUBSTR(hash, 15, 18)), CHAR(0)))),
	CONCAT(ELT(1 + seq % 5, 'Hello, is my order on its way?', 'Thank you, that helps a lot!', 'Your parcel left our warehouse this morning and should be with you tomorrow between 9 and 12.', 'Can I change the *delivery address*? It is Lindenstraße 12 now.', 'Sure 👍'), ' #', seq),
	IF(image, CONCAT('{"image":{"id":"', 1000000000 + seq, '","mime_type":"image/jpeg","sha256":"', MD5(seq), MD5(seq + 1), '"}}'), ''),
	at, at, at,
	IF(state >= 40, at + 900, 0), IF(state IN (50, 70), at + 2100, 0), IF(state = 70, at + 60000, 0), IF(state = 60, at + 1500, 0),
	IF(state = 60, 131026, 0), IF(state = 60, 'Message undeliverable', ''),
	IF(state >= 40, 'utility', ''), IF(state >= 40, 'regular', '')
FROM (
	SELECT seq, hash, at, contact, seq % 25 = 7 AS image,
		CASE WHEN seq % 2 = 1 THEN 1 WHEN dice < 2 THEN 60 WHEN dice < 40 THEN 40 WHEN dice < 60 THEN 50 ELSE 70 END AS state
	FROM (
		SELECT seq, MD5(seq) AS hash, @start + FLOOR(seq * @step) AS at, CRC32(CONCAT('d', seq)) % 100 AS dice,
			IF(seq % 200 = 0, 1, 1 + CRC32(seq) % @contacts) AS contact
		FROM seq_1_to_1000000 WHERE seq <= @messages
	) AS numbers
) AS rows_to_be;

-- Each fifteenth conversation waits for an answer.
UPDATE wp_nxtchat_conversations c
JOIN (
	SELECT conversation_id, MAX(id) AS last_id, MAX(at_ms) AS last_at, MAX(IF(direction = 1, at_ms, 0)) AS last_in
	FROM wp_nxtchat_messages GROUP BY conversation_id
) m ON m.conversation_id = c.id
SET c.last_message_id = m.last_id, c.last_ms = m.last_at, c.last_in_ms = m.last_in,
	c.unread = IF(c.id % 15 = 0, 1 + c.id % 4, 0), c.is_unread = c.id % 15 = 0;


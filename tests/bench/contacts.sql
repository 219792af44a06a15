-- The data set of bench-contacts: @contacts contacts with identities, words, consents, 20 groups and 3 custom fields.
-- Tables are empty; prefix wp_nxtchat_. Rows go in by the order of their primary key.
-- Chance comes from MD5: checksums of neighbours are too alike.
SET NAMES utf8mb4;
SET unique_checks = 0, foreign_key_checks = 0, autocommit = 1, SESSION bulk_insert_buffer_size = 64 * 1024 * 1024;
SET @now = FLOOR(UNIX_TIMESTAMP() * 1000);
SET @start = @now - 720 * 86400000;
SET @step = (@now - @start) / @contacts;

-- 40 first and 50 family names, as a real list repeats them, with a third word that makes many different ones.
CREATE TEMPORARY TABLE firsts (n INT PRIMARY KEY, name VARCHAR(40), plain VARCHAR(40)) CHARACTER SET utf8mb4;
INSERT INTO firsts SELECT seq, ELT(1 + seq, 'Anna', 'Ben', 'Clara', 'David', 'Emil', 'Fatima', 'Greta', 'Hassan', 'Ida', 'Jonas', 'Karim', 'Lena', 'Mehmet', 'Nora', 'Oskar', 'Paula', 'Quentin', 'Rosa', 'Samir', 'Tilda', 'Umut', 'Vera', 'Willi', 'Xenia', 'Yusuf', 'Zoe', 'Aylin', 'Bruno', 'Carla', 'Dilara', 'Elif', 'Felix', 'Gül', 'Henri', 'Irma', 'Jürgen', 'Käthe', 'Lilli', 'Max', 'Nele'), '' FROM seq_0_to_39;
CREATE TEMPORARY TABLE lasts LIKE firsts;
INSERT INTO lasts SELECT seq, ELT(1 + seq, 'Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Meyer', 'Wagner', 'Becker', 'Schulz', 'Hoffmann', 'Koch', 'Richter', 'Klein', 'Wolf', 'Neumann', 'Schwarz', 'Zimmermann', 'Braun', 'Krüger', 'Hartmann', 'Lange', 'Werner', 'Krause', 'Lehmann', 'Köhler', 'Maier', 'Yılmaz', 'Kaya', 'Demir', 'Çelik', 'Şahin', 'Öztürk', 'Nowak', 'Kowalski', 'Novák', 'Horvat', 'Popović', 'Ivanov', 'Petrov', 'Rossi', 'Ferrari', 'García', 'López', 'Silva', 'Santos', 'Nguyen', 'Tran', 'Okafor', 'Mensah', 'Diallo'), '' FROM seq_0_to_49;
UPDATE firsts SET plain = REPLACE(REPLACE(LOWER(name), 'ü', 'u'), 'ä', 'a');
UPDATE lasts SET plain = REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(LOWER(name), 'ü', 'u'), 'ö', 'o'), 'ı', 'i'), 'ç', 'c'), 'ş', 's'), 'á', 'a'), 'ć', 'c'), 'í', 'i'), 'ó', 'o');

INSERT INTO wp_nxtchat_contacts (id, uid, name, profile_name, country, language, source, wp_user_id, last_in_ms, created_ms, updated_ms, sort_name, email, marketing, utility, login, import_id)
SELECT c.seq, CONCAT('01', LPAD(HEX(c.seq), 8, '0'), UPPER(SUBSTR(MD5(CONCAT('c', c.seq)), 1, 16))),
	IF(c.seq % 5 = 0, CONCAT(f.name, ' ', l.name, ' ', c.third), ''), CONCAT(f.name, ' ', l.name, ' ', c.third),
	ELT(1 + CONV(SUBSTR(MD5(CONCAT('l', c.seq)), 1, 7), 16, 10) % 10, 'DE', 'DE', 'DE', 'DE', 'AT', 'CH', 'TR', 'PL', 'US', IF(c.seq % 1000 = 9, 'IS', 'GB')),
	ELT(1 + CONV(SUBSTR(MD5(CONCAT('s', c.seq)), 1, 7), 16, 10) % 4, 'de', 'de', 'en', 'tr'),
	ELT(1 + CONV(SUBSTR(MD5(CONCAT('q', c.seq)), 1, 7), 16, 10) % 5, 'import', 'import', 'import', 'whatsapp', 'form'),
	0,
	-- A third never wrote; the others the more lately the newer they are.
	IF(CONV(SUBSTR(MD5(CONCAT('h', c.seq)), 1, 7), 16, 10) % 3 = 0, 0, @now - FLOOR((@now - (@start + c.seq * @step)) * (CONV(SUBSTR(MD5(CONCAT('w', c.seq)), 1, 7), 16, 10) % 1000) / 1000)),
	@start + FLOOR(c.seq * @step), @start + FLOOR(c.seq * @step),
	LEFT(CONCAT(f.plain, ' ', l.plain, ' ', c.third), 64),
	IF(c.seq % 2 = 0, CONCAT(f.plain, '.', c.seq, '@example.test'), ''),
	IF(CONV(SUBSTR(MD5(CONCAT('m', c.seq)), 1, 7), 16, 10) % 10 < 4, 1, IF(CONV(SUBSTR(MD5(CONCAT('m', c.seq)), 1, 7), 16, 10) % 10 = 4, 2, 0)), IF(c.seq % 3 = 0, 1, 0), IF(c.seq % 50 = 0, 1, 0), 0
FROM (SELECT seq, CONV(SUBSTR(MD5(CONCAT('f', seq)), 1, 7), 16, 10) % 40 AS first, CONV(SUBSTR(MD5(CONCAT('n', seq)), 1, 7), 16, 10) % 50 AS last, LOWER(HEX(CONV(SUBSTR(MD5(CONCAT('t', seq)), 1, 7), 16, 10) % 65536)) AS third FROM seq_1_to_10000000 WHERE seq <= @contacts) c
JOIN firsts f ON f.n = c.first JOIN lasts l ON l.n = c.last
ORDER BY c.seq;

-- Everybody has a BSUID, nineteen of twenty a number that we know, every hundredth a user name.
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT id, 1, CONCAT('+49151', LPAD(id * 7919 % 100000000, 8, '0')), created_ms, created_ms FROM wp_nxtchat_contacts WHERE id % 20 <> 0 ORDER BY id * 7919 % 100000000;
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT id, 2, CONCAT('DE.', 1000000000000000 + id * 104729), created_ms, created_ms FROM wp_nxtchat_contacts ORDER BY id;
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT id, 3, CONCAT('user.', id), created_ms, created_ms FROM wp_nxtchat_contacts WHERE id % 100 = 0;

INSERT IGNORE INTO wp_nxtchat_contact_words (word, contact_id)
SELECT SUBSTRING_INDEX(sort_name, ' ', 1), id FROM wp_nxtchat_contacts ORDER BY 1, 2;
INSERT IGNORE INTO wp_nxtchat_contact_words (word, contact_id)
SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(sort_name, ' ', 2), ' ', -1), id FROM wp_nxtchat_contacts ORDER BY 1, 2;
INSERT IGNORE INTO wp_nxtchat_contact_words (word, contact_id)
SELECT SUBSTRING_INDEX(sort_name, ' ', -1), id FROM wp_nxtchat_contacts ORDER BY 1, 2;

-- Group n has about one contact in 2n; group 20 has twenty, the newest.
INSERT INTO wp_nxtchat_groups (id, name, created_ms, updated_ms) SELECT seq, CONCAT('Group ', seq), @start, @start FROM seq_1_to_20;
INSERT INTO wp_nxtchat_group_members (group_id, contact_id, added_ms)
SELECT g.seq, c.id, c.created_ms FROM seq_1_to_19 g JOIN wp_nxtchat_contacts c ON CONV(SUBSTR(MD5(CONCAT('g', g.seq, ':', c.id)), 1, 7), 16, 10) % (2 * g.seq) = 0 ORDER BY g.seq, c.id;
INSERT INTO wp_nxtchat_group_members (group_id, contact_id, added_ms) SELECT 20, id, created_ms FROM wp_nxtchat_contacts WHERE id > @contacts - 20;

-- A choice, a number and a date (days since 1970): nine in ten, half, a quarter.
INSERT INTO wp_nxtchat_fields (id, name, label, type, choices_json, position, created_ms) VALUES
	(1, 'city', 'City', 4, '["Berlin","Hamburg","Köln","München","Wien"]', 1, @start), (2, 'points', 'Points', 2, '[]', 2, @start), (3, 'birthday', 'Birthday', 3, '[]', 3, @start);
INSERT INTO wp_nxtchat_contact_values (contact_id, field_id, text, number)
SELECT c.id, f.id,
	CASE f.id WHEN 1 THEN ELT(1 + CONV(SUBSTR(MD5(CONCAT('y', c.id)), 1, 7), 16, 10) % 5, 'Berlin', 'Hamburg', 'Köln', 'München', 'Wien') WHEN 2 THEN CONV(SUBSTR(MD5(CONCAT('p', c.id)), 1, 7), 16, 10) % 10000 ELSE DATE_ADD('1970-01-01', INTERVAL CONV(SUBSTR(MD5(CONCAT('b', c.id)), 1, 7), 16, 10) % 20000 DAY) END,
	CASE f.id WHEN 1 THEN 0 WHEN 2 THEN CONV(SUBSTR(MD5(CONCAT('p', c.id)), 1, 7), 16, 10) % 10000 ELSE CONV(SUBSTR(MD5(CONCAT('b', c.id)), 1, 7), 16, 10) % 20000 END
FROM wp_nxtchat_contacts c JOIN wp_nxtchat_fields f ON (f.id = 1 AND c.id % 10 <> 0) OR (f.id = 2 AND c.id % 2 = 0) OR (f.id = 3 AND c.id % 4 = 0)
ORDER BY c.id, f.id;

INSERT INTO wp_nxtchat_consents (contact_id, purpose, state, source, wording, at_ms, created_ms)
SELECT id, 1, marketing, 'import', 'Newsletter', created_ms, created_ms FROM wp_nxtchat_contacts WHERE marketing > 0 ORDER BY id;
INSERT INTO wp_nxtchat_consents (contact_id, purpose, state, source, wording, at_ms, created_ms)
SELECT id, 2, 1, 'form', '', created_ms, created_ms FROM wp_nxtchat_contacts WHERE utility = 1 ORDER BY id;

-- One contact in ten has a conversation and a message from us within the last hundred days.
INSERT INTO wp_nxtchat_conversations (id, account_id, contact_id, last_message_id, last_ms, last_in_ms, is_unread, unread, created_ms)
SELECT id DIV 10, 1, id, id DIV 10, @now - (id DIV 10) % 100 * 86400000, last_in_ms, id % 1000 = 0, id % 1000 = 0, created_ms FROM wp_nxtchat_contacts WHERE id % 10 = 0;
INSERT INTO wp_nxtchat_messages (id, account_id, conversation_id, contact_id, direction, type, state, origin, body, payload, at_ms, created_ms, updated_ms)
SELECT id, 1, id, contact_id, 2, 1, 40, 2, 'Hello', '', last_ms, last_ms, last_ms FROM wp_nxtchat_conversations;
ANALYZE TABLE wp_nxtchat_contacts, wp_nxtchat_contact_identities, wp_nxtchat_contact_words, wp_nxtchat_group_members, wp_nxtchat_contact_values, wp_nxtchat_consents, wp_nxtchat_conversations, wp_nxtchat_messages;

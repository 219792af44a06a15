-- The people of bench-send: @contacts contacts with a number each, who agreed to marketing. Tables are empty; prefix wp_nxtchat_.
SET NAMES utf8mb4;
SET unique_checks = 0, autocommit = 1;
INSERT INTO wp_nxtchat_contacts (id, uid, name, country, language, source, created_ms, updated_ms, sort_name, marketing)
SELECT seq, CONCAT('01', LPAD(HEX(seq), 8, '0'), UPPER(SUBSTR(MD5(seq), 1, 16))), CONCAT('Ann ', seq % 100000), 'DE', '', 'import', seq, seq, CONCAT('ann ', seq % 100000), 1
FROM seq_1_to_10000000 WHERE seq <= @contacts;
INSERT INTO wp_nxtchat_contact_identities (contact_id, kind, value, created_ms, seen_ms)
SELECT seq, 1, CONCAT('+49151', 10000000 + seq), 1, 1 FROM seq_1_to_10000000 WHERE seq <= @contacts;
INSERT INTO wp_nxtchat_consents (contact_id, purpose, state, source, at_ms, created_ms)
SELECT seq, 1, 1, 'import', seq, seq FROM seq_1_to_10000000 WHERE seq <= @contacts;
ANALYZE TABLE wp_nxtchat_contacts, wp_nxtchat_contact_identities, wp_nxtchat_consents;

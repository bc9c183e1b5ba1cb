-- A database such as the document's: words that compress as words do, tokens that do not, addresses, times, JSON.
CREATE TABLE word (id int unsigned PRIMARY KEY, w varchar(16) NOT NULL) ENGINE = MEMORY;
INSERT INTO word
  SELECT seq, SUBSTRING(REPLACE(REPLACE(TO_BASE64(UNHEX(MD5(seq))), '+', 'a'), '/', 'e'), 1, 3 + MOD(seq * 7, 8)) FROM seq_0_to_4095;

CREATE TABLE attempts (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL, token char(32) NOT NULL,
  answers text NOT NULL, started_at datetime NOT NULL, finished_at datetime, KEY (user_id)
) DEFAULT CHARSET = utf8mb4;
INSERT INTO attempts (user_id, token, answers, started_at, finished_at)
  SELECT FLOOR(POW(RAND(), 3) * 400000), LOWER(HEX(RANDOM_BYTES(16))),
    CONCAT('{"form":"', a.w, '","answers":[', FLOOR(RAND() * 1e15), ',', FLOOR(RAND() * 1e15), ',', FLOOR(RAND() * 1e15),
      '],"free":"', CONCAT_WS(' ', a.w, b.w, c.w, d.w, e.w, c.w, b.w), '"}'),
    '2026-01-01' + INTERVAL seq * 9 SECOND, '2026-01-01' + INTERVAL seq * 9 + FLOOR(RAND() * 900) SECOND
  FROM seq_1_to_1350000
  STRAIGHT_JOIN word a ON a.id = MOD(seq * 31, 4096)
  STRAIGHT_JOIN word b ON b.id = MOD(seq * 17 + seq DIV 4096, 4096)
  STRAIGHT_JOIN word c ON c.id = MOD(seq * 13 + seq DIV 2048, 4096)
  STRAIGHT_JOIN word d ON d.id = MOD(seq * 7 + seq DIV 1024, 4096)
  STRAIGHT_JOIN word e ON e.id = MOD(seq * 5 + seq DIV 512, 4096);

CREATE TABLE events (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL, session char(32) NOT NULL,
  kind varchar(24) NOT NULL, payload json NOT NULL, ip varbinary(16), created_at datetime(3) NOT NULL, KEY (user_id, created_at)
) DEFAULT CHARSET = utf8mb4;
INSERT INTO events (user_id, session, kind, payload, ip, created_at)
  SELECT FLOOR(POW(RAND(), 3) * 400000), LOWER(HEX(RANDOM_BYTES(16))),
    ELT(1 + FLOOR(RAND() * 6), 'page.viewed', 'answer.saved', 'test.started', 'test.finished', 'payment.opened', 'login'),
    CONCAT('{"path":"/', a.w, '/', FLOOR(RAND() * 90000), '","agent":"Mozilla/5.0 (',
      ELT(1 + FLOOR(RAND() * 4), 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7', 'iPhone; CPU iPhone OS 17_5', 'Linux; Android 14'),
      ')","note":"', a.w, ' ', b.w, ' ', c.w, '","ms":', FLOOR(RAND() * 4000), ',"score":', ROUND(RAND() * 100, 3), '}'),
    UNHEX(LPAD(HEX(FLOOR(RAND() * 4294967295)), 8, '0')), '2026-01-01' + INTERVAL seq * 3 SECOND
  FROM seq_1_to_4000000
  STRAIGHT_JOIN word a ON a.id = MOD(seq * 31, 4096)
  STRAIGHT_JOIN word b ON b.id = MOD(seq * 17 + seq DIV 4096, 4096)
  STRAIGHT_JOIN word c ON c.id = MOD(seq * 13 + seq DIV 2048, 4096);

CREATE TABLE results (attempt_id bigint unsigned PRIMARY KEY, score decimal(5,2) NOT NULL) DEFAULT CHARSET = utf8mb4;
INSERT INTO results SELECT id, ROUND(RAND() * 100, 2) FROM attempts WHERE MOD(id, 2) = 0;
CREATE TABLE orders (
  id int unsigned PRIMARY KEY, user_id int unsigned NOT NULL, email varchar(190) NOT NULL, paid_at datetime, KEY (user_id)
) DEFAULT CHARSET = utf8mb4;
INSERT INTO orders SELECT seq, FLOOR(RAND() * 400000), CONCAT(w, seq, '@example.com'), '2026-01-01' + INTERVAL seq * 60 SECOND
  FROM seq_1_to_200000 STRAIGHT_JOIN word ON word.id = MOD(seq * 31, 4096);
CREATE TABLE order_items (id int unsigned PRIMARY KEY, order_id int unsigned NOT NULL, cents int NOT NULL, KEY (order_id)) DEFAULT CHARSET = utf8mb4;
INSERT INTO order_items SELECT seq, 1 + seq DIV 2, FLOOR(RAND() * 20000) FROM seq_1_to_399998;
DROP TABLE word;
ANALYZE TABLE attempts, events, results, orders, order_items;

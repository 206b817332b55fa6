-- Apps that give out browser phones: where they are asked for one, and where the phones' signalling goes. Empty: the app has none.
ALTER TABLE app ADD COLUMN phone_url TEXT NOT NULL DEFAULT '';
ALTER TABLE app ADD COLUMN phone_socket TEXT NOT NULL DEFAULT '';

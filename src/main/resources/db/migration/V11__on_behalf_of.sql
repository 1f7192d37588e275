-- Whom a platform says that it asks for: its claim, not proved (EXT-02). Empty by default, so that a node of the release before may read
-- and insert meanwhile.
alter table exchange_record add column if not exists on_behalf_of varchar;
alter table guaranteed_exchange add column if not exists on_behalf_of varchar;

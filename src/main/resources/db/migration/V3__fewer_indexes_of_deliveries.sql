-- Each step of a delivery writes its state, and so every index with the state in it. One index serves both who looks for what is
-- due and who counts what waits.
create index if not exists delivery_by_schedule on delivery (state, due_at, destination);
drop index if exists delivery_by_due;
drop index if exists delivery_by_destination;

-- Who asks which epochs are in use finds them here too.
create index if not exists sealed_content_by_life on sealed_content (expires_at, epoch);
drop index if exists sealed_content_by_end;
drop index if exists sealed_content_by_epoch;

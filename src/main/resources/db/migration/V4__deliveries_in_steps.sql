-- A process in steps (BUS-11): a delivery may come after others of its exchange. Until each of those is delivered it is 'accepted' and
-- due at 9998-01-01, so that no look for due ones has to pass it. Columns have defaults, so that a node of the release before may
-- insert meanwhile.
alter table guaranteed_exchange add column if not exists in_steps boolean default false not null;
alter table delivery add column if not exists keeps_result boolean default false not null;

create table if not exists delivery_order (
    delivery_id uuid not null references delivery on delete cascade,
    earlier_id  uuid not null references delivery on delete cascade,
    primary key (delivery_id, earlier_id)
);

create index if not exists delivery_order_by_earlier on delivery_order (earlier_id);

-- What a step ended with, sealed, for the steps after it. It goes with the content of its exchange (MSG-06).
create table if not exists sealed_result (
    delivery_id uuid primary key references delivery on delete cascade,
    exchange_id uuid not null references sealed_content on delete cascade,
    format      integer not null,
    epoch       bigint not null,
    wrapped_key bytea not null,
    content     ${content} not null
);

create index if not exists sealed_result_by_exchange on sealed_result (exchange_id);
create index if not exists sealed_result_by_epoch on sealed_result (epoch);

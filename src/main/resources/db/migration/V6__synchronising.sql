-- Datasets that are read page by page (SHR-02). Of each run of a schedule, what it was and how far it came. Columns have defaults, so that
-- a node of the release before may insert meanwhile.
alter table schedule_run add column if not exists begun_by varchar default 'schedule' not null;
alter table schedule_run add column if not exists what varchar;
alter table schedule_run add column if not exists round uuid;
alter table schedule_run add column if not exists resumed integer default 0 not null;
alter table schedule_run add column if not exists pages bigint default 0 not null;
alter table schedule_run add column if not exists items bigint default 0 not null;
alter table schedule_run add column if not exists watermark varchar(512);
alter table schedule_run add column if not exists source_total bigint;

-- One row for each service that synchronises: the round, which is one reading of the dataset from its beginning, or from the last watermark,
-- to its end. A round may take several runs.
create table if not exists synchronisation (
    service         varchar not null,
    service_version integer not null,
    round           uuid not null,
    what            varchar not null,
    complete        boolean not null,
    pages           bigint not null,
    items           bigint not null,
    watermark       varchar(512),
    source_total    bigint,
    primary key (service, service_version)
);

-- Which instant the run under way is of, and an operator's wish for a run.
alter table schedule_state add column if not exists open_due timestamp(6) with time zone;
alter table schedule_state add column if not exists wished_by varchar;
alter table schedule_state add column if not exists wished_whole boolean default false not null;

-- Digests of the pages and watermarks that a round has had: none comes twice. They go when it is complete.
create table if not exists synchronisation_seen (
    round  uuid not null,
    digest bytea not null,
    primary key (round, digest)
);

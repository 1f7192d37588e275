package vn.lgsp.receive;

import vn.lgsp.TestPostgres;

/** The specification on a real PostgreSQL. */
final class ScheduleRowsPostgresIT extends ScheduleRowsSpecification {
    @Override
    protected String address(String name) {
        return TestPostgres.database(name);
    }
}

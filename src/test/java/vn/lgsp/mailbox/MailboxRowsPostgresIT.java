package vn.lgsp.mailbox;

import vn.lgsp.TestPostgres;

/** The specification on a real PostgreSQL. */
final class MailboxRowsPostgresIT extends MailboxRowsSpecification {
    @Override
    protected String address(String name) {
        return TestPostgres.database(name);
    }
}

/** The one database of the bus: H2 in one file, or PostgreSQL. */
@NullMarked
package vn.lgsp.database;

import org.jspecify.annotations.NullMarked;

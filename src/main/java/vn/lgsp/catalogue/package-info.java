/** What the bus has been told: agencies, systems, accounts, services and grants. */
@NullMarked
package vn.lgsp.catalogue;

import org.jspecify.annotations.NullMarked;

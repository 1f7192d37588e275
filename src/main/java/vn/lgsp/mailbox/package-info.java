/** Mailboxes of the document exchange: what waits, sealed, until the system of its receiver has fetched and confirmed it (EXT-20). */
@NullMarked
package vn.lgsp.mailbox;

import org.jspecify.annotations.NullMarked;

/** How the bus makes itself known to the national data platform, to other LGSPs and to the population database; nothing here connects. */
@NullMarked
package vn.lgsp.ndxp;

import org.jspecify.annotations.NullMarked;

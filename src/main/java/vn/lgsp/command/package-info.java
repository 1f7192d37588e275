/** The command line. */
@NullMarked
package vn.lgsp.command;

import org.jspecify.annotations.NullMarked;

/** The command line, as a person or a program calls it. */
@NullMarked
package vn.lgsp.command;

import org.jspecify.annotations.NullMarked;

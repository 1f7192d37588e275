/** The first stage: takes a request from the wire as a stream, and writes the answer back. */
@NullMarked
package vn.lgsp.receive;

import org.jspecify.annotations.NullMarked;

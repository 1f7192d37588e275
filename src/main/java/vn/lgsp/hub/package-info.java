/**
 * The hub in a box: simulators of the national platforms and of what stands around them, on 127.0.0.1, for rehearsals and tests.
 *
 * <p>Written from the description of the wire formats alone. It shares nothing with the bus but the bounded parsers: a mistake in a
 * shared signer or reader would hide itself ({@code ArchitectureTest}).
 */
@NullMarked
package vn.lgsp.hub;

import org.jspecify.annotations.NullMarked;

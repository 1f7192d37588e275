/** The words of the national document axis: how its calls are signed, how files are hashed, how it writes time. It calls nobody and keeps nothing. */
@NullMarked
package vn.lgsp.axis;

import org.jspecify.annotations.NullMarked;

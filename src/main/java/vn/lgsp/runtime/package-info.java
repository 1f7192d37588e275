/** The wiring, and the command line; the only package that knows Camel Main. Nobody uses it. */
@NullMarked
package vn.lgsp.runtime;

import org.jspecify.annotations.NullMarked;

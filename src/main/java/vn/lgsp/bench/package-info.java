/** The bench: the bus beside a bare Camel route and nginx, on this machine, in the same minutes. */
@NullMarked
package vn.lgsp.bench;

import org.jspecify.annotations.NullMarked;

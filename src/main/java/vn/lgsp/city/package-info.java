/** The sample city's own systems: real servers that the bus reaches only over the network. */
@NullMarked
package vn.lgsp.city;

import org.jspecify.annotations.NullMarked;

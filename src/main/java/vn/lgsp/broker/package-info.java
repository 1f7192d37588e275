/** The message broker, embedded or beside the bus, and who may do what there. */
@NullMarked
package vn.lgsp.broker;

import org.jspecify.annotations.NullMarked;

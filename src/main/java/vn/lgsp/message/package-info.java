/** The words of the bus: values that every stage shares. They know no framework. */
@NullMarked
package vn.lgsp.message;

import org.jspecify.annotations.NullMarked;
